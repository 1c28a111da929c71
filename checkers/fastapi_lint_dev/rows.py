"""Ranges of rows in a file."""

from msgspec import Struct


class RowRange(Struct, frozen=True, order=True):
    """Rows of a file, both ends included, counted from 1."""

    first: int
    last: int

    def __contains__(self, row: int) -> bool:
        return self.first <= row <= self.last

    @property
    def length(self) -> int:
        """Return the number of rows."""
        return self.last - self.first + 1

    def overlaps(self, other: "RowRange") -> bool:
        """Return whether the two share a row."""
        return self.first <= other.last and other.first <= self.last
