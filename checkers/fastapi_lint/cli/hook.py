"""``fastapi-lint hook``: tell an agent what it has just written; called by the agent's runner, not by people."""

import sys

import click

from fastapi_lint.cli.streams import say


@click.command(options_metavar="[OPTIONS]")
@click.option("--stop", is_flag=True, help="End the process that stays to answer the next edits.")
@click.pass_context
def command(context: click.Context, *, stop: bool) -> int:
    """Answer the hook of an agent's runner.

    Reads what has happened as JSON from standard input. After an edit of a
    Python file it prints the findings on the edited lines, and at the end of a
    turn the errors in the changed files, as JSON that the runner passes on.

    It never disturbs a session: it always exits with 0, and writes what went
    wrong to hook.log in the cache directory (~/.cache/fastapi-lint).
    """
    if stop:
        from fastapi_lint.integrations.hook.wire import stop_server  # noqa: PLC0415

        say("note", "stopped" if stop_server() else "nothing to stop", color="auto")
        return 0
    if sys.stdin.isatty():
        raise click.UsageError("this reads JSON from a runner; `fastapi-lint agent install` sets that up", context)
    from fastapi_lint.integrations.hook.client import main  # noqa: PLC0415

    return main()
