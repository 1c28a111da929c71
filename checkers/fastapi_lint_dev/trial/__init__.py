"""Puts a rendered project on trial: its own tools, its server on a real database, attacks, and load."""
