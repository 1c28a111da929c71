"""Source files as bytes, and places in them as byte ranges.

Everything in front of the reporters speaks of a place as a ``Span``; only here a span becomes row and column.
"""

from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from fastapi_lint.findings import Location, Position


class Span(NamedTuple):
    """A byte range in a file, ``end`` exclusive."""

    start: int
    end: int


class SourceText:
    """The bytes of one file, and the arithmetic between byte offsets and rows and columns."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.data.find
        position = find(b"\n")
        while position != -1:
            starts.append(position + 1)
            position = find(b"\n", position + 1)
        return starts

    def position(self, offset: int) -> Position:
        """Return the row and the column, both from 1 and in characters, of a byte offset."""
        offset = max(0, min(offset, len(self.data)))
        row = bisect_right(self._line_starts, offset)
        start = self._line_starts[row - 1]
        return Position(row, len(self.data[start:offset].decode("utf-8", "replace")) + 1)

    def location(self, span: Span) -> Location:
        """Return where a byte range lies, in rows and columns."""
        return Location(self.path, self.position(span.start), self.position(span.end))

    def line(self, row: int) -> str:
        """Return the text of a row, counted from 1, without its line ending."""
        start = self._line_starts[row - 1]
        end = self.data.find(b"\n", start)
        return self.data[start : end if end != -1 else len(self.data)].decode("utf-8", "replace").rstrip("\r")
