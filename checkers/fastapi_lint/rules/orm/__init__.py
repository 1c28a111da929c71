"""Rules of the ``orm`` family."""
