"""Why nothing was written."""


class ScaffoldError(ValueError):
    """What was asked for cannot be rendered; the message is one line that says what to do."""
