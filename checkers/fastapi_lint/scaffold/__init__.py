"""Renders the reference templates: a whole project, and a feature into a project that is there."""
