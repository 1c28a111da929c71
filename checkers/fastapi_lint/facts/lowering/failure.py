"""What is wrong with a file whose syntax no version of Python accepts, and where."""

import re
from bisect import bisect_right
from typing import Final

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class LoweringError(SyntaxError):
    """The file is broken at ``row`` and ``column``, both counted from 1, columns in characters."""

    def __init__(self, message: str, row: int, column: int) -> None:
        super().__init__(message, ("<source>", row, column, None))
        self.message = message
        self.row = row
        self.column = column

    @classmethod
    def at(cls, message: str, source: bytes, offset: int) -> "LoweringError":
        """Return the error for a byte offset of the source."""
        starts = line_starts(source)
        row = bisect_right(starts, offset)
        column = len(source[starts[row - 1] : offset].decode("utf-8", "replace")) + 1
        return cls(message, row, column)


def line_starts(source: bytes) -> list[int]:
    """Return the byte offset of each row, as Python's own tokenizer counts rows."""
    return [0, *(found.end() for found in _LINE_END.finditer(source))]
