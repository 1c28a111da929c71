"""Finds suppression comments in the bytes of one file; strings that look like comments are told apart.

``# fastapi-lint: ignore[FL402] reason`` speaks for its own row, or for the next row of code when it stands alone;
``# fastapi-lint: ignore-file[FL402]`` speaks for the file; ``# noqa: FL402`` for its row. Without codes they mean all.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct

from fastapi_lint.source import Span

_MARKERS: Final = (b"fastapi-lint", b"noqa", b"NOQA", b"NoQA")
_LEXEMES: Final = re.compile(
    rb'#[^\r\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\r\n]|\\(?:\r\n|.))*"|\'(?:[^\'\\\r\n]|\\(?:\r\n|.))*\'',
    re.DOTALL,
)
_OURS: Final = re.compile(rb"#\s*fastapi-lint\s*:\s*(?P<word>[\w-]*)(?P<list>\s*\[(?P<codes>[^\]#]*)(?P<close>\])?)?")
_NOQA: Final = re.compile(
    rb"#\s*noqa(?!\w)(?P<list>\s*:\s*(?P<codes>[A-Za-z]+[0-9]+(?:(?:\s*,\s*|\s+)[A-Za-z]+[0-9]+)*))?", re.IGNORECASE
)
_CODE: Final = re.compile(rb"[^\s,]+")
_ROW_END: Final = re.compile(rb"\r\n|\r|\n")
_INTERPOLATED: Final = frozenset(b"fFtT")


class DirectiveKind(StrEnum):
    """What a comment speaks for; a malformed one speaks for nothing and is reported."""

    ROW = "ignore"
    FILE = "ignore-file"
    NOQA = "noqa"
    MALFORMED = "malformed"


class NamedCode(Struct, frozen=True, array_like=True):
    """One code (or rule name) in a directive, and where it stands."""

    text: str
    start: int
    end: int


class Directive(Struct, frozen=True, array_like=True):
    """One suppression comment. No ``codes`` means all rules; ``alone`` when no code stands on its row."""

    kind: DirectiveKind
    codes: tuple[NamedCode, ...]
    start: int
    end: int
    alone: bool

    @property
    def span(self) -> Span:
        """Return the byte range of the directive."""
        return Span(self.start, self.end)


def find_directives(data: bytes) -> tuple[Directive, ...]:
    """Return the suppression comments of a normalised source text, in their order."""
    if not may_hold_directives(data):
        return ()
    return tuple(directive for comment in _comments(data) for directive in _directives(data, comment))


def may_hold_directives(data: bytes) -> bool:
    """Return whether the bytes of a file, in any encoding that contains ASCII, may hold a suppression comment."""
    return any(marker in data for marker in _MARKERS)


def strings_and_comments(data: bytes) -> tuple[list[Span], list[Span]]:
    """Return the byte ranges of all string literals and of all comments.

    An f-string whose quotes nest (PEP 701) ends early for the fast scanner, with its braces unbalanced: such a file
    goes through ``tokenize``.
    """
    strings: list[Span] = []
    comments: list[Span] = []
    for match in _LEXEMES.finditer(data):
        span = Span(match.start(), match.end())
        if data[span.start] == 0x23:
            comments.append(span)
            continue
        strings.append(span)
        before = data[max(0, span.start - 2) : span.start]
        if _INTERPOLATED & set(before) and data.count(b"{", *span) != data.count(b"}", *span):
            return _tokenized(data) or (strings, comments)
    return strings, comments


def _tokenized(data: bytes) -> tuple[list[Span], list[Span]] | None:
    """Return strings and comments as the tokenizer sees them, or ``None`` when this Python cannot read the file."""
    starts = [0, *(match.end() for match in _ROW_END.finditer(data))]
    rows = [data[start:end].decode() for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]
    strings: list[Span] = []
    comments: list[Span] = []

    def offset(position: tuple[int, int]) -> int:
        row, column = position
        return starts[row - 1] + len(rows[row - 1][:column].encode())

    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(data.decode(), newline="").readline):
            name = tokenize.tok_name[token.type]
            if token.type == tokenize.COMMENT:
                comments.append(Span(offset(token.start), offset(token.end)))
            elif name.endswith("STRING_START"):
                opened.append(offset(token.start))
            elif name.endswith("STRING_END") and opened:
                strings.append(Span(opened.pop(), offset(token.end)))
            elif token.type == tokenize.STRING:
                strings.append(Span(offset(token.start), offset(token.end)))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return None
    return strings, comments


def _comments(data: bytes) -> list[Span]:
    return [span for span in strings_and_comments(data)[1] if any(marker in data[slice(*span)] for marker in _MARKERS)]


def _directives(data: bytes, comment: Span) -> Iterator[Directive]:
    row_start = max(data.rfind(b"\n", 0, comment.start), data.rfind(b"\r", 0, comment.start)) + 1
    alone = not data[row_start : comment.start].strip()
    for match in _OURS.finditer(data, *comment):
        yield _ours(match, alone=alone)
    for match in _NOQA.finditer(data, *comment):
        yield Directive(DirectiveKind.NOQA, _codes(match), match.start(), match.end(), alone)


def _ours(match: re.Match[bytes], *, alone: bool) -> Directive:
    codes = _codes(match)
    bad_list = match["list"] is not None and (match["close"] is None or not codes)
    word = match["word"].decode("utf-8", "replace")
    kind = DirectiveKind.MALFORMED
    if not bad_list and word in {DirectiveKind.ROW, DirectiveKind.FILE}:
        kind = DirectiveKind(word)
    return Directive(kind, codes, match.start(), match.end(), alone)


def _codes(match: re.Match[bytes]) -> tuple[NamedCode, ...]:
    if match["codes"] is None:
        return ()
    start = match.start("codes")
    return tuple(
        NamedCode(code.group().decode("utf-8", "replace"), start + code.start(), start + code.end())
        for code in _CODE.finditer(match["codes"])
    )
