"""Text for terminals: colours, and source text that cannot steer the terminal.

Nothing of a project reaches the output raw: control characters, direction overrides and bytes that were no text are
shown as escapes.
"""

import re
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Final

from fastapi_lint.findings import Severity

TAB_WIDTH: Final = 4
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Style(StrEnum):
    """What a piece of text is; the value is its ANSI rendition."""

    ERROR = "1;31"
    WARNING = "1;33"
    INFO = "1;36"
    CODE = "1"
    PATH = "1;34"
    DIM = "2"
    HELP = "1;32"


SEVERITY_STYLE: Final = {
    Severity.ERROR: Style.ERROR,
    Severity.WARNING: Style.WARNING,
    Severity.INFO: Style.INFO,
}


class Painter:
    """Gives text its colour, or leaves it plain."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, style: Style) -> str:
        """Return the text in a style."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self._color and text else text


def counted(count: int, noun: str) -> str:
    """Return how many there are of something whose plural ends in s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def clean(text: str) -> str:
    """Return text on one line with everything made visible that could steer a terminal; tabs become blanks."""
    return _UNSAFE.sub(_escape, text.replace("\t", " " * TAB_WIDTH))


def clean_lines(text: str) -> str:
    """Return text of several lines, each clean."""
    return "\n".join(clean(line) for line in text.split("\n"))


def clean_path(path: Path) -> str:
    """Return a path as it can be shown."""
    return clean(path.as_posix())


def _escape(match: re.Match[str]) -> str:
    number = ord(match.group())
    if 0xDC80 <= number <= 0xDCFF:
        number -= 0xDC00
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"


def width(text: str) -> int:
    """Return how many columns clean text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
