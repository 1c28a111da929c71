"""``fastapi-lint agent install``: put agent, skills and hook where a coding agent's runner loads them."""

import click

from fastapi_lint.cli.agent.installation import FOR, PROJECT, USER, dry_run, run


@click.command()
@PROJECT
@FOR
@USER
@dry_run("Say what would be written, and stop.")
def command(project: str, *, runners: tuple[str, ...], user: bool, dry: bool) -> int:
    """Install the FastAPI expert, its skills and its hook.

    They go into PROJECT, which defaults to the working directory, in the form
    of each runner. The hook runs the project's own fastapi-lint, one on the
    PATH, or the version that installed it, by uvx. Run this again after an
    update; a file that you have changed stays as it is.
    """
    from fastapi_lint.integrations.installing.installing import plan_installation  # noqa: PLC0415
    from fastapi_lint.integrations.installing.runners import AFTERWARDS, Runner  # noqa: PLC0415

    chosen = [Runner(name) for name in runners]
    notes = [AFTERWARDS[runner] for runner in chosen if runner in AFTERWARDS]
    return run(project, user, dry, lambda root: plan_installation(root, chosen, for_user=user), notes)
