"""FL304: when the work runs, the request's session is closed: it begins again, and nobody commits or returns it."""

import pytest

from fastapi_lint.rules.transactions.request_session_in_background_task_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, create_tables, finish_other_tasks, rows, titled


def _create_order(project: RunningProject) -> tuple[int, int]:
    """Create an order, wait for what runs behind it; return the status and the connections that are still out."""
    database, models = project.module("app.database"), project.module("app.models")

    async def scenario() -> tuple[int, int]:
        await create_tables(database.engine, models.Base.metadata)
        async with database.SessionLocal.begin() as session:
            session.add(models.Customer(id=1, email="ada@example.com"))
        async with client(project.module("app.main").app) as http:
            status = (await http.post("/orders", params={"customer_id": 1})).status_code
        await finish_other_tasks()
        return status, database.engine.pool.checkedout()

    return project.run(scenario)


def _confirmed(project: RunningProject) -> int:
    return rows(project.root / "app.db", "orders WHERE status = 'confirmed'")


@pytest.mark.parametrize(
    "title",
    [
        "the session is an argument of a background task",
        "a task of the event loop runs a method of the service that holds the session",
        "a background task runs a method of the injected service, whose repository has the session",
    ],
)
def test_the_work_is_lost_and_its_connection_stays_out(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _create_order(project) == (201, 1)
    assert _confirmed(project) == 0


def test_an_object_of_the_request_cannot_load_any_more(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "an ORM object goes to a background task, which reads its relationship"))
    assert _create_order(project)[0] == 201
    assert project.module("app.mail").outbox == []


@pytest.mark.parametrize(
    "title", ["the task gets the id and opens its own session", "the task gets the factory of sessions"]
)
def test_a_session_of_its_own_commits_and_returns_the_connection(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _create_order(project) == (201, 0)
    assert _confirmed(project) == 1
