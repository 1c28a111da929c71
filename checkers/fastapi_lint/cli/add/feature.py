"""``fastapi-lint add feature``: add a feature to a project."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fastapi_lint.cli.streams import write_output
from fastapi_lint.terminal import clean

if TYPE_CHECKING:
    from fastapi_lint.scaffold.feature.adding import Addition


@click.command(
    epilog="""\b
A field is NAME:TYPE, with a question mark for one that may be null:
  title:str  due:datetime?
Types:
  str  text  int  float  bool  decimal  date  time  datetime  uuid
  json  enum
What stands in parentheses says more of a type:
  title:str(80)  price:decimal(10,2)  status:enum(draft,published)
:unique and :index follow the type; a default comes last:
  code:str(20):unique  count:int:index=0  status:enum(on,off)=off

\b
Quote what the shell would read: 'due:datetime?' 'title:str(80)'.
"""
)
@click.argument("name")
@click.option(
    "--field", "fields", multiple=True, metavar="FIELD", help="A field: see below. Repeat it for each; one is needed."
)
@click.option(
    "--belongs-to",
    multiple=True,
    metavar="FEATURE",
    help="What each one belongs to, like users; with a question mark if it may belong to none.",
)
@click.option("--singular", metavar="NAME", help="The singular of NAME, where English is not regular.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    metavar="DIR",
    help="The project (default: the working directory).",
)
@click.option("--diff", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite the files of a feature that exists.")
def command(
    name: str,
    *,
    fields: tuple[str, ...],
    belongs_to: tuple[str, ...],
    singular: str | None,
    project: Path,
    diff: bool,
    force: bool,
) -> int:
    """Add the feature NAME, a plural like order_lines.

    Writes its routes, schemas, service, repository, model, tests and
    migration, and lists it in the router and among the models. The names
    come from the project. A feature that belongs to users is for its owner
    only, and so is what belongs to such a feature.
    """
    from fastapi_lint.roots import PathError  # noqa: PLC0415
    from fastapi_lint.scaffold.changes import as_diff, write  # noqa: PLC0415
    from fastapi_lint.scaffold.failure import ScaffoldError  # noqa: PLC0415
    from fastapi_lint.scaffold.feature.adding import FeatureRequest, plan_feature  # noqa: PLC0415

    request = FeatureRequest(name, fields, belongs_to, singular, force)
    try:
        addition = plan_feature(project, request)
        if diff:
            write_output(as_diff(addition.changes), None, as_utf8=True)
            return 0
        write(addition.root, addition.changes)
    except (ScaffoldError, PathError) as error:
        raise click.ClickException(clean(str(error))) from None
    _tell(addition)
    return 0


def _tell(addition: "Addition") -> None:
    if not addition.changes:
        click.echo("nothing to change")
        return
    click.echo(f"{addition.names.class_name}, in the table {addition.names.plural}")
    for change in addition.changes:
        click.echo(f"{'created' if change.is_new else 'changed'} {clean(change.path)}")
    click.echo("next: run the migration (alembic upgrade head) and the tests")
