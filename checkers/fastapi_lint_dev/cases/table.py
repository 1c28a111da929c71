"""The list of known defects, as a table in the repository: hashes, paths, rows and a note, never source."""

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from fastapi_lint_dev.rows import RowRange
from fastapi_lint_dev.tables import read_table


class TableError(Exception):
    """A table does not have the form it must have."""


class Expectation(StrEnum):
    """What the analyser should do at the parent: report the defect, or know that it is none for this project."""

    FINDING = "finding"
    SILENCE = "silence"


class Extent(StrEnum):
    """Where the defect is: in one function, or all over the commit, the rows being one example of many."""

    FUNCTION = "function"
    COMMIT = "commit"


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
    extent: Extent


def read_cases(path: Path) -> tuple[Case, ...]:
    """Return the cases of a table; the columns ``expect`` and ``extent`` may be missing.

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
                extent=Extent(record.get("extent") or Extent.FUNCTION),
            )
        except (KeyError, ValueError) as error:
            raise TableError(f"{path}:{number}: {error}") from error
        cases.append(case)
    return tuple(cases)
