"""Rendered projects pass all that their README names, on both databases and on several versions of Python."""

import asyncio
import tomllib
from pathlib import Path

import pytest

from fastapi_lint_dev.trial.attack.claims import ANYWHERE, ON_POSTGRESQL, attack
from fastapi_lint_dev.trial.attack.target import SECRET_KEY, Target
from fastapi_lint_dev.trial.fuzzing import fuzz
from fastapi_lint_dev.trial.postgres import Postgres, through_asyncpg
from fastapi_lint_dev.trial.serving import serving
from fastapi_lint_dev.trial.workspace import Workspace
from tests.conftest import RunCli
from tests.scaffold.conftest import POSTGRESQL, SQLITE, SQLITE_BARE, Rendered

EVERY = pytest.mark.parametrize("options", [POSTGRESQL, SQLITE, SQLITE_BARE], ids=["postgresql", "sqlite", "bare"])


@EVERY
def test_the_tools_have_nothing_to_say(rendered: Rendered, run_cli: RunCli, options: tuple[str, ...]) -> None:
    project = rendered(options)
    project.run("ruff", "check")
    project.run("ruff", "format", "--check")
    project.run("mypy", "--strict")
    found = run_cli("--preview", "--no-cache", project.root, cwd=project.root)
    assert (found.code, found.err) == (0, ""), found.out


@EVERY
def test_its_tests_pass_on_sqlite_and_cover_it(rendered: Rendered, options: tuple[str, ...]) -> None:
    project = rendered(options)
    project.run("python", "-W", "error", "-m", "pytest", "--cov", "--cov-fail-under=90", "-p", "no:cacheprovider")


@EVERY
def test_its_tests_pass_on_postgresql(rendered: Rendered, postgres: Postgres, options: tuple[str, ...]) -> None:
    url = through_asyncpg(postgres.create_database())
    rendered(options).run("python", "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", TEST_DATABASE_URL=url)


def migrate(project: Workspace, url: str) -> None:
    for command in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"], ["check"]):
        project.run("python", "-W", "error", "-m", "alembic", *command, DATABASE_URL=url, SECRET_KEY=SECRET_KEY)


def test_migrations_go_up_and_down(rendered: Rendered, postgres: Postgres, tmp_path: Path) -> None:
    project = rendered(POSTGRESQL)
    migrate(project, through_asyncpg(postgres.create_database()))
    migrate(project, f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")


def test_it_withstands_every_attack_on_postgresql(rendered: Rendered, postgres: Postgres) -> None:
    project = rendered(POSTGRESQL)
    database = postgres.create_database()
    environment = {"DATABASE_URL": through_asyncpg(database), "SECRET_KEY": SECRET_KEY}
    project.run("alembic", "upgrade", "head", **environment)
    with serving(project.python, project.root, entrypoint(project.root), environment) as server:
        target = Target(server, database)
        for claim in ON_POSTGRESQL:
            attack(target, claim)


def entrypoint(root: Path) -> str:
    pyproject = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    application: str = pyproject["tool"]["fastapi"]["entrypoint"]
    return application


def test_a_fuzzer_with_its_schema_finds_no_server_error(rendered: Rendered, postgres: Postgres) -> None:
    project = rendered(POSTGRESQL)
    database = postgres.create_database()
    environment = {"DATABASE_URL": through_asyncpg(database), "SECRET_KEY": SECRET_KEY}
    project.run("alembic", "upgrade", "head", **environment)
    with serving(project.python, project.root, entrypoint(project.root), environment) as server:
        target = Target(server, database)
        token = asyncio.run(log_in_as_administrator(target))
        report = fuzz(server.url, token, seconds=20)
    assert "403 Forbidden" not in report, "the routes of administrators were not reached"
    assert '"level": "error"' not in server.log


async def log_in_as_administrator(target: Target) -> str:
    email = await target.register()
    await target.execute("UPDATE users SET role = 'admin'")
    token: str = (await target.log_in(email))["access_token"]
    return token


def test_it_withstands_the_same_on_sqlite(rendered: Rendered, tmp_path: Path) -> None:
    project = rendered(SQLITE)
    environment = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'app.db'}", "SECRET_KEY": SECRET_KEY}
    project.run("alembic", "upgrade", "head", **environment)
    with serving(project.python, project.root, entrypoint(project.root), environment) as server:
        target = Target(server, "")
        for claim in ANYWHERE:
            attack(target, claim)
