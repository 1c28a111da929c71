"""Tells an agent what it has just written: run by its runner after each edit, and at the end of its turn.

It never breaks a session: whatever is wrong, it is silent, exits with 0, and says why in a log of its own.
"""
