"""The words of Python's lexical grammar, in any version, as patterns over bytes.

All of them are possessive where they repeat: they take linear time and give up at once on a string without an end.
"""

import re
from enum import IntEnum
from typing import Final, NamedTuple

from fastapi_lint.facts.lowering.failure import LoweringError


class Kind(IntEnum):
    """The kind of a token; the values are the numbers of the groups in ``TOKEN``."""

    SPACE = 1
    NEWLINE = 2
    COMMENT = 3
    CONTINUATION = 4
    STRING = 5
    NAME = 6
    NUMBER = 7
    OPEN = 8
    CLOSE = 9
    OPERATOR = 10


class Token(NamedTuple):
    """A token and its byte range; a string is one token without text, whatever its replacement fields hold."""

    kind: Kind
    start: int
    end: int
    text: bytes


class Opening(NamedTuple):
    """How a string begins: its prefix in lower case, its quotation mark and where its text starts."""

    prefix: bytes
    quote: bytes
    body: int

    @property
    def is_formatted(self) -> bool:
        """Return whether the string has replacement fields."""
        return b"f" in self.prefix or b"t" in self.prefix


KINDS: Final = {int(kind): kind for kind in Kind}
NAME: Final = rb"[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*+"
BREAK: Final = rb"(?:[ \t\f]|\\(?:\r\n|[\r\n]))"
"""Blank space within a logical line."""
END_OF_WORD: Final = rb"(?![0-9A-Za-z_\x80-\xff])"
LINE_END: Final = re.compile(rb"\r\n|\r|\n")
PREFIX: Final = re.compile(rb"(?:[rR][bBfFtT]|[bBfFtT][rR]|[bBfFrRtTuU])?")
TOKEN: Final = re.compile(
    rb"([ \t\f]++)"
    rb"|(\r\n|[\r\n])"
    rb"|(\#[^\r\n]*+)"
    rb"|(\\(?:\r\n|[\r\n]))"
    rb"|(" + PREFIX.pattern + rb"(?:'''|\"\"\"|['\"]))"
    rb"|(" + NAME + rb")"
    rb"|(\.?[0-9][0-9A-Za-z_.]*+)"
    rb"|([(\[{])"
    rb"|([)\]}])"
    rb"|(:=|[=!<>]=|\*\*|.)",
    re.DOTALL,
)
_CLOSING: Final = {ord("("): ord(")"), ord("["): ord("]"), ord("{"): ord("}")}


def _rest_of_string(quote: bytes) -> re.Pattern[bytes]:
    if len(quote) == 1:
        body = rb"[^Q\\\r\n]*+(?:\\(?:\r\n|.)[^Q\\\r\n]*+)*+Q"
    else:
        body = rb"[^Q\\]*+(?:(?:\\.|Q(?!QQ))[^Q\\]*+)*+QQQ"
    return re.compile(body.replace(b"Q", quote[:1]), re.DOTALL)


_STRING_REST: Final = {quote: _rest_of_string(quote) for quote in (b"'", b'"', b"'''", b'"""')}


def opening(source: bytes, start: int) -> Opening:
    """Return how the string begins that starts, prefix and all, at an offset."""
    found = PREFIX.match(source, start)
    prefix = found.group() if found else b""
    at = start + len(prefix)
    quote = source[at : at + 1]
    if source.startswith(quote * 3, at):
        quote *= 3
    return Opening(prefix.lower(), quote, at + len(quote))


def literal_end(source: bytes, start: int, begins: Opening) -> int:
    """Return where a string without replacement fields ends."""
    found = _STRING_REST[begins.quote].match(source, begins.body)
    if found is None:
        raise unterminated(source, start, begins.quote, "string literal")
    return found.end()


def unterminated(source: bytes, start: int, quote: bytes, what: str) -> LoweringError:
    """Return the error for a string that has no end."""
    triple = "triple-quoted " if len(quote) == 3 else ""
    return LoweringError.at(f"unterminated {triple}{what}", source, start)


def check_brackets(source: bytes, opened: int, closed: int) -> None:
    """Check that a closing bracket is of the kind that was opened.

    Raises:
        LoweringError: it is not.

    """
    if _CLOSING[source[opened]] != source[closed]:
        left, right = chr(source[opened]), chr(source[closed])
        message = f"closing parenthesis '{right}' does not match opening parenthesis '{left}'"
        raise LoweringError.at(message, source, closed)
