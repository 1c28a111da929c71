"""FL403: what an AsyncSession has not loaded cannot be read later: the request fails, or the list is silently empty."""

from typing import Any

import httpx
import pytest
from sqlalchemy.exc import MissingGreenlet

from fastapi_lint.rules.queries.async_lazy_load_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, create_tables, moved, rows, titled

pytestmark = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings("ignore:coroutine 'Connection.cursor' was never awaited:RuntimeWarning"),
]


def _rows(models: Any) -> list[Any]:
    if hasattr(models, "Order"):
        product = models.Product(id=1, name="Chair", organization=models.Organization(name="Acme"))
        return [models.Order(id=1, product=product)]
    post = models.Post(id=1, title="Hello")
    return [models.User(id=1, name="Ada", biography="wrote the first program", posts=[post])]


async def _request(project: RunningProject, method: str, path: str, **request: Any) -> httpx.Response:
    """Send the request to the example; an exception in the app is raised here."""
    database, models = project.module("app.database"), project.module("app.models")
    await create_tables(database.engine, models.Base.metadata)
    async with database.SessionLocal.begin() as session:
        session.add_all(_rows(models))
    transport = httpx.ASGITransport(app=project.module("app.main").app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.request(method, path, **request)


@pytest.mark.parametrize(
    ("title", "method", "path", "error"),
    [
        (
            "the route reads a relationship of a bare fetch",
            "GET",
            "/users/1/posts",
            "greenlet_spawn has not been called",
        ),
        (
            "the chain of loader options lacks one link, a function far away reads it",
            "GET",
            "/orders/1/receipt",
            "'Product.organization' is not available due to lazy='raise'",
        ),
        (
            "an append to a collection that is not loaded",
            "POST",
            "/posts/1/comments?text=Nice",
            "greenlet_spawn has not been called",
        ),
        ("a deferred column of a listed row", "GET", "/biographies", "greenlet_spawn has not been called"),
        (
            "the refresh loads one level, the function reads two",
            "GET",
            "/orders/1/receipt",
            "'Product.organization' is not available due to lazy='raise'",
        ),
        (
            "the service hands a bare object to another service",
            "GET",
            "/orders/1/receipt",
            "'Order.product' is not available due to lazy='raise'",
        ),
    ],
)
def test_the_request_fails(open_project: OpenProject, title: str, method: str, path: str, error: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    with pytest.raises(Exception, match=error):
        project.run(lambda: _request(project, method, path))


def test_the_comment_is_lost(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "an append to a collection that is not loaded"))
    with pytest.raises(Exception, match="greenlet_spawn has not been called"):
        project.run(lambda: _request(project, "POST", "/posts/1/comments?text=Nice"))
    assert rows(project.root / "app.db", "comments") == 0


@pytest.mark.filterwarnings("ignore:.*noload.*:sqlalchemy.exc.SADeprecationWarning")
def test_noload_is_an_empty_list_where_a_row_exists(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "lazy=noload is silent: the list is always empty"))
    assert project.run(lambda: _request(project, "GET", "/users/Ada/posts")).json() == []
    assert rows(project.root / "app.db", "posts") == 1


@pytest.mark.parametrize(
    ("title", "path", "answer"),
    [
        ("the query loads what is read", "/users/1/posts", ["Hello"]),
        ("the chain is whole", "/orders/1/receipt", "Chair by Acme"),
        ("statement options added by a method of the base repository", "/orders/1/receipt", "Chair by Acme"),
        ("a refresh with names loads the relationship", "/users/1/posts", ["Hello"]),
        ("awaitable attributes and run_sync", "/users/1/posts", ["Hello"]),
        ("awaitable attributes and run_sync", "/users/1/titles", ["Hello"]),
        ("the relationship is eager on the model", "/users/1/posts", ["Hello"]),
        ("the read is guarded", "/users/1/posts", []),
        ("the read is guarded", "/users/1/latest", ["Hello"]),
        ("the parent is in the session already", "/users/1/titles", ["Hello by Ada"]),
    ],
)
def test_what_is_loaded_is_read(open_project: OpenProject, title: str, path: str, answer: object) -> None:
    project = open_project(titled(EXAMPLES, title))
    assert project.run(lambda: _request(project, "GET", path)).json() == answer


def test_a_new_object_keeps_the_collection_that_it_was_made_with(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "a new object gets its collection when it is made"))
    assert project.run(lambda: _request(project, "POST", "/posts?title=New&author_id=1")).json() == 2
    assert rows(project.root / "app.db", "comments") == 2


def _posts(project: RunningProject) -> httpx.Response:
    return project.run(lambda: _request(project, "GET", "/users/1/posts"))


def test_asyncpg_fails_like_sqlite(open_project: OpenProject, postgres_database: str) -> None:
    bare = titled(EXAMPLES, "the route reads a relationship of a bare fetch")
    with pytest.raises(MissingGreenlet):
        _posts(open_project(moved(bare, postgres_database)))


def test_asyncpg_reads_what_is_loaded(open_project: OpenProject, postgres_database: str) -> None:
    loaded = titled(EXAMPLES, "the query loads what is read")
    assert _posts(open_project(moved(loaded, postgres_database))).json() == ["Hello"]
