"""FL203: while a sync session waits for its query, the event loop stands still; in the thread pool it moves on."""

from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from fastapi_lint.rules.asynchronous.sync_session_in_async_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import LoopWatch, RunningProject, client, titled


def _engine(project: RunningProject) -> Engine | AsyncEngine:
    (engine,) = {
        id(value): value
        for module in project.modules()
        for value in vars(module).values()
        if isinstance(value, Engine | AsyncEngine)
    }.values()
    return engine


@pytest.mark.parametrize(
    ("title", "path", "moves"),
    [
        ("an async route queries through a sync session", "/items", False),
        ("the query is in a sync crud module", "/items", False),
        ("an async service keeps a sync session", "/items", False),
        ("a connection of a sync engine", "/health", False),
        ("a def route: FastAPI runs it in the thread pool", "/items", True),
        ("the whole unit of work runs in a thread", "/items", True),
        ("a def dependency reads, the async route only uses the result", "/items", True),
    ],
)
def test_the_loop_while_the_query_runs(open_project: OpenProject, title: str, path: str, *, moves: bool) -> None:
    project = open_project(titled(EXAMPLES, title))
    app = project.module("app.main").app
    engine = _engine(project)
    assert isinstance(engine, Engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR)")
        connection.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR)")
    loop_moved: list[bool] = []

    async def scenario() -> int:
        async with LoopWatch() as watch, client(app) as http:
            event.listen(engine, "before_cursor_execute", lambda *_: loop_moved.append(watch.moves()))
            return (await http.get(path)).status_code

    assert project.run(scenario) == 200
    assert loop_moved == [moves]


def test_an_async_session_lets_the_loop_move(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "an async session"))
    app = project.module("app.main").app
    engine = _engine(project)
    assert isinstance(engine, AsyncEngine)
    loop_moved: list[bool] = []

    async def scenario() -> int:
        async with LoopWatch() as watch, client(app) as http:

            def slow() -> str:
                loop_moved.append(watch.moves())
                return "x"

            def connected(connection: Any, _record: object) -> None:
                connection.create_function("slow", 0, slow)  # the driver's thread runs it, where the query waits

            event.listen(engine.sync_engine, "connect", connected)
            async with engine.begin() as connection:
                await connection.exec_driver_sql("CREATE VIEW items AS SELECT 1 AS id, slow() AS name")
            return (await http.get("/items")).status_code

    assert project.run(scenario) == 200
    assert loop_moved == [True]
