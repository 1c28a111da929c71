"""FL404: the response model reads a relationship that no query loaded: a 500 on async, a query per row on sync."""

from typing import Any

import httpx
import pytest
from fastapi.exceptions import ResponseValidationError

from fastapi_lint.rules.queries.response_model_triggers_lazy_load_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, counted_statements, create_tables, rows, titled

SYNC_BAD = "sync: the response is right and costs a query per row"
SYNC_GOOD = "sync: two queries whatever the number of rows"
NEW_OBJECT = "the row is written and the client gets a 500: a new object has nothing loaded"

pytestmark = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings("ignore:coroutine 'Connection.cursor' was never awaited:RuntimeWarning"),
]


def _orders(models: Any, count: int) -> list[Any]:
    product = models.Product(id=1, name="Chair")
    return [
        models.Order(number=f"n{number}", items=[models.Item(quantity=number, product=product)])
        for number in range(count)
    ]


async def _answer(project: RunningProject, method: str, path: str) -> httpx.Response:
    database, models = project.module("app.database"), project.module("app.models")
    await create_tables(database.engine, models.Base.metadata)
    async with database.SessionLocal.begin() as session:
        session.add_all(_orders(models, 2))
    async with client(project.module("app.main").app) as http:
        return await http.request(method, path)


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("the schema lists items, the repository selects orders only", "/orders"),
        ("one level is loaded, the nested schema reads two", "/orders/1"),
    ],
)
def test_the_client_gets_a_500(open_project: OpenProject, title: str, path: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert project.run(lambda: _answer(project, "GET", path)).status_code == 500


def test_the_500_is_the_lazy_load(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "one level is loaded, the nested schema reads two"))

    async def scenario() -> None:
        database, models = project.module("app.database"), project.module("app.models")
        await create_tables(database.engine, models.Base.metadata)
        async with database.SessionLocal.begin() as session:
            session.add_all(_orders(models, 1))
        transport = httpx.ASGITransport(app=project.module("app.main").app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            await http.get("/orders/1")

    with pytest.raises(ResponseValidationError, match=r"MissingGreenlet.*|greenlet_spawn"):
        project.run(scenario)


def test_a_500_for_a_row_that_is_written(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, NEW_OBJECT))
    assert project.run(lambda: _answer(project, "POST", "/orders?number=new")).status_code == 500
    assert rows(project.root / "app.db", "orders WHERE number = 'new'") == 1


@pytest.mark.parametrize(
    ("title", "method", "path"),
    [
        ("the repository loads what the schema lists", "GET", "/orders"),
        ("the relationship is eager on the model", "GET", "/orders"),
        ("the schema of the list names columns only", "GET", "/orders"),
        ("the loader options come as a parameter", "GET", "/orders"),
        ("the route builds the schema itself", "GET", "/orders/1"),
        ("a refresh with names before the return", "POST", "/orders?number=new"),
        ("a new object is given its collection", "POST", "/orders?number=new&product_id=1"),
    ],
)
def test_the_client_gets_its_answer(open_project: OpenProject, title: str, method: str, path: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert project.run(lambda: _answer(project, method, path)).status_code in {200, 201}


@pytest.mark.parametrize(("title", "queries"), [(SYNC_BAD, [1 + 2, 1 + 20]), (SYNC_GOOD, [2, 2])])
def test_sync_queries_per_response(open_project: OpenProject, title: str, queries: list[int]) -> None:
    project = open_project(titled(EXAMPLES, title))
    database, models = project.module("app.database"), project.module("app.models")

    def counted(orders: int) -> int:
        models.Base.metadata.drop_all(database.engine)
        models.Base.metadata.create_all(database.engine)
        with database.SessionLocal.begin() as session:
            session.add_all(_orders(models, orders))

        async def scenario() -> int:
            with counted_statements(database.engine) as statements:
                async with client(project.module("app.main").app) as http:
                    assert len((await http.get("/orders")).json()) == orders
            return len(statements)

        return project.run(scenario)

    assert [counted(orders) for orders in (2, 20)] == queries
