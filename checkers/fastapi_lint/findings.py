"""What the analyser reports: findings with their evidence, as plain frozen values.

Reporters see nothing but what is defined here (invariant I4), and a report's order is defined here (I5).
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding hurts: an error loses data or fails requests, a warning costs, an info is advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure the analyser is: all names resolved, one step of type inference, or a convention.

    What is said of code that nothing calls is heuristic: it would happen if something did.
    """

    EXACT = "exact"
    INFERRED = "inferred"
    HEURISTIC = "heuristic"

    @property
    def rank(self) -> int:
        """Return 0 for the surest level; larger is less sure."""
        return list(Confidence).index(self)


class Position(Struct, frozen=True, order=True):
    """A place in a file: ``row`` and ``column`` count from 1, columns count characters."""

    row: int
    column: int


class Location(Struct, frozen=True, order=True):
    """A range in a file; ``end`` is exclusive."""

    path: Path
    start: Position
    end: Position


class RelatedLocation(Struct, frozen=True):
    """One step of a finding's evidence: where, and what happens there."""

    location: Location
    message: str


class Finding(Struct, frozen=True):
    """One defect at one place, with the path that proves it and what to do about it."""

    code: str
    name: str
    family: str
    severity: Severity
    confidence: Confidence
    message: str
    location: Location
    evidence: tuple[RelatedLocation, ...] = ()
    help: str = ""

    @property
    def sort_key(self) -> tuple[str, Position, str, str]:
        """Order findings by file, place, code and message: the same for any number of jobs."""
        return (self.location.path.as_posix(), self.location.start, self.code, self.message)


class RuleInfo(Struct, frozen=True):
    """What a rule says of itself. ``sections`` are the parts of its docstring below the summary, by heading."""

    code: str
    name: str
    family: str
    severity: Severity
    summary: str
    since: str = "0.1.0"
    status: str = "stable"
    sections: Mapping[str, str] = {}


class Report(Struct, frozen=True):
    """Everything a run found, in order, and everything it could not look at.

    ``complete`` is false when a file could not be analysed: the exit code is then 2, whatever was found. ``errors`` and
    ``notices`` are for people and go to stderr. ``excerpts`` holds the rows that findings and their evidence speak of,
    and ``rules`` describes every rule that ran, so that reporters need nothing else.
    """

    findings: tuple[Finding, ...]
    files_checked: int
    complete: bool = True
    suppressed: int = 0
    baselined: int = 0
    notices: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    excerpts: Mapping[Path, Mapping[int, str]] = {}

    def excerpt(self, path: Path, row: int) -> str:
        """Return the text of a row, empty when it is not part of the report."""
        return self.excerpts.get(path, {}).get(row, "")
