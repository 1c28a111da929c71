"""The command ``evals``: write the project of a case, and grade what somebody made of it."""

from pathlib import Path

import click

from fastapi_lint_dev.evals.cases import all_cases, apply, read_case
from fastapi_lint_dev.evals.grading import grade
from fastapi_lint_dev.evals.growing import grow
from fastapi_lint_dev.trial.workspace import Workspace

_CASE = click.Choice([case.name for case in all_cases()])


class FailedError(click.ClickException):
    """An answer that a grader refuses."""

    exit_code = 1


@click.group()
def evals() -> None:
    """Write the project of an eval case, or grade an answer to it."""


@evals.command()
@click.argument("case", type=_CASE)
@click.argument("folder", type=click.Path(path_type=Path))
def scaffold(case: str, folder: Path) -> None:
    """Grow a project in FOLDER, which is new or empty, and plant the defect of CASE into it."""
    grow(folder)
    apply(read_case(case).answers.plant, folder)


@evals.command("grade")
@click.argument("case", type=_CASE)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def grade_answer(case: str, folder: Path) -> None:
    """Grade the project in FOLDER, whose environment uv makes, as an answer to CASE."""
    project = folder.resolve()
    workspace = Workspace(project)
    workspace.sync()
    grades = grade(read_case(case), project, workspace)
    for item in grades:
        click.echo(f"{'pass' if item.passed else 'FAIL'}  {item.grader}  {item.detail}".rstrip())
    if not all(item.passed for item in grades):
        raise FailedError("the answer is refused")
