"""The root command: finds the commands by name, and means ``check`` when none is named."""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

COMMANDS: Final = {
    "check": "Check a project (the default command).",
    "rule": "Explain a rule, or list all of them.",
    "new": "Render a whole project into a new folder.",
    "add": "Add a feature to a project.",
    "agent": "Install and check what coding agents load.",
    "hook": "Answer the hook of an agent's runner.",
}
"""The commands in the order of the help."""
_OWN_OPTIONS: Final = frozenset({"--help", "-h", "--version", "-V"})


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called.

    Each command is the function ``command`` in the module of its name, in the package of its group.
    """

    def __init__(self, *args: Any, package: str, summaries: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return a command by name."""
        if cmd_name not in self.summaries:
            return None
        command = import_module(f"{self.package}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was named; the nearest is said where there is none."""
        if args and args[0] not in self.summaries and not args[0].startswith("-"):
            from fastapi_lint.config_values import nearest  # noqa: PLC0415 - only where something is wrong

            raise click.UsageError(f"there is no command `{args[0]}`{nearest(args[0], self.summaries)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))


class RootGroup(LazyGroup):
    """The group of all commands, which means ``check`` when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``check`` in front of arguments that name no command."""
        if not args or (args[0] not in self.summaries and args[0] not in _OWN_OPTIONS):
            if args:
                self._refuse_a_slip(args[0])
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def _refuse_a_slip(self, word: str) -> None:
        """Refuse a word that is no path, and nearly a command."""
        if not word.isidentifier() or os.path.lexists(word):
            return
        from fastapi_lint.config_values import near  # noqa: PLC0415 - only where somebody may have slipped

        hint = near(word, self.summaries, likeness=0.6)
        if hint:
            raise click.UsageError(f"`{word}` is neither a command nor a path{hint}")


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    if asked:
        from fastapi_lint.version import own_version  # noqa: PLC0415

        click.echo(f"fastapi-lint {own_version()}")
        context.exit()


@click.group(
    cls=RootGroup,
    package="fastapi_lint.cli",
    summaries=COMMANDS,
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
