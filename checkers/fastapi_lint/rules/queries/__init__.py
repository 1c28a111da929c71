"""Rules of the ``queries`` family."""
