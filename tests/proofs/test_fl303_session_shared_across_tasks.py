"""FL303: concurrent tasks break the session that they share, and on PostgreSQL the next request's connection too."""

from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from fastapi_lint.rules.transactions.session_shared_across_tasks_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, titled

Requests = Callable[[httpx.AsyncClient], Coroutine[Any, Any, list[httpx.Response]]]
KINDS = ["login", "logout", "login"]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgres_database")
    else:
        monkeypatch.delenv("DATABASE_URL", raising=False)
    return name


def _statuses(project: RunningProject, requests: Requests) -> list[int]:
    engine, metadata = project.module("app.database").engine, project.module("app.models").Base.metadata
    app = project.module("app.main").app

    async def scenario() -> list[int]:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.run_sync(metadata.create_all)
        await engine.dispose()  # a request may be the first one on its connection
        async with client(app) as http:
            return [response.status_code for response in await requests(http)]

    return project.run(scenario)


async def _dashboard(http: httpx.AsyncClient) -> list[httpx.Response]:
    return [await http.get("/dashboard")]


async def _import(http: httpx.AsyncClient) -> list[httpx.Response]:
    return [await http.post("/events", json=KINDS)]


async def _login_then_total(http: httpx.AsyncClient) -> list[httpx.Response]:
    return [await http.post("/logins"), await http.get("/total")]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("title", "requests"),
    [
        ("two reads of one repository at the same time", _dashboard),
        ("a service writes from a task group", _import),
        ("a comprehension of coroutines, the session a parameter", _import),
    ],
)
def test_the_request_fails(open_project: OpenProject, title: str, requests: Requests) -> None:
    assert _statuses(open_project(titled(EXAMPLES, title)), requests) == [500]


@pytest.mark.usefixtures("postgres_database")
def test_the_next_innocent_request_fails_too(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "the commit runs beside a query"))
    assert _statuses(project, _login_then_total) == [500, 500]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("title", ["each task opens its own session", "one after the other"])
@pytest.mark.parametrize("requests", [_dashboard, _import])
def test_the_request_works(open_project: OpenProject, title: str, requests: Requests) -> None:
    assert _statuses(open_project(titled(EXAMPLES, title)), requests) in ([200], [201])


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("title", "requests"),
    [("a lock lets one task at a time use the session", _import), ("two different sessions", _dashboard)],
)
def test_near_misses_work(open_project: OpenProject, title: str, requests: Requests) -> None:
    assert _statuses(open_project(titled(EXAMPLES, title)), requests) in ([200], [201])
