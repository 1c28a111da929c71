"""Rules of the ``transactions`` family."""
