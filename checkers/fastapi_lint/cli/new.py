"""``fastapi-lint new``: render a whole project."""

import sys
from pathlib import Path
from typing import Any

import click

from fastapi_lint.terminal import clean

_DATABASES = ("postgresql", "sqlite")
_PYTHONS = ("3.12", "3.13", "3.14")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="Name of the project (default: that of the folder).")
@click.option("--python", type=click.Choice(_PYTHONS), help="Lowest version of Python (default: 3.12).")
@click.option("--database", type=click.Choice(_DATABASES), help="Database (default: postgresql).")
@click.option("--items/--no-items", default=None, help="With an example of a feature, or without (default: with).")
@click.option("--defaults", is_flag=True, help="Ask nothing: what is not given has its default.")
def command(path: Path, *, defaults: bool, **given: Any) -> int:
    """Render a project into the new folder PATH.

    Asks when it runs in a terminal without options.
    """
    from fastapi_lint.scaffold.failure import ScaffoldError  # noqa: PLC0415
    from fastapi_lint.scaffold.project.answers import Answers, Engine, check_name  # noqa: PLC0415
    from fastapi_lint.scaffold.project.creating import check_destination, create_tree  # noqa: PLC0415
    from fastapi_lint.scaffold.project.rendering import render_project  # noqa: PLC0415

    chosen = {option: value for option, value in given.items() if value is not None}
    try:
        check_destination(path)
        if not defaults and not chosen and sys.stdin.isatty():
            chosen = _ask(path)
        name = check_name(chosen.pop("name", None) or path.absolute().name)
        if "database" in chosen:
            chosen["database"] = Engine(chosen["database"])
        create_tree(path, render_project(Answers(name, **chosen)))
    except ScaffoldError as error:
        raise click.ClickException(clean(str(error))) from None
    click.echo(f"{clean(str(path))}: made; README.md there says how to start it")
    return 0


def _ask(path: Path) -> dict[str, Any]:
    return {
        "name": click.prompt("Name", default=path.absolute().name),
        "python": click.prompt("Lowest version of Python", type=click.Choice(_PYTHONS), default=_PYTHONS[0]),
        "database": click.prompt("Database", type=click.Choice(_DATABASES), default=_DATABASES[0]),
        "items": click.confirm("With the example of a feature (items)?", default=True),
    }
