"""An eval case: what is planted into a grown project, what is asked, and a right and a naive answer.

A case is a folder below ``evals/``: ``case.yaml`` for the runner's own harness, ``answers.toml`` with the edits, and
``hidden/``, tests that go into the project's own when an answer is graded.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import yaml
from msgspec import Struct

from fastapi_lint_dev.places import ROOT

EVALS: Final = ROOT / "evals"
_CASE: Final = "case.yaml"
_ANSWERS: Final = "answers.toml"


class EditError(ValueError):
    """An edit that does not fit the project: the templates have changed under it."""


class Edit(Struct, frozen=True, forbid_unknown_fields=True):
    """Replaces a text that stands once in a file; without an old text the file is new."""

    path: str
    new: str
    old: str = ""


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """What a case does to a grown project: the defect, its right repair, and one that looks right.

    ``codes`` are those that the analyser reports of the defect and of nothing else in the project, none where it is silent;
    ``skill`` is the one that helps most, and ``expected`` says what a right answer does.
    """

    skill: str
    expected: str
    codes: tuple[str, ...]
    plant: tuple[Edit, ...]
    reference: tuple[Edit, ...]
    naive: tuple[Edit, ...]


class Case(Struct, frozen=True):
    """A case with what is asked, its answers, and its hidden tests by name."""

    name: str
    prompt: str
    answers: Answers
    hidden: Mapping[str, str]


def all_cases() -> tuple[Case, ...]:
    """Return every case in the order of their names."""
    return tuple(read_case(path.parent.name) for path in sorted(EVALS.glob(f"*/{_CASE}")))


def read_case(name: str) -> Case:
    """Return a case by its name.

    Raises:
        FileNotFoundError: there is no such case.
        msgspec.ValidationError: its answers say something unknown.

    """
    folder = EVALS / name
    asked = yaml.safe_load((folder / _CASE).read_text(encoding="utf-8"))
    answers = msgspec.toml.decode((folder / _ANSWERS).read_bytes(), type=Answers)
    hidden = {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "hidden").glob("test_*.py"))}
    return Case(name, str(asked["execution"]["prompt"]), answers, hidden)


def apply(edits: tuple[Edit, ...], project: Path) -> None:
    """Write edits into a project.

    Raises:
        EditError: an old text does not stand exactly once in its file.

    """
    for edit in edits:
        path = project / edit.path
        text = path.read_text(encoding="utf-8") if edit.old else ""
        if edit.old and text.count(edit.old) != 1:
            raise EditError(f"{edit.path}: {edit.old!r} stands {text.count(edit.old)} times")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(edit.old, edit.new) if edit.old else edit.new, encoding="utf-8")
