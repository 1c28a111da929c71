"""The command line: one module for each command; a command parses options, calls the API and returns an exit code."""

import gc
import sys
from typing import NoReturn

__all__ = ["main", "run"]

ERROR = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line and exit: 0 clean, 1 findings, 2 error. Nothing ends in a traceback."""
    if sys.argv[1:] == ["hook"] and not (sys.stdin and sys.stdin.isatty()):
        # On the way of each edit of an agent: a third of its time would go into click.
        from fastapi_lint.integrations.hook.client import main as answer_hook  # noqa: PLC0415

        sys.exit(answer_hook())
    gc.disable()  # the process ends with the run
    code = run(sys.argv[1:])
    gc.freeze()  # what is left need not be looked at once more on the way out
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code."""
    import click  # noqa: PLC0415 - not where an agent waits

    from fastapi_lint.cli.group import root  # noqa: PLC0415

    try:
        code = root.main(arguments, prog_name="fastapi-lint", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_went_away()
    return code if isinstance(code, int) else 0


def _reader_went_away() -> int:
    """Leave quietly when the reader of the output has had enough."""
    import os  # noqa: PLC0415

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ERROR
