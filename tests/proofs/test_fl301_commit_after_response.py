"""FL301: the client has its 201 before the commit, and keeps it when the commit fails."""

from typing import Any

import pytest
from sqlalchemy import text

from fastapi_lint.rules.transactions.commit_after_response_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, Timeline, client, create_tables, moved, rows, titled

TUTORIAL = "the session dependency of most tutorials"
BLOCK = "a context manager commits when the dependency ends"
SHARED = "the project's own transaction context manager, shared with the jobs"
FUNCTION_SCOPE = "the dependency ends with the handler, before the response is sent"
SERVICE = "the service commits, the dependency only closes"


def _create_twice(project: RunningProject, path: str, **request: Any) -> tuple[list[int], list[str], list[int]]:
    """Send one request twice; return the statuses, the timeline, and the rows at the time of each response."""
    timeline = Timeline()
    visible: list[int] = []
    database = project.module("app.database")
    app = project.module("app.main").app

    async def scenario() -> list[int]:
        await create_tables(database.engine, project.module("app.models").Base.metadata)
        timeline.watch_commits(database.engine)
        watched = timeline.watch_responses(app, lambda: visible.append(rows(project.root / "app.db", "users")))
        async with client(watched) as http:
            return [(await http.post(path, **request)).status_code for _ in range(2)]

    return project.run(scenario), timeline.events, visible


@pytest.mark.parametrize(
    ("title", "path", "request_"),
    [
        (TUTORIAL, "/users", {"json": {"email": "a@example.com"}}),
        (BLOCK, "/api/users", {"params": {"email": "a@example.com"}}),
        (SHARED, "/users", {"json": {"email": "a@example.com"}}),
    ],
)
def test_the_client_has_a_201_before_the_commit_and_for_a_row_that_is_never_written(
    open_project: OpenProject, title: str, path: str, request_: dict[str, Any]
) -> None:
    project = open_project(titled(EXAMPLES, title))
    statuses, timeline, visible = _create_twice(project, path, **request_)
    assert statuses == [201, 201]
    assert timeline[:2] == ["response", "commit"]
    assert visible == [0, 1]
    assert rows(project.root / "app.db", "users") == 1


@pytest.mark.parametrize(
    ("title", "request_"),
    [(FUNCTION_SCOPE, {"json": {"email": "a@example.com"}}), (SERVICE, {"params": {"email": "a@example.com"}})],
)
def test_a_commit_before_the_response_is_seen_by_the_next_request_and_its_failure_by_the_client(
    open_project: OpenProject, title: str, request_: dict[str, Any]
) -> None:
    project = open_project(titled(EXAMPLES, title))
    statuses, timeline, visible = _create_twice(project, "/users", **request_)
    assert statuses == [201, 500]
    assert timeline[:2] == ["commit", "response"]
    assert visible == [1, 1]


def test_a_sync_dependency_answers_201_for_a_row_that_is_never_written(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "a sync stack: the commit is late there too"))
    main = project.module("app.main")
    main.SQLModel.metadata.create_all(main.engine)

    async def scenario() -> list[int]:
        async with client(main.app) as http:
            return [(await http.post("/heroes", params={"name": "Deadpond"})).status_code for _ in range(2)]

    assert project.run(scenario) == [201, 201]
    assert rows(project.root / "app.db", "hero") == 1


@pytest.mark.parametrize(("title", "statuses"), [(TUTORIAL, [201, 201]), (FUNCTION_SCOPE, [201, 500])])
def test_a_constraint_of_postgresql_that_is_checked_at_the_commit(
    open_project: OpenProject, postgres_database: str, title: str, statuses: list[int]
) -> None:
    project = open_project(moved(titled(EXAMPLES, title), postgres_database))
    database = project.module("app.database")

    async def scenario() -> tuple[list[int], int]:
        await create_tables(database.engine, project.module("app.models").Base.metadata)
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE users DROP CONSTRAINT users_email_key"))
            await connection.execute(text("ALTER TABLE users ADD UNIQUE (email) DEFERRABLE INITIALLY DEFERRED"))
        async with client(project.module("app.main").app) as http:
            sent = [await http.post("/users", json={"email": "a@example.com"}) for _ in range(2)]
        async with database.engine.connect() as connection:
            written = (await connection.execute(text("SELECT count(*) FROM users"))).scalar_one()
        return [response.status_code for response in sent], written

    assert project.run(scenario) == (statuses, 1)
