"""Options with sections in the help, lists in commas, and the checks of their values."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

_Function = TypeVar("_Function", bound=Callable[..., Any])


class SectionOption(click.Option):
    """An option that the help lists below the heading of its section."""

    def __init__(self, names: Sequence[str], *, section: str, **attributes: Any) -> None:
        super().__init__(names, **attributes)
        self.section = section


class SectionCommand(click.Command):
    """A command whose help has its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections in the order in which they first occur, the options of every command last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                section = parameter.section if isinstance(parameter, SectionOption) else "Other"
                sections.setdefault(section, []).append(record)
        for heading, records in sorted(sections.items(), key=lambda item: item[0] == "Other"):
            with formatter.section(heading):
                formatter.write_dl(records, col_max=26)


def option(section: str, *names: str, **attributes: Any) -> Callable[[_Function], _Function]:
    """Return a decorator that adds an option to a section of the help."""

    def decorate(function: _Function) -> _Function:
        return click.option(*names, cls=SectionOption, section=section, **attributes)(function)

    return decorate


class CommaList(click.ParamType[tuple[str, ...]]):
    """Values in commas."""

    name = "list"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the parts of a value; blanks around them do not count."""
        if isinstance(value, tuple):
            return value
        parts = tuple(part.strip() for part in str(value).split(",") if part.strip())
        if not parts:
            self.fail("the list is empty", param, ctx)
        return parts


class JobCount(click.ParamType[int]):
    """A number of processes."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; it is not negative."""
        try:
            number = int(value)
        except ValueError:
            number = -1
        if number < 0:
            self.fail(f"{value!r} is not a number of processes", param, ctx)
        return number


def joined(lists: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Return the values of an option that was given several times as one list."""
    return tuple(item for each in lists for item in each)


COMMA_LIST = CommaList()
NUMBER_OF_JOBS = JobCount()
PATH = click.Path(path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
