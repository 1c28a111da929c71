"""``python -m fastapi_lint_dev attack``: attack a rendered project on PostgreSQL."""

import tempfile
from pathlib import Path

import click

from fastapi_lint_dev.trial.attack.claims import ON_POSTGRESQL, TIMED, wording
from fastapi_lint_dev.trial.attack.claims import attack as attack_with
from fastapi_lint_dev.trial.attack.target import SECRET_KEY, Claim, Target
from fastapi_lint_dev.trial.postgres import running_postgres, through_asyncpg
from fastapi_lint_dev.trial.serving import serving
from fastapi_lint_dev.trial.workspace import Workspace


@click.command()
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
def attack(project: Path) -> None:
    """Attack PROJECT, which was rendered with items, and print which claims hold."""
    workspace = Workspace(project.absolute())
    workspace.sync()
    with tempfile.TemporaryDirectory() as directory, running_postgres(Path(directory)) as postgres:
        database = postgres.create_database()
        environment = {"DATABASE_URL": through_asyncpg(database), "SECRET_KEY": SECRET_KEY}
        workspace.run("alembic", "upgrade", "head", **environment)
        with serving(workspace.python, workspace.root, "app.main:app", environment) as server:
            target = Target(server, database)
            broken = sum(not holds(claim, target) for claim in (*TIMED, *ON_POSTGRESQL))
    if broken:
        raise click.ClickException(f"{broken} claims do not hold")


def holds(claim: Claim, target: Target) -> bool:
    """Attack, print the claim and whether it holds."""
    try:
        attack_with(target, claim)
    except AssertionError as error:
        print(f"broken  {error}")
        return False
    print(f"holds   {wording(claim)}")
    return True
