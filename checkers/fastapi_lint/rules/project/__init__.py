"""Rules of the ``project`` family."""
