"""Which rows of a file an edit has touched, from what the different tools of agents say about an edit."""

import bisect
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from msgspec import Struct

_ADD_FILE: Final = "*** Add File: "
_UPDATE_FILE: Final = "*** Update File: "
_MOVE_TO: Final = "*** Move to: "


class Hunk(Struct, frozen=True):
    """Lines of a patch: each begins with a blank (stays), ``+`` (new) or ``-`` (gone).

    ``start`` is the row of the first in the new file, None when only the text can tell.
    """

    lines: tuple[str, ...]
    start: int | None = None


class FileEdit(Struct, frozen=True):
    """One file that was edited; ``hunks`` is None when all of it is new."""

    path: Path
    hunks: tuple[Hunk, ...] | None = None


def replacement(text: str) -> Hunk:
    """Return the hunk of a text that has replaced another."""
    return Hunk(tuple(f"+{line}" for line in text.split("\n")))


def patched_files(patch: str, directory: Path) -> Iterator[FileEdit]:
    """Yield the files of a patch as Codex writes it: hunks without row numbers, below a heading for each file."""
    path: Path | None = None
    hunks: list[list[str]] | None = None
    for line in [*patch.split("\n"), "*** End Patch"]:
        if line.startswith("*** ") and not line.startswith(("*** End of File", _MOVE_TO)):
            if path is not None:
                yield FileEdit(path, None if hunks is None else tuple(Hunk(tuple(each)) for each in hunks if each))
            path, hunks = None, None
            for heading in (_ADD_FILE, _UPDATE_FILE):
                if line.startswith(heading):
                    path = directory / line.removeprefix(heading).strip()
                    hunks = [] if heading is _UPDATE_FILE else None
        elif line.startswith(_MOVE_TO):
            path = directory / line.removeprefix(_MOVE_TO).strip()
        elif hunks is not None:
            if line.startswith("@@") or not hunks:
                hunks.append([])
            if line.startswith((" ", "+", "-")):
                hunks[-1].append(line)


def touched_rows(content: str, hunks: Sequence[Hunk]) -> frozenset[int] | None:
    """Return the rows of the new content that hunks have touched, or None for all of them.

    A row is touched that is new, or that lies where rows were taken out. Text that stands at several places touches
    all of them; where a hunk cannot be found, the file has changed since, and every row may be meant.
    """
    rows: set[int] = set()
    for hunk in hunks:
        starts = [hunk.start] if hunk.start is not None else _places(content, hunk)
        if not starts:
            return None
        for start in starts:
            rows.update(_rows(hunk.lines, start))
    return frozenset(rows)


def _places(content: str, hunk: Hunk) -> list[int]:
    """Return the rows at which the new text of a hunk begins."""
    text = "\n".join(line[1:] for line in hunk.lines if not line.startswith("-"))
    if not text.strip():
        return []
    ends = [position for position, character in enumerate(content) if character == "\n"]
    found: list[int] = []
    position = content.find(text)
    while position >= 0:
        found.append(bisect.bisect_left(ends, position) + 1)
        position = content.find(text, position + len(text))
    return found


def _rows(lines: Sequence[str], row: int) -> Iterator[int]:
    for changes, run in groupby(lines, key=lambda line: not line.startswith(" ")):
        marks = [line[:1] for line in run]
        if not changes:
            row += len(marks)
            continue
        added = marks.count("+")
        if added:
            yield from range(row, row + added)
        elif "-" in marks:
            yield from (row - 1, row)
        row += added
