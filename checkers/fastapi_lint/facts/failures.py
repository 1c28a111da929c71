"""Files that no facts can be taken from (I6)."""

from msgspec import Struct


class ParseFailure(Struct, frozen=True):
    """A file that no facts can be taken from: where it stops making sense, and why. Rows and columns count from 1."""

    key: str
    row: int
    column: int
    message: str
