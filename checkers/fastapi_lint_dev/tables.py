"""Tables that people edit and tools rewrite: tab-separated values with a header."""

import csv
from collections.abc import Iterable
from pathlib import Path


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the records of a file of tab-separated values with a header; quotes mean nothing in it."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_table(path: Path, header: Iterable[str], records: Iterable[Iterable[str]]) -> None:
    """Write tab-separated values with a header; tabs and line ends in a value become spaces."""
    lines = ["\t".join(" ".join(value.split()) for value in record) for record in [header, *records]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
