"""FL302: the client gets a success, and an id, for a write that the session takes back when it closes."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from fastapi_lint.rules.base import ExampleKind
from fastapi_lint.rules.transactions.write_without_commit_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, create_tables, rows, titled

REGISTER = {"params": {"email": "a@example.com"}}


def _engine(project: RunningProject) -> AsyncEngine:
    module = "app.database" if (project.root / "app/database.py").exists() else "app.main"
    engine: AsyncEngine = project.module(module).engine
    return engine


def _post(project: RunningProject, path: str, **request: Any) -> tuple[int, Any]:
    async def scenario() -> tuple[int, Any]:
        await create_tables(_engine(project), project.module("app.models").Base.metadata)
        async with client(project.module("app.main").app) as http:
            response = await http.post(path, **request)
            return response.status_code, response.json()

    return project.run(scenario)


@pytest.mark.parametrize(
    "title",
    [
        "the repository flushes and nobody commits",
        "the session's own block ends with a rollback",
        "a generic repository flushes for every model, a unit of work only closes",
    ],
)
def test_a_created_row_has_an_id_and_is_gone(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _post(project, "/users", **REGISTER) == (201, {"id": 1})
    assert rows(project.root / "app.db", "users") == 0


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is ExampleKind.GOOD])
def test_a_committed_row_stays(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _post(project, "/users", **REGISTER) == (201, {"id": 1})
    assert rows(project.root / "app.db", "users") == 1


@pytest.mark.parametrize(
    "title",
    [
        "the generic repository commits in its base class",
        "a middleware owns the session and commits it",
        "the engine is in autocommit mode",
        "the decorator of the service's methods commits",
        "the project's own transaction commits when its block ends",
        "the unit of work commits when it ends well",
    ],
)
def test_somebody_else_commits(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    status, _body = _post(project, "/users", **REGISTER)
    assert status in {200, 201}
    assert rows(project.root / "app.db", "users") == 1


def test_an_update_has_no_effect(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "an UPDATE through the request's session"))
    database = project.module("app.database")
    user = project.module("app.models").User

    async def scenario() -> tuple[int, bool]:
        await create_tables(database.engine, project.module("app.models").Base.metadata)
        async with database.SessionLocal.begin() as session:
            session.add(user(id=1, email="a@example.com"))
        async with client(project.module("app.main").app) as http:
            response = await http.post("/users/1/deactivate")
        async with database.SessionLocal() as session:
            return response.status_code, (await session.get_one(user, 1)).is_active

    assert project.run(scenario) == (204, True)


def test_a_sync_delete_has_no_effect(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "a sync session that is only closed"))
    main = project.module("app.main")
    main.Base.metadata.create_all(main.engine)
    with main.engine.begin() as connection:
        connection.execute(text("INSERT INTO items (id, title) VALUES (1, 'kept')"))

    async def scenario() -> int:
        async with client(main.app) as http:
            return (await http.delete("/items/1")).status_code

    assert project.run(scenario) == 204
    assert rows(project.root / "app.db", "items") == 1
