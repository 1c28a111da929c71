"""``fastapi-lint agent``: the commands for coding agents, one module for each."""

from typing import Final

import click

from fastapi_lint.cli.group import LazyGroup

COMMANDS: Final = {
    "check": "Check agents and skills.",
    "install": "Install agent, skills and hook for a runner.",
    "uninstall": "Remove what was installed.",
}
"""The commands in the order of the help."""


@click.group(cls=LazyGroup, package="fastapi_lint.cli.agent", summaries=COMMANDS, options_metavar="")
def command() -> None:
    """Work with the files that coding agents load."""
