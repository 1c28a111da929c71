"""Translates the patterns of ignore files to regular expressions that take linear time.

The rules are those of gitignore(5). A project's ignore files are untrusted: a plain translation of ``*a*a*a*a*b`` takes
exponential time, so each star takes the nearest match of what follows it and never another (an atomic group), which is
enough because the next star can take up any difference.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-.:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
_ANY_DIRECTORIES: Final = "(?:[^/]+/)*?"
_WILDCARD: Final = re.compile(r"[*?\[\\]")
_NAMED_CLASS: Final = re.compile(r"\[:(\w+):\]")


class IgnorePattern(Struct, frozen=True):
    """One pattern: ``expression`` matches the keys that it speaks of; those of directories end in a slash."""

    expression: str
    include: bool


def parse_line(line: str) -> IgnorePattern | None:
    """Return the pattern of a line, or ``None`` when the line has none or Git would never match it."""
    line = line.rstrip("\r\n")
    stripped = line.rstrip(" ")
    if stripped.endswith("\\") and not stripped.endswith("\\\\") and len(stripped) < len(line):
        stripped += " "
    if not stripped or stripped.startswith("#"):
        return None
    include = not stripped.startswith("!")
    body = stripped if include else stripped[1:]
    directory_only = body.endswith("/")
    body = body.removesuffix("/")
    anchored = "/" in body
    body = body.removeprefix("/")
    try:
        prefix, rest = _after_literal(body) if anchored else ("", body)
        segments = list(_segments(rest))
        if not all(segments):
            return None
        if prefix and segments == ["**"]:
            expression = prefix + (r".*/\Z" if directory_only else ".*")
        else:
            expression = _path_expression(segments if anchored else ["**", *segments], directory_only=directory_only)
            expression = f"{prefix}(?:[^/]*/)?{expression}" if prefix else expression
    except ValueError:
        return None
    return IgnorePattern(expression, include)


def _after_literal(body: str) -> tuple[str, str]:
    """Return what stands before a ``**`` in its component as an expression, and the rest; usually nothing and all.

    Git compares the literal beginning of an anchored pattern on its own and matches the rest afresh, so that the ``**``
    of ``/a**`` and ``/a**/b`` stands at a beginning and matches slashes (``match_pathname`` in dir.c).
    """
    wildcard = _WILDCARD.search(body)
    if wildcard is None:
        return "", body
    literal, rest = body[: wildcard.start()], body[wildcard.start() :]
    if literal and not literal.endswith("/") and (rest == "**" or rest.startswith("**/")):
        return re.escape(literal), rest
    return "", body


def _segments(body: str) -> Iterator[str]:
    """Yield the path components of a pattern; a slash in a bracket separates nothing."""
    start = position = 0
    while position < len(body):
        if body[position] == "/":
            yield body[start:position]
            start = position + 1
        if body[position] == "[":
            position = _bracket(body, position + 1)[1]
        else:
            position += 2 if body[position] == "\\" else 1
    yield body[start:]


def _path_expression(segments: list[str], *, directory_only: bool) -> str:
    """Return the expression of a pattern that is anchored at the directory of its file."""
    end = r"/\Z" if directory_only else r"/?\Z"
    if segments[-1] == "**":
        inside = segments[:-1]
        while inside and inside[-1] == "**":
            inside.pop()
        rest = r".+/\Z" if directory_only else ".+"
        return _joined(inside, "/") + rest if inside else rest
    return _joined(segments, end)


def _joined(segments: list[str], end: str) -> str:
    """Return the segments in a row; between two ``**`` the nearest match is taken for good."""
    groups: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            groups.append([])
        else:
            groups[-1].append(segment)
    filled = [group for group in groups[1:] if group]
    parts = ["".join(f"{_segment(item)}/" for item in groups[0])]
    for number, group in enumerate(filled):
        middle = "/".join(_segment(item) for item in group)
        last = number == len(filled) - 1
        parts.append(f"{_ANY_DIRECTORIES}{middle}" if last else f"(?>{_ANY_DIRECTORIES}{middle}/)")
    text = "".join(parts)
    return text + end if filled else text.removesuffix("/") + end


def _segment(pattern: str) -> str:
    """Return the expression of one path component; stars do not match slashes.

    Raises:
        ValueError: a bracket or an escape has no end: Git matches nothing then.

    """
    pieces = [""]
    for item in _items(pattern):
        if item == "*":
            pieces.append("")
        else:
            pieces[-1] += item
    head, *others = pieces
    if not others:
        return head
    if not any(pieces):
        return "[^/]+"
    *middle, tail = others
    taken = "".join(f"(?>[^/]*?{piece})" for piece in middle if piece)
    return f"{head}{taken}[^/]*{tail}(?=/|\\Z)"


def _items(pattern: str) -> Iterator[str]:
    """Yield ``*`` for a star, and the expression of one character for everything else."""
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            yield "*"
        elif character == "?":
            yield "[^/]"
        elif character == "[":
            expression, position = _bracket(pattern, position)
            yield expression
        elif character == "\\":
            if position == len(pattern):
                raise ValueError(pattern)
            yield re.escape(pattern[position])
            position += 1
        else:
            yield re.escape(character)


def _bracket(pattern: str, position: int) -> tuple[str, int]:
    """Return the expression of a bracket whose content begins at a position, and the position behind it."""
    negated = pattern[position : position + 1] in {"!", "^"}
    position += negated
    content = ""
    first = True
    while True:
        if position >= len(pattern):
            raise ValueError(pattern)
        named = _NAMED_CLASS.match(pattern, position)
        if named and named.group(1) in _CLASSES:
            content += _CLASSES[named.group(1)]
            position = named.end()
        elif pattern[position] == "]" and not first:
            break
        else:
            low, position = _literal(pattern, position)
            if pattern[position : position + 1] == "-" and pattern[position + 1 : position + 2] not in {"", "]"}:
                high, position = _literal(pattern, position + 1)
                content += f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low)
            else:
                content += re.escape(low)
        first = False
    position += 1
    if not content:
        return ("[^/]" if negated else r"(?!)"), position
    return f"(?!/)[{'^' if negated else ''}{content}]", position


def _literal(pattern: str, position: int) -> tuple[str, int]:
    """Return the character at a position inside a bracket, and the position behind it."""
    if pattern[position] == "\\":
        position += 1
        if position >= len(pattern):
            raise ValueError(pattern)
    return pattern[position], position + 1
