"""Installs the agent, its skills and its hook into a project or for a user, in the form of each runner.

What the user has changed stays as it is: a ledger remembers a hash of everything that was written.
"""
