"""Read the tab-separated tables beside this module: comment lines, one header line, one row a line."""

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).parent


def read_table(name: str, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """Yield the cells of each row of ``name``; a header or a row of another width raises ``ValueError``."""
    lines = (line for line in (_FOLDER / name).read_text("utf-8").split("\n") if line and not line.startswith("#"))
    header = next(lines, "").split("\t")
    if tuple(header) != columns:
        raise ValueError(f"{name}: columns are {header}, not {list(columns)}")
    for line in lines:
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise ValueError(f"{name}: {len(cells)} cells instead of {len(columns)} in {line!r}")
        yield cells
