"""FL307: after the commit every attribute has to be loaded again, which an AsyncSession cannot do on access."""

import httpx
import pytest

from fastapi_lint.rules.base import ExampleKind
from fastapi_lint.rules.transactions.async_expire_on_commit_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, create_tables, rows, titled

pytestmark = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings("ignore:coroutine 'Connection.cursor' was never awaited:RuntimeWarning"),
]


def _create_user(project: RunningProject) -> httpx.Response:
    has_database = (project.root / "app/database.py").exists()
    engine = project.module("app.database" if has_database else "app.main").engine
    models = project.module("app.models")
    metadata = models.Base.metadata if hasattr(models, "Base") else models.SQLModel.metadata

    async def scenario() -> httpx.Response:
        await create_tables(engine, metadata)
        async with client(project.module("app.main").app) as http:
            return await http.post("/users", params={"email": "ada@example.com"})

    return project.run(scenario)


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is ExampleKind.BAD])
def test_a_500_for_a_row_that_is_committed(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _create_user(project).status_code == 500
    assert rows(project.root / "app.db", "users") == 1


@pytest.mark.parametrize(
    "title",
    [
        "objects stay readable after the commit",
        "the options come from a constant",
        "the factory is configured later",
        "the project's own session class sets it",
        "SQLModel's session with the argument",
    ],
)
def test_the_object_is_readable_after_the_commit(open_project: OpenProject, title: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert _create_user(project).json() == {"id": 1, "email": "ada@example.com"}
