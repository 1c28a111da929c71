"""FL401: Python answers the operator before SQLAlchemy sees it: a condition is dropped, or the query finds nothing."""

import httpx

from fastapi_lint.rules.queries.python_operator_in_where_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, create_tables, titled

GOOD = "SQLAlchemy's operators"


async def _fill(project: RunningProject) -> None:
    database, models = project.module("app.database"), project.module("app.models")
    await create_tables(database.engine, models.Base.metadata)
    async with database.SessionLocal.begin() as session:
        session.add_all(
            [
                models.User(id=1, org_id=7, name="Ada"),
                models.User(id=2, org_id=8, name=None),
                models.User(id=3, org_id=9, name="Eve", is_active=False),
            ]
        )


def _get(project: RunningProject, path: str) -> httpx.Response:
    async def scenario() -> httpx.Response:
        await _fill(project)
        async with client(project.module("app.main").app) as http:
            return await http.get(path)

    return project.run(scenario)


def test_and_reads_the_user_of_another_organisation(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "and drops a condition"))
    assert _get(project, "/organisations/8/users/1").json() == "Ada"


def test_is_none_and_not_find_nothing(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "is None and not are answered by Python"))
    assert _get(project, "/users").json() == []


def test_in_finds_nothing(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "in compares a column with each element"))
    main, models = project.module("app.main"), project.module("app.models")
    models.Base.metadata.create_all(main.engine)
    with main.Session(main.engine) as session:
        session.add(models.User(id=1, org_id=7, name="Ada"))
        session.commit()

    async def scenario() -> object:
        async with client(main.app) as http:
            return (await http.get("/users")).json()

    assert project.run(scenario) == []


def test_the_operators_of_sqlalchemy_find_what_is_asked_for(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, GOOD))
    database, models = project.module("app.database"), project.module("app.models")
    repository_class = project.module("app.repositories").UserRepository

    async def scenario() -> tuple[object, object, list[int]]:
        await _fill(project)
        async with database.SessionLocal() as session:
            session.add(models.User(id=4, org_id=9, name=None, is_active=False))
            await session.flush()
            repository = repository_class(session)
            stranger = await repository.in_organisation(1, 8)
            member = await repository.in_organisation(1, 7)
            return stranger, member.name, [user.id for user in await repository.find()]

    assert project.run(scenario) == (None, "Ada", [4])
