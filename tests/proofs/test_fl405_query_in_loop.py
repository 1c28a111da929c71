"""FL405: the number of queries grows with the number of items."""

import pytest

from fastapi_lint.rules.queries.query_in_loop_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, counted_statements, create_tables, titled


def _queries(project: RunningProject, items: int) -> int:
    """Return the number of SELECTs that one request for so many items costs."""
    models = project.module("app.models")
    database = project.module("app.database")

    async def scenario() -> int:
        async with database.engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.drop_all)
        await create_tables(database.engine, models.Base.metadata)
        async with database.SessionLocal.begin() as session:
            session.add_all(models.Product(id=number + 1, name=f"p{number}", price=1) for number in range(items))
        with counted_statements(database.engine) as statements:
            async with client(project.module("app.main").app) as http:
                if "/basket" in project.module("app.main").app.openapi()["paths"]:
                    response = await http.post("/basket", json=list(range(1, items + 1)))
                else:
                    response = await http.get("/products")
        assert response.status_code == 200
        return len(statements)

    return project.run(scenario)


@pytest.mark.parametrize(
    ("title", "fixed"),
    [
        ("the route asks for one row at a time", 0),
        ("the service calls the generic repository per item", 0),
        ("a statistic per row of a list, two calls below the loop", 1),
    ],
)
def test_a_query_per_item(open_project: OpenProject, title: str, fixed: int) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert [_queries(project, items) for items in (3, 30)] == [fixed + 3, fixed + 30]


def test_a_query_per_row_of_a_sync_stack(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "a sync stack"))
    main, models = project.module("app.main"), project.module("app.models")
    models.Base.metadata.create_all(main.engine)
    with main.SessionLocal.begin() as session:
        session.add_all(models.Product(name=f"p{number}", price=1) for number in range(20))

    async def scenario() -> int:
        with counted_statements(main.engine) as statements:
            async with client(main.app) as http:
                assert (await http.get("/products/ratings")).status_code == 200
        return len(statements)

    assert project.run(scenario) == 1 + 20


def test_one_query_for_all_items(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "one query for all items"))
    assert [_queries(project, items) for items in (3, 30)] == [1, 1]


def test_a_refresh_per_item(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "commit and refresh of each item"))
    database = project.module("app.database")

    async def scenario() -> int:
        await create_tables(database.engine, project.module("app.models").Base.metadata)
        async with client(project.module("app.main").app) as http:
            with counted_statements(database.engine) as statements:
                assert (await http.post("/products", json=["a"] * 12)).status_code == 201
        return len(statements)

    assert project.run(scenario) == 12


def test_batches_are_few_queries(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "the loader of a batch asks once for all of its keys"))
    database = project.module("app.database")

    async def scenario() -> int:
        await create_tables(database.engine, project.module("app.models").Base.metadata)
        async with client(project.module("app.main").app) as http:
            with counted_statements(database.engine) as statements:
                assert (await http.post("/names", json=list(range(1000)))).status_code == 200
        return len(statements)

    assert project.run(scenario) == 2
