"""Cuts source text of any Python version into tokens, without recursion and in linear time."""

from collections.abc import Iterator

from fastapi_lint.facts.lowering.formatted import Formatted, scan_formatted
from fastapi_lint.facts.lowering.tokens import KINDS, TOKEN, Kind, Token, literal_end, opening


def tokens(source: bytes, position: int, formatted: list[Formatted]) -> Iterator[Token]:
    """Yield the tokens from a position on, without blank space, comments and line continuations.

    The f-strings among them are added to ``formatted``.
    """
    while (found := TOKEN.match(source, position)) is not None:
        kind = KINDS[found.lastindex or 0]
        start, position = position, found.end()
        match kind:
            case Kind.SPACE | Kind.COMMENT | Kind.CONTINUATION:
                pass
            case Kind.STRING:
                position = string_end(source, start, formatted)
                yield Token(kind, start, position, b"")
            case _:
                yield Token(kind, start, position, found.group())


def string_end(source: bytes, start: int, formatted: list[Formatted]) -> int:
    """Return where the string ends that starts, prefix and all, at an offset; an f-string is added to ``formatted``."""
    begins = opening(source, start)
    if not begins.is_formatted:
        return literal_end(source, start, begins)
    whole = scan_formatted(source, start)
    formatted.append(whole)
    return whole.end
