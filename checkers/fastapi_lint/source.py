"""Source text as UTF-8 bytes, and places in it as byte ranges.

Everything in front of the reporters speaks of a place as a ``Span``; only here a span becomes row and column. Rows end
where Python's own tokenizer ends them: at a line feed, a carriage return, or both.
"""

import codecs
import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from fastapi_lint.findings import Location, Position

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK: Final = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?$")


class Span(NamedTuple):
    """A byte range in a file, ``end`` exclusive."""

    start: int
    end: int


class SourceError(Exception):
    """A file whose bytes are no Python text: where, and why. ``row`` and ``column`` count from 1."""

    def __init__(self, message: str, row: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


class SourceText:
    """The normalised bytes of one file, and the arithmetic between byte offsets and rows and columns."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0, *accumulate(map(len, self.data.splitlines(keepends=True)))]
        if self.data and not self.data.endswith((b"\n", b"\r")):
            starts.pop()  # the end of the text begins no row
        return starts

    @property
    def rows(self) -> int:
        """Return the number of rows; text that ends in a line ending has an empty last row."""
        return len(self._line_starts)

    def row(self, offset: int) -> int:
        """Return the row, counted from 1, of a byte offset."""
        return bisect_right(self._line_starts, max(0, min(offset, len(self.data))))

    def position(self, offset: int) -> Position:
        """Return the row and the column, both from 1 and in characters, of a byte offset."""
        offset = max(0, min(offset, len(self.data)))
        row = bisect_right(self._line_starts, offset)
        start = self._line_starts[row - 1]
        return Position(row, len(self.data[start:offset].decode("utf-8", "replace")) + 1)

    def location(self, span: Span) -> Location:
        """Return where a byte range lies, in rows and columns."""
        return Location(self.path, self.position(span.start), self.position(span.end))

    def line_span(self, row: int) -> Span:
        """Return the byte range of a row without its line ending; a row that does not exist is empty."""
        if not 1 <= row <= self.rows:
            return Span(len(self.data), len(self.data))
        start = self._line_starts[row - 1]
        end = self._line_starts[row] if row < self.rows else len(self.data)
        while end > start and self.data[end - 1] in b"\r\n":
            end -= 1
        return Span(start, end)

    def line(self, row: int) -> str:
        """Return the text of a row, counted from 1, without its line ending."""
        start, end = self.line_span(row)
        return self.data[start:end].decode("utf-8", "replace")


def normalise(raw: bytes) -> bytes:
    """Return a file's text in UTF-8 without byte order mark; line endings stay as they are.

    The encoding is found as PEP 263 says. A declaration of another encoding is made void (``coding`` becomes
    ``Coding``, the same length), so that a parser which is given the result does not decode it a second time.

    Raises:
        SourceError: the encoding is unknown, the bytes are not valid in it, or the text holds a null byte.

    """
    marked = raw.startswith(codecs.BOM_UTF8)
    data = raw[len(codecs.BOM_UTF8) :] if marked else raw
    head, declared = _declared_encoding(data)
    if declared is not None and not _is_utf8(declared):
        if marked:
            raise SourceError(f"the byte order mark says UTF-8, the declaration says {declared}")
        data = data[:head].replace(b"coding", b"Coding") + data[head:]
        data = _decode_declared(data, declared)
    elif not data.isascii():
        _check_utf8(data)
    null = data.find(b"\0")
    if null != -1:
        raise _error_at(data, null, "the file holds a null byte")
    return data


def _declared_encoding(data: bytes) -> tuple[int, str | None]:
    """Return the length of the rows that may declare an encoding (the first two), and what they declare."""
    end = 0
    for _ in range(2):
        line_end = _LINE_END.search(data, end)
        stop = line_end.start() if line_end else len(data)
        line = data[end:stop]
        match = _COOKIE.match(line)
        end = line_end.end() if line_end else len(data)
        if match:
            return end, match.group(1).decode("ascii")
        if not _BLANK.match(line):
            break
    return end, None


def _is_utf8(name: str) -> bool:
    return name.lower().replace("_", "-").split("-sig")[0] in {"utf-8", "utf8", "u8", "utf", "cp65001"}


def _check_utf8(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise _error_at(data, error.start, f"the byte 0x{byte:02x} is not valid UTF-8") from None


def _decode_declared(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode(encoding).encode("utf-8")
    except LookupError:
        raise SourceError(f"the declared encoding {encoding!r} is unknown") from None
    except ValueError as error:  # UnicodeError is one
        offset = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise _error_at(data, offset, f"the file is not valid {encoding}") from None


def _error_at(data: bytes, offset: int, message: str) -> SourceError:
    position = SourceText(Path(), data).position(offset)
    return SourceError(message, position.row, position.column)
