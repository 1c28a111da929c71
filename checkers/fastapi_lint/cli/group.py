"""The root command: finds the commands by name, and means ``check`` when none is named."""

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "check": "Check a project (the default command).",
    "rule": "Explain a rule, or list all of them.",
}
"""The commands in the order of the help; each is the function ``command`` in the module of its name."""
_OWN_OPTIONS: Final = frozenset({"--help", "-h", "--version", "-V"})


class CommandGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return a command by name."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"fastapi_lint.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``check`` in front of arguments that name no command."""
        if not args or (args[0] not in COMMANDS and args[0] not in _OWN_OPTIONS):
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    if asked:
        from fastapi_lint.version import own_version  # noqa: PLC0415

        click.echo(f"fastapi-lint {own_version()}")
        context.exit()


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="",
    subcommand_metavar="[COMMAND] [OPTIONS] [PATH]...",
    epilog="Exit codes: 0 nothing found, 1 findings, 2 error. "
    "`fastapi-lint check --help` lists the options of a check.",
)
@click.option(
    "-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def root() -> None:
    """Find the FastAPI, SQLAlchemy and Pydantic defects that other tools pass.

    Follows a request through the whole project and shows the path.
    """
