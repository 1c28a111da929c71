"""Decide whether a finding speaks of a known defect, and whether the repair silenced it.

A finding counts only when one of its steps lies in the function that holds the defect. How near it comes is its
``Grade``; the two weaker grades may speak of a neighbour, so they count only when the repair silenced them too. A
defect that is all over a commit (an old idiom, used a hundred times) is also found on any row that its repair changed.
"""

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from pathlib import Path

from msgspec import Struct

from fastapi_lint_dev.analyser import EvidenceStep, JsonFinding
from fastapi_lint_dev.cases.categories import CODES
from fastapi_lint_dev.cases.table import Case, Extent
from fastapi_lint_dev.outline import outline_of
from fastapi_lint_dev.rows import RowRange

_NUMBER = re.compile(r"\d+")
_NEARBY_FILE = re.compile(r"[\w./-]+\.py")


class Grade(IntEnum):
    """How near a finding comes to the defect; larger is nearer."""

    PATH = 1
    """It is reported elsewhere, and its evidence passes through the defect's function."""
    FUNCTION = 2
    """It is reported in the defect's function, on other rows."""
    CHANGED = 3
    """It is reported in the defect's function, and a step lies on rows that the repair changed."""
    LINE = 4
    """A step lies on the statement of the defect."""

    @property
    def certain(self) -> bool:
        """Return whether such a finding names the defect itself."""
        return self >= Grade.CHANGED


class Match(Struct, frozen=True):
    """A finding that may speak of a defect."""

    finding: JsonFinding
    grade: Grade

    @property
    def rank(self) -> tuple[int, str, int]:
        """Order matches from the best: nearest grade, then code, then row."""
        return (-self.grade, self.finding.code, self.finding.location.row)


def match(
    case: Case, findings: Iterable[JsonFinding], checkout: Path, changed: Mapping[str, tuple[RowRange, ...]]
) -> list[Match]:
    """Return the findings at the parent that may speak of the case, the nearest first.

    Args:
        case: the defect.
        findings: what was found at the parent; file names are relative to ``checkout``.
        checkout: the folder that holds the parent.
        changed: the rows of each file at the parent that the repair replaced.

    """
    outline = outline_of(checkout / case.path)
    region = outline.region(case.rows.first).rows if outline else case.rows
    statement = outline.statement(case.rows.first) if outline else case.rows
    defect = RowRange(min(statement.first, case.rows.first), max(statement.last, case.rows.last))
    matches = []
    for finding in findings:
        if finding.code not in CODES.get(case.category, frozenset()):
            continue
        grade = _grade(case, region, defect, finding, changed)
        if grade is not None:
            matches.append(Match(finding, grade))
    return sorted(matches, key=lambda found: found.rank)


def _grade(
    case: Case, region: RowRange, defect: RowRange, finding: JsonFinding, changed: Mapping[str, tuple[RowRange, ...]]
) -> Grade | None:
    def inside(step: EvidenceStep, rows: RowRange) -> bool:
        return step.filename == case.path and step.location.row in rows

    if any(inside(step, defect) for step in finding.steps):
        return Grade.LINE
    on_changed_rows = any(
        step.location.row in rows for step in finding.steps for rows in changed.get(step.filename, ())
    )
    if case.extent is Extent.COMMIT and on_changed_rows:
        return Grade.CHANGED
    if inside(finding.anchor, region):
        return Grade.CHANGED if on_changed_rows else Grade.FUNCTION
    return Grade.PATH if any(inside(step, region) for step in finding.steps) else None


class Identity(Struct, frozen=True):
    """What stays of a finding when rows move: its code, its function, and its message without numbers."""

    code: str
    path: str
    function: str
    gist: str


def identity(finding: JsonFinding, checkout: Path) -> Identity:
    """Return the identity of a finding in a checkout."""
    outline = outline_of(checkout / finding.filename)
    function = outline.region(finding.location.row).name if outline else ""
    gist = _NUMBER.sub("#", _NEARBY_FILE.sub("FILE", finding.message))
    return Identity(finding.code, finding.filename, function, gist)


def is_gone(
    finding: JsonFinding, parent: tuple[Iterable[JsonFinding], Path], fix: tuple[Iterable[JsonFinding], Path]
) -> bool:
    """Return whether the fix has fewer findings of this identity than the parent; each comes with its checkout."""
    wanted = identity(finding, parent[1])

    def count(findings: Iterable[JsonFinding], checkout: Path) -> int:
        alike = (each for each in findings if each.code == wanted.code and each.filename == wanted.path)
        return sum(identity(each, checkout) == wanted for each in alike)

    return count(*fix) < count(*parent)
