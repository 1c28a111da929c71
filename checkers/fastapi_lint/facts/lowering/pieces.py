"""A stretch of the source with some of its bytes replaced, and the way back from the result to the source.

The rewriting keeps every line ending on its row, and most replacements keep the length. Where one does not, a piece
says for each byte of its text where that byte comes from.
"""

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final, NamedTuple

from msgspec import Struct

from fastapi_lint.facts.lowering.failure import line_starts

_NOT_LINE_END: Final = re.compile(rb"[^\r\n]")


class Hole(Struct, frozen=True):
    """A replacement field whose expression stands in a piece of its own, so that ``_`` stands in for it.

    ``shown`` is the text that ``=`` puts in front of the value; ``plain`` says that neither a conversion nor a format
    follows, so that ``=`` means ``!r``.
    """

    piece: int
    shown: str | None
    plain: bool


class Edit(NamedTuple):
    """Replace the bytes from ``start`` to ``end`` of the source by ``text``."""

    start: int
    end: int
    text: bytes
    hole: Hole | None = None


class Piece(Struct, frozen=True):
    """The source from ``start`` to ``end`` with edits, in order and disjoint; an expression unless ``is_module``."""

    start: int
    end: int
    edits: tuple[Edit, ...]
    is_module: bool


class Rendered(Struct, frozen=True):
    """The text of a piece, and its segments, alternately copied and replaced.

    The segment that begins at ``starts[i]`` comes from ``origins[i]`` and from no later place than ``limits[i]``.
    """

    text: bytes
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    limits: tuple[int, ...]
    holes: tuple[tuple[int, Hole], ...]

    def origin_of_start(self, offset: int) -> int:
        """Return where in the source the node is that starts at an offset of the text."""
        segment = bisect_right(self.starts, offset) - 1
        return min(self.origins[segment] + offset - self.starts[segment], self.limits[segment])

    def origin_of_end(self, offset: int) -> int:
        """Return where in the source the node ends that ends at an offset of the text."""
        if offset == 0:
            return self.origins[0]
        segment = bisect_right(self.starts, offset - 1) - 1
        return min(self.origins[segment] + offset - self.starts[segment], self.limits[segment])


def render(source: bytes, piece: Piece) -> Rendered:
    """Apply the edits of a piece."""
    parts: list[bytes] = []
    origins: list[int] = []
    limits: list[int] = []
    holes: list[tuple[int, Hole]] = []
    position = piece.start
    for edit in piece.edits:
        parts += (source[position : edit.start], edit.text)
        origins += (position, edit.start)
        limits += (edit.start, edit.end)
        if edit.hole is not None:
            holes.append((len(parts) - 1, edit.hole))
        position = edit.end
    parts.append(source[position : piece.end])
    origins.append(position)
    limits.append(piece.end)
    starts = (0, *accumulate(len(part) for part in parts[:-1]))
    located = tuple((starts[index], hole) for index, hole in holes)
    return Rendered(b"".join(parts), starts, tuple(origins), tuple(limits), located)


def moved_rows(source: bytes, piece: Piece) -> frozenset[int]:
    """Return the rows of the source on which the columns of a rendered module differ from the source's."""
    moving = [edit for edit in piece.edits if len(edit.text) != edit.end - edit.start]
    if not moving:
        return frozenset()
    starts = line_starts(source)
    rows: set[int] = set()
    for edit in moving:
        rows.update(range(bisect_right(starts, edit.start), bisect_right(starts, edit.end) + 1))
    return frozenset(rows)


def blanked(text: bytes) -> bytes:
    """Return as many spaces, with the line endings where they are."""
    return _NOT_LINE_END.sub(b" ", text)
