"""A whole project: what is asked for, how it is rendered, what it remembers, and how it is brought up to date."""
