"""Which request paths a route's path matches, and which earlier route takes a later one's requests.

Starlette tries routes in order and takes the first that matches. ``{name}`` matches one segment that is not empty,
``{name:int}`` and other converters match less, ``{name:path}`` matches everything.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, Generic, TypeVar

_PARAMETER: Final = re.compile(r"{([a-zA-Z_][a-zA-Z0-9_]*)(?::([a-zA-Z_][a-zA-Z0-9_]*))?}")
_CONVERTERS: Final = {
    "": "[^/]+",
    "str": "[^/]+",
    "int": "[0-9]+",
    "float": r"[0-9]+(?:\.[0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
    "path": ".*",
}
OPAQUE: Final = "\0"
"""Stands in a path for a part that is not known; only the same unknown part equals it."""


class Segment:
    """What stands between two slashes of a path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parameters = tuple((name, converter or "") for name, converter in _PARAMETER.findall(text))
        self.shape = _PARAMETER.sub(lambda match: f"{{:{_converter(match.group(2))}}}", text)

    @property
    def is_static(self) -> bool:
        """Return whether it matches one text only."""
        return not self.parameters

    @property
    def takes_rest(self) -> bool:
        """Return whether it matches everything from here on: ``{name:path}``."""
        return any(converter == "path" for _, converter in self.parameters)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        parts: list[str] = []
        position = 0
        for match in _PARAMETER.finditer(self.text):
            parts.append(re.escape(self.text[position : match.start()]))
            # A converter of the project's own matches nothing that is known.
            parts.append(_CONVERTERS.get(match.group(2) or "", r"(?!)"))
            position = match.end()
        parts.append(re.escape(self.text[position:]))
        return re.compile("".join(parts))

    def covers(self, other: "Segment") -> bool:
        """Return whether it matches whatever the other segment matches."""
        if self.shape == other.shape:
            return True
        if OPAQUE in other.text or other.takes_rest:
            return False
        if other.is_static:
            return bool(self._regex.fullmatch(other.text))
        return self.shape == "{:}"


def _converter(written: str | None) -> str:
    return "" if written in {None, "str"} else str(written)


class Pattern:
    """The path of a route, cut at its slashes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.segments = tuple(Segment(text) for text in path.split("/"))

    @property
    def is_static(self) -> bool:
        """Return whether it matches one path only."""
        return all(segment.is_static for segment in self.segments)


Item = TypeVar("Item")


class PatternIndex(Generic[Item]):
    """Finds, among the patterns added so far, those that match whatever a pattern matches."""

    def __init__(self) -> None:
        self._root: _Node[Item] = _Node()

    def add(self, pattern: Pattern, item: Item) -> None:
        """Remember an item under its pattern."""
        node = self._root
        for position, segment in enumerate(pattern.segments):
            if segment.takes_rest:
                last = position == len(pattern.segments) - 1
                if last and segment.shape == "{:path}":
                    node.rest.append(item)
                return
            node = node.below.setdefault(segment.shape, (segment, _Node()))[1]
        node.items.append(item)

    def covering(self, pattern: Pattern) -> Iterator[Item]:
        """Yield the items whose pattern matches whatever a pattern matches."""
        yield from _covering(self._root, pattern.segments)


class _Node(Generic[Item]):
    """What begins with the same segments."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.rest: list[Item] = []
        self.below: dict[str, tuple[Segment, _Node[Item]]] = {}


def _covering(node: _Node[Item], segments: tuple[Segment, ...]) -> Iterator[Item]:
    if not segments:
        yield from node.items
        return
    yield from node.rest
    first, *following = segments
    for segment, below in node.below.values():
        if segment.covers(first):
            yield from _covering(below, tuple(following))
