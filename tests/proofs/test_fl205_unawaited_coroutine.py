"""FL205: a coroutine that nobody awaits does nothing, and is true."""

import pytest

from fastapi_lint.rules.asynchronous.unawaited_coroutine_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, create_tables, rows, titled

pytestmark = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
GOOD = "every coroutine is awaited"


def _status(project: RunningProject, method: str, path: str) -> int:
    database, models = project.module("app.database"), project.module("app.models")

    async def scenario() -> int:
        await create_tables(database.engine, models.Base.metadata)
        async with database.SessionLocal.begin() as session:
            session.add(models.Document(id=1, title="Plan", owner="ada"))
        async with client(project.module("app.main").app) as http:
            return (await http.request(method, path)).status_code

    return project.run(scenario)


@pytest.mark.parametrize(("title", "left"), [("the delete of an AsyncSession is a coroutine", 1), (GOOD, 0)])
def test_a_delete(open_project: OpenProject, title: str, left: int) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _status(project, "DELETE", "/documents/1") == 204
    assert rows(project.root / "app.db", "documents") == left


@pytest.mark.parametrize(
    ("title", "written"), [("a commit in a repository's method, the session in an attribute", 0), (GOOD, 1)]
)
def test_a_commit(open_project: OpenProject, title: str, written: int) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _status(project, "POST", "/documents?title=New") == 201
    assert rows(project.root / "app.db", "documents WHERE title = 'New'") == written


@pytest.mark.parametrize(("title", "status"), [("an authorization check that is always true", 200), (GOOD, 403)])
def test_a_check_of_somebody_without_the_right(open_project: OpenProject, title: str, status: int) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _status(project, "PUT", "/documents/1?user=mallory") == status


def test_a_call_has_no_effect_and_is_not_none(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "a service's method called as a statement, its result used as a value"))

    async def scenario() -> object:
        async with client(project.module("app.main").app) as http:
            return (await http.post("/notifications", params={"user": "ada"})).json()

    assert project.run(scenario) == "sent"
    assert project.module("app.service").notifier.sent == []


def test_a_validation_does_not_happen(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "an inherited method, the call in a plain statement"))

    async def scenario() -> int:
        async with client(project.module("app.main").app) as http:
            return (await http.post("/templates", params={"name": ""})).status_code

    assert project.run(scenario) == 200
