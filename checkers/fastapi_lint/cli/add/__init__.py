"""``fastapi-lint add``: the commands that add to a project, one module for each."""

from typing import Final

import click

from fastapi_lint.cli.group import LazyGroup

COMMANDS: Final = {
    "feature": "Add a feature: its modules, its tests and its migration.",
}
"""The commands in the order of the help."""


@click.group(cls=LazyGroup, package="fastapi_lint.cli.add", summaries=COMMANDS, options_metavar="")
def command() -> None:
    """Add to a project that has the layout of `fastapi-lint new`."""
