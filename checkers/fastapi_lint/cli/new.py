"""``fastapi-lint new``: render a whole project, or bring one up to date."""

import sys
from pathlib import Path
from typing import Any

import click

from fastapi_lint.terminal import clean

_DATABASES = ("postgresql", "sqlite")
_PYTHONS = ("3.12", "3.13", "3.14")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--name", metavar="NAME", help="Name of the project (default: that of the folder).")
@click.option("--python", type=click.Choice(_PYTHONS), help="Lowest version of Python (default: 3.12).")
@click.option("--database", type=click.Choice(_DATABASES), help="Database (default: postgresql).")
@click.option("--items/--no-items", default=None, help="With an example of a feature, or without (default: with).")
@click.option(
    "--agent/--no-agent",
    default=None,
    help="With the agent, the skills and the hook for Claude Code, or without (default: with).",
)
@click.option("--defaults", is_flag=True, help="Ask nothing: what is not given has its default.")
@click.option("--update", is_flag=True, help="Bring changes of the templates into the project at PATH (default: here).")
def command(path: Path | None, *, defaults: bool, update: bool, **given: Any) -> int:
    """Render a project into the new folder PATH.

    Asks when it runs in a terminal without options. With --update, what you
    changed stays, and conflicts are marked as git marks them; then the exit
    code is 1.
    """
    from fastapi_lint.scaffold.failure import ScaffoldError  # noqa: PLC0415

    chosen = {option: value for option, value in given.items() if value is not None}
    if update and (chosen or defaults):
        raise click.UsageError("--update takes the options that the project was rendered with, and no others")
    try:
        if update:
            return _update(path or Path())
        if path is None:
            raise click.UsageError("name the folder of the new project")
        return _create(path, chosen, ask=not defaults and not chosen and sys.stdin.isatty())
    except ScaffoldError as error:
        raise click.ClickException(clean(str(error))) from None


def _create(path: Path, chosen: dict[str, Any], *, ask: bool) -> int:
    from fastapi_lint.scaffold.project.answers import Answers, Engine, check_name  # noqa: PLC0415
    from fastapi_lint.scaffold.project.creating import check_destination, create_project  # noqa: PLC0415

    check_destination(path)
    if ask:
        chosen = _ask(path)
    name = _name_of(path) if "name" not in chosen else check_name(chosen.pop("name"))
    if "database" in chosen:
        chosen["database"] = Engine(chosen["database"])
    agent = chosen.pop("agent", True)
    create_project(path, Answers(name, **chosen), _agent_files(path) if agent else {})
    click.echo(f"{clean(str(path))}: made; README.md there says how to start it")
    return 0


def _ask(path: Path) -> dict[str, Any]:
    return {
        "name": click.prompt("Name", default=path.absolute().name, value_proc=_asked_name),
        "python": click.prompt("Lowest version of Python", type=click.Choice(_PYTHONS), default=_PYTHONS[0]),
        "database": click.prompt("Database", type=click.Choice(_DATABASES), default=_DATABASES[0]),
        "items": click.confirm("With the example of a feature (items)?", default=True),
        "agent": click.confirm("With the agent and the skills for Claude Code?", default=True),
    }


def _asked_name(given: str) -> str:
    """Return a name as it is kept; one that cannot be is asked for again."""
    from fastapi_lint.scaffold.failure import ScaffoldError  # noqa: PLC0415
    from fastapi_lint.scaffold.project.answers import check_name  # noqa: PLC0415

    try:
        return check_name(given)
    except ScaffoldError as error:
        raise click.UsageError(clean(str(error))) from None


def _name_of(path: Path) -> str:
    from fastapi_lint.scaffold.failure import ScaffoldError  # noqa: PLC0415
    from fastapi_lint.scaffold.project.answers import check_name  # noqa: PLC0415

    try:
        return check_name(path.absolute().name)
    except ScaffoldError as error:
        raise ScaffoldError(f"{error}; --name gives one that is not the folder's") from None


def _agent_files(path: Path) -> dict[str, bytes]:
    from fastapi_lint.integrations.installing.installing import plan_installation  # noqa: PLC0415
    from fastapi_lint.integrations.installing.runners import Runner  # noqa: PLC0415

    return plan_installation(path, [Runner.CLAUDE], for_user=False).files()


def _update(path: Path) -> int:
    from fastapi_lint.scaffold.project.merging import Outcome  # noqa: PLC0415
    from fastapi_lint.scaffold.project.updating import update_project  # noqa: PLC0415

    merges = update_project(path)
    for name, done in merges.items():
        click.echo(f"{done.outcome.value:9}{clean(name)}" + (f": {done.reason}" if done.reason else ""))
    if any(done.outcome is Outcome.CONFLICT for done in merges.values()):
        click.echo("resolve the conflicts, which are marked, then run `uv sync`", err=True)
        return 1
    click.echo("run `uv sync`, then the tests" if merges else "up to date")
    return 0
