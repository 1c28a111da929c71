"""FL402: the number of queries grows with the number of rows whose relationship is read."""

import pytest

from fastapi_lint.rules.queries.n_plus_one_relationship_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, counted_statements, titled


def _queries(project: RunningProject, path: str, customers: int) -> int:
    """Return the number of SELECTs that the request costs with so many customers, each with one order."""
    models, database = project.module("app.models"), project.module("app.database")

    async def scenario() -> int:
        with counted_statements(database.engine) as statements:
            async with client(project.module("app.main").app) as http:
                assert (await http.get(path)).status_code == 200
        return len(statements)

    async def fill() -> None:
        async with database.engine.begin() as connection:
            await connection.run_sync(models.Base.metadata.drop_all)
            await connection.run_sync(models.Base.metadata.create_all)
        async with database.SessionLocal.begin() as session:
            session.add_all(_customers(models, customers))

    async def filled() -> int:
        await fill()
        return await scenario()

    if hasattr(database.engine, "sync_engine"):
        return project.run(filled)
    models.Base.metadata.drop_all(database.engine)
    models.Base.metadata.create_all(database.engine)
    with database.SessionLocal.begin() as session:
        session.add_all(_customers(models, customers))
    return project.run(scenario)


def _customers(models: object, count: int) -> list[object]:
    customer, order = models.Customer, models.Order  # type: ignore[attr-defined]  # the example's module
    return [customer(name=f"c{number}", orders=[order(total=number)]) for number in range(count)]


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("a comprehension reads the collection of each row", "/customers"),
        ("the repository lists, a serializer in another module reads", "/customers"),
        ("awaitable attributes in a loop", "/customers"),
        ("a property of the model hides the relationship", "/orders"),
        ("the service keeps the session, the loop is over a second function's result", "/totals"),
    ],
)
def test_a_query_per_row(open_project: OpenProject, title: str, path: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert [_queries(project, path, customers) for customers in (2, 20)] == [1 + 2, 1 + 20]


def test_a_query_per_row_with_sqlmodel(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "SQLModel rows, the query in a helper"))
    main, models = project.module("app.main"), project.module("app.models")
    models.SQLModel.metadata.create_all(main.engine)
    with main.Session(main.engine) as session:
        session.add_all(models.Team(name=f"t{number}", heroes=[models.Hero(name="h")]) for number in range(10))
        session.commit()

    async def scenario() -> int:
        with counted_statements(main.engine) as statements:
            async with client(main.app) as http:
                assert (await http.get("/teams")).status_code == 200
        return len(statements)

    assert project.run(scenario) == 1 + 10


@pytest.mark.parametrize(
    ("title", "path", "queries"),
    [
        ("one more query for all collections", "/customers", 2),
        ("the loader options come as a parameter", "/customers", 2),
        ("the relationship is eager on the model", "/customers", 2),
        ("the join fills the relationship", "/orders", 1),
        ("the way back is in the identity map already", "/report", 2),
        ("the loop reads columns, the name is only the same", "/customers", 1),
        ("rows of columns, grouped by the database", "/customers", 1),
    ],
)
def test_the_same_number_of_queries_for_any_number_of_rows(
    open_project: OpenProject, title: str, path: str, queries: int
) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert [_queries(project, path, customers) for customers in (2, 20)] == [queries, queries]
