"""What installing and uninstalling share: their options, and how they say what they do."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from fastapi_lint.cli.options import COMMA_LIST, joined
from fastapi_lint.cli.streams import say
from fastapi_lint.terminal import clean

if TYPE_CHECKING:
    from fastapi_lint.integrations.installing.installing import Change, Plan

_RUNNERS: Final = ("claude", "codex", "copilot", "cursor", "gemini", "opencode", "agents-md")
_ERROR: Final = 2


def _chosen(_context: click.Context, _option: click.Parameter, given: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(joined(given)))
    if not names:
        raise click.UsageError(f"say who loads it, like --for claude; there are {', '.join(_RUNNERS)}")
    wrong = next((name for name in names if name not in _RUNNERS), None)
    if wrong is not None:
        raise click.BadParameter(f"there is no runner `{wrong}`; there are {', '.join(_RUNNERS)}")
    return names


PROJECT: Final = click.argument(
    "project", default=".", metavar="[PROJECT]", type=click.Path(exists=True, file_okay=False)
)
FOR: Final = click.option(
    "--for",
    "runners",
    multiple=True,
    type=COMMA_LIST,
    callback=_chosen,
    metavar="RUNNERS",
    help=f"Who loads it (needed), in commas: {', '.join(_RUNNERS)}.",
)
USER: Final = click.option("--user", is_flag=True, help="For all your projects: in your home, not in PROJECT.")


def dry_run(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that only says what would be done."""
    return click.option("--dry-run", "dry", is_flag=True, help=text)


def run(
    project: str,
    user: bool,  # noqa: FBT001 - passed on from the command line
    dry: bool,  # noqa: FBT001 - passed on from the command line
    planned: "Callable[[Path], Plan]",
    notes: Sequence[str],
) -> int:
    """Carry out a plan, say what has happened, and return the exit code."""
    from fastapi_lint.integrations.installing.installing import Action, counts  # noqa: PLC0415
    from fastapi_lint.integrations.installing.pieces import InstallError  # noqa: PLC0415

    root = Path.home() if user else Path(project)
    try:
        plan = planned(root)
        if not dry:
            plan.carry_out()
    except InstallError as error:
        say("error", str(error), color="auto")
        return _ERROR
    for line in dict.fromkeys(_line(change) for change in plan.changes if change.action is not Action.UNCHANGED):
        click.echo(line)
    said = ", ".join(f"{number} {action.value}" for action, number in counts(plan.changes).items())
    click.echo(f"{'Would be: ' if dry else ''}{said or 'nothing to do'}.")
    for note in [] if dry else notes:
        say("note", note, color="auto")
    return 0


def _line(change: "Change") -> str:
    """Return a line about a file; the files of one skill share it."""
    parts = change.path.parts
    shown = "/".join(parts[:3]) + "/" if parts[1:2] == ("skills",) else str(change.path)
    return f"{change.action.value:<8} {clean(shown)}" + (f" ({change.reason})" if change.reason else "")
