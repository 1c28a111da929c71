"""Adds a feature to a project: reads the project's own names, renders the files, and edits what lists features."""
