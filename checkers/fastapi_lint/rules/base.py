"""What a rule is: metadata, documentation, examples and a check, all in one file per rule."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from fastapi_lint.findings import Severity
from fastapi_lint.model.project import Project
from fastapi_lint.violations import Step, Violation

__all__ = ["Example", "ExampleKind", "Family", "Rule", "Status", "Step", "Violation", "bad", "good", "near_miss"]


class Family(StrEnum):
    """The groups of rules; the value is the selector's name."""

    ENGINE = "engine"
    PYDANTIC = "pydantic"
    ASYNC = "async"
    TRANSACTIONS = "transactions"
    QUERIES = "queries"
    ORM = "orm"
    API = "api"
    ARCHITECTURE = "architecture"
    SECURITY = "security"
    PROJECT = "project"


class Status(StrEnum):
    """Whether a rule runs by default, with ``--preview`` only, or only when it is selected by its code."""

    STABLE = "stable"
    PREVIEW = "preview"
    OFF = "off"


class ExampleKind(StrEnum):
    """Bad code is reported at its markers; good, near-miss and fixed code is silent."""

    BAD = "bad"
    GOOD = "good"
    NEAR_MISS = "near-miss"


class Example(Struct, frozen=True):
    """A small project: its files by path, and why it is bad, good, or looks bad and is right.

    In a bad example, a line that must be reported ends in ``# expect: FL402``; several codes are separated by commas.
    An example without a manifest (``pyproject.toml`` or ``requirements.txt``) stands for the current releases.
    """

    kind: ExampleKind
    title: str
    files: Mapping[str, str]


class Rule(ABC):
    """A rule is one file: subclass this once, with a docstring in sections.

    The docstring's first line says what is allowed not to happen; then *What it does*, *Why is this bad*, *Known
    limits*, *Fix safety*, *References*. ``name`` reads as in "allow <name>".
    """

    code: ClassVar[str]
    name: ClassVar[str]
    family: ClassVar[Family]
    severity: ClassVar[Severity]
    since: ClassVar[str]
    status: ClassVar[Status] = Status.STABLE
    examples: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def check(self, project: Project) -> Iterable[Violation]:
        """Yield what is wrong in the project; every fact comes from the model."""


def bad(title: str, files: Mapping[str, str]) -> Example:
    """Return an example that must be reported where its markers say."""
    return Example(ExampleKind.BAD, title, files)


def good(title: str, files: Mapping[str, str]) -> Example:
    """Return an example that must stay silent."""
    return Example(ExampleKind.GOOD, title, files)


def near_miss(title: str, files: Mapping[str, str]) -> Example:
    """Return an example that looks bad, is right, and must stay silent."""
    return Example(ExampleKind.NEAR_MISS, title, files)
