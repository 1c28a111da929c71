"""Grades a project that somebody repaired: what the analyser, hidden tests and mypy say of it. No model judges."""

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint_dev.evals.cases import Case
from fastapi_lint_dev.trial.workspace import ToolFailedError, Workspace

_NOT_COPIED: Final = shutil.ignore_patterns(".venv", ".git", ".*_cache", "__pycache__")
_MISTYPED: Final = re.compile(r"^\S*?(\w+\.py:\d+): error: .*$", re.MULTILINE)
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) \S*?(test_\w+\.py)\S*", re.MULTILINE)


class Grade(Struct, frozen=True):
    """What one grader says of an answer."""

    grader: str
    passed: bool
    detail: str = ""


def grade(case: Case, project: Path, environment: Workspace) -> tuple[Grade, ...]:
    """Return what each grader says of a project; nothing is written into it.

    Args:
        case: what was asked.
        project: the folder of the answer.
        environment: a synced project whose environment runs the tests.

    """
    found = findings(project)
    failed = failed_tests([case], project, environment)
    mistyped = type_errors(project, environment)
    return (
        Grade("findings", not found, ", ".join(found)),
        Grade("hidden tests", not failed, ", ".join(sorted(failed))),
        Grade("types", not mistyped, ", ".join(mistyped)),
    )


def findings(project: Path) -> list[str]:
    """Return what the analyser finds, as path and code; a project that it cannot read whole is a finding too."""
    report = check_project([project], CheckOptions(isolated=True, use_cache=False))
    found = [f"{item.location.path.name} {item.code}" for item in report.findings]
    return [*found, *report.errors]


def type_errors(project: Path, environment: Workspace) -> list[str]:
    """Return what mypy, as the project configures it, says of its source; one line for each error.

    Raises:
        ToolFailedError: mypy could not check it.

    """
    settings = ("--config-file", str(project / "pyproject.toml"), "--no-pretty", "--no-error-summary")
    try:
        environment.run("python", "-m", "mypy", *settings, str(project / "src"), MYPYPATH=str(project / "src"))
    except ToolFailedError as error:
        mistyped = _MISTYPED.findall(str(error))
        if not mistyped:
            raise
        return mistyped
    return []


def failed_tests(cases: Iterable[Case], project: Path, environment: Workspace) -> frozenset[str]:
    """Return the files of hidden tests that fail in a copy of a project.

    Raises:
        ToolFailedError: pytest could not run them.

    """
    hidden = {name: text for case in cases for name, text in case.hidden.items()}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(project, Path(folder) / "project", ignore=_NOT_COPIED))
        for name, text in hidden.items():
            (copy / "tests" / name).write_text(text, encoding="utf-8")
        try:
            environment.run(
                *("python", "-m", "pytest", "-q", "--tb=no", "--show-capture=no", "-p", "no:cacheprovider"),
                *("--rootdir", str(copy), "-c", str(copy / "pyproject.toml")),
                *(str(copy / "tests" / name) for name in hidden),
                PYTHONPATH=f"{copy / 'src'}:{copy}",
            )
        except ToolFailedError as error:
            failed = frozenset(_FAILED.findall(str(error)))
            if not failed:
                raise
            return failed
    return frozenset()
