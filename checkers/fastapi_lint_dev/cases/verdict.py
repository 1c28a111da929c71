"""What a replay says about a case, and how verdicts are counted."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from fastapi_lint_dev.analyser import JsonFinding
from fastapi_lint_dev.cases.matching import Grade
from fastapi_lint_dev.cases.table import Case


class Outcome(StrEnum):
    """What happened to a case."""

    FOUND = "found"
    """Reported at the parent, and gone at the fix."""
    STAYS = "stays"
    """The defect itself is reported at the parent, and still at the fix."""
    NEIGHBOUR = "neighbour"
    """Something else in the function is reported, at the fix as well; counts as missed."""
    MISSED = "missed"
    RIGHTLY_SILENT = "rightly silent"
    """No defect for the versions that the project pins, and nothing was said."""
    WRONGLY_REPORTED = "wrongly reported"
    FAILED = "failed"
    """The run proves nothing: it crashed, or the repository cannot be read."""

    @property
    def found(self) -> bool:
        """Return whether the analyser did at the parent what it should do."""
        return self in {Outcome.FOUND, Outcome.STAYS, Outcome.RIGHTLY_SILENT}

    @property
    def gone(self) -> bool:
        """Return whether the analyser did at the fix what it should do."""
        return self in {Outcome.FOUND, Outcome.RIGHTLY_SILENT}


class Verdict(Struct, frozen=True):
    """What a replay says about one case."""

    case: Case
    outcome: Outcome
    grade: Grade | None = None
    finding: JsonFinding | None = None
    remark: str = ""


class Score(Struct, frozen=True):
    """How many cases are found, and how many of those are gone at the fix."""

    cases: int
    found: int
    gone: int

    def __str__(self) -> str:
        return f"{self.found} of {self.cases} found, {self.gone} of those gone at the fix"


def score(outcomes: Iterable[Outcome]) -> Score:
    """Count outcomes."""
    counted = list(outcomes)
    return Score(len(counted), sum(each.found for each in counted), sum(each.gone for each in counted))
