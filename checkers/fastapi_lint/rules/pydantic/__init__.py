"""Rules of the ``pydantic`` family."""
