"""``fastapi-lint agent uninstall``: take out what ``fastapi-lint agent install`` has put in."""

import click

from fastapi_lint.cli.agent.installation import FOR, PROJECT, USER, dry_run, run


@click.command()
@PROJECT
@FOR
@USER
@dry_run("Say what would be removed, and stop.")
def command(project: str, *, runners: tuple[str, ...], user: bool, dry: bool) -> int:
    """Remove what was installed for a runner.

    A file that you have changed stays as it is, and so does what another
    runner that was installed for uses as well.
    """
    from fastapi_lint.integrations.installing.installing import plan_removal  # noqa: PLC0415
    from fastapi_lint.integrations.installing.runners import Runner  # noqa: PLC0415

    chosen = [Runner(name) for name in runners]
    return run(project, user, dry, lambda root: plan_removal(root, chosen, for_user=user), [])
