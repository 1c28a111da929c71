"""The list of known defects, as a table in the repository: hashes, paths, rows and a note, never source."""

import csv
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from fastapi_lint_dev.rows import RowRange


class TableError(Exception):
    """A table does not have the form it must have."""


class Expectation(StrEnum):
    """What the analyser should do at the parent: report the defect, or know that it is none for this project."""

    FINDING = "finding"
    SILENCE = "silence"


class Case(Struct, frozen=True):
    """One defect: present at ``parent``, repaired by ``fix``; ``depth`` says what must be read to be sure."""

    id: str
    repository: str
    fix: str
    parent: str
    path: str
    rows: RowRange
    category: str
    depth: str
    note: str
    expectation: Expectation


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the records of a file of tab-separated values with a header; quotes mean nothing in it."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_table(path: Path, header: Iterable[str], records: Iterable[Iterable[str]]) -> None:
    """Write tab-separated values with a header; tabs and line ends in a value become spaces."""
    lines = ["\t".join(" ".join(value.split()) for value in record) for record in [header, *records]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_cases(path: Path) -> tuple[Case, ...]:
    """Return the cases of a table; the column ``expect`` may be missing.

    Raises:
        TableError: a column is missing or a value has the wrong form.

    """
    cases = []
    for number, record in enumerate(read_table(path), start=2):
        try:
            case = Case(
                id=record["id"],
                repository=record["repo"],
                fix=record["fix_commit"],
                parent=record["parent_commit"],
                path=record["path"],
                rows=RowRange(int(record["line"]), int(record["end_line"])),
                category=record["category"],
                depth=record["depth"],
                note=record["note"],
                expectation=Expectation(record.get("expect") or Expectation.FINDING),
            )
        except (KeyError, ValueError) as error:
            raise TableError(f"{path}:{number}: {error}") from error
        cases.append(case)
    return tuple(cases)
