"""The graders refuse what is planted and what only looks right, and accept the right repair; no model is asked."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from fastapi_lint_dev.evals.cases import EVALS, Answers, Case, Edit, EditError, all_cases, apply
from fastapi_lint_dev.evals.grading import failed_tests, findings, type_errors
from fastapi_lint_dev.evals.growing import grow
from fastapi_lint_dev.places import ROOT
from fastapi_lint_dev.trial.workspace import Workspace

CASES: Final = all_cases()
TOO_LARGE_TO_READ: Final = 300
Answered = Callable[[str], Path]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Grow one project and install it; the cases lie in different features of it."""
    workspace = Workspace(tmp_path_factory.mktemp("grown") / "freight")
    grow(workspace.root)
    workspace.sync()
    return workspace


@pytest.fixture(scope="module")
def answered(grown: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answered]:
    """Copy the project, plant all defects, and give all answers of one kind, if any."""

    def answer(kind: str) -> Path:
        ignored = shutil.ignore_patterns(".venv", ".*_cache")
        copy = Path(shutil.copytree(grown.root, tmp_path_factory.mktemp(kind or "planted") / "freight", ignore=ignored))
        for case in CASES:
            apply(case.answers.plant, copy)
            apply(_edits(case.answers, kind), copy)
        return copy

    yield answer


def _edits(answers: Answers, kind: str) -> tuple[Edit, ...]:
    return {"": (), "reference": answers.reference, "naive": answers.naive}[kind]


def _codes(found: list[str]) -> set[str]:
    return {item.rpartition(" ")[2] for item in found}


def _hidden(cases: tuple[Case, ...]) -> set[str]:
    return {name for case in cases for name in case.hidden}


def test_the_grown_project_is_too_large_to_read_and_has_no_findings(grown: Workspace) -> None:
    modules = [path for path in grown.root.rglob("*.py") if ".venv" not in path.parts]
    assert len(modules) >= TOO_LARGE_TO_READ
    assert findings(grown.root) == []


def test_what_is_planted_is_found_and_fails_the_hidden_tests(answered: Answered, grown: Workspace) -> None:
    planted = answered("")
    found = _codes(findings(planted))
    assert [case.name for case in CASES if case.answers.codes and found.isdisjoint(case.answers.codes)] == []
    assert found <= {code for case in CASES for code in case.answers.codes}
    assert failed_tests(CASES, planted, grown) == _hidden(CASES)


def test_right_answers_pass_all_graders(answered: Answered, grown: Workspace) -> None:
    repaired = answered("reference")
    assert findings(repaired) == []
    assert failed_tests(CASES, repaired, grown) == frozenset()
    assert type_errors(repaired, grown) == []
    (repaired / "src/app/mistyped.py").write_text("count: int = 'one'\n")
    assert type_errors(repaired, grown) == ["mistyped.py:1"]


def test_naive_answers_fail_the_hidden_tests(answered: Answered, grown: Workspace) -> None:
    assert failed_tests(CASES, answered("naive"), grown) == _hidden(CASES)


def test_an_edit_that_does_not_fit_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    with pytest.raises(EditError, match="a.py: 'x = 1' stands 2 times"):
        apply((Edit("a.py", "y", "x = 1"),), tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_one_for_the_runner_too(case: Case) -> None:
    written = yaml.safe_load((EVALS / case.name / "case.yaml").read_text(encoding="utf-8"))
    assert (written["schema_version"], written["name"]) == ("1.0", case.name)
    assert case.prompt.strip()
    assert (ROOT / "skills" / case.answers.skill / "SKILL.md").is_file()
    assert {"regex"} <= {grader["type"] for grader in written["graders"]}
    assert all(grader["name"] for grader in written["graders"])
    assert f"evals scaffold {case.name} ." in (EVALS / case.name / "scaffold.sh").read_text(encoding="utf-8")
