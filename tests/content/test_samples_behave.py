"""What the skills say of their samples is what the samples do."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from fastapi_lint.integrations.agent_files.document import read_document
from fastapi_lint_dev.places import ROOT
from tests.content.samples import samples_of
from tests.proofs.running import RunningProject, client, counted_statements, create_tables, rows

SKILLS: Final = ROOT / "skills"


def opened(reference: str, folder: Path) -> RunningProject:
    return RunningProject(samples_of(read_document(SKILLS / reference)).as_example(), folder)


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[RunningProject]:
    with opened("fastapi-lint-database/references/sessions.md", tmp_path) as project:
        yield project


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Any]:
    with opened("fastapi-lint-database/references/loading.md", tmp_path) as project:
        yield project


@asynccontextmanager
async def serving(project: RunningProject) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """Put the routers of the samples about sessions together, and start the application on an empty database."""
    app = FastAPI(lifespan=project.module("app.database").lifespan)
    app.include_router(project.module("app.users").router)
    app.include_router(project.module("app.streams").router)
    async with app.router.lifespan_context(app), client(app) as http:
        await create_tables(app.state.sessions.kw["bind"], project.module("app.models").Base.metadata)
        yield app, http


def test_what_a_201_says_is_stored_and_the_background_task_finds_it(sessions: RunningProject) -> None:
    async def scenario() -> tuple[int, object]:
        async with serving(sessions) as (_, http):
            made = await http.post("/users", json={"email": "Ada@example.com"})
            return made.status_code, (await http.get("/users/1")).json()

    assert sessions.run(scenario) == (201, {"id": 1, "email": "ada@example.com", "logins": 1})
    assert rows(sessions.root / "app.db", "users") == 1


def test_a_taken_email_is_a_conflict_and_an_id_beyond_the_column_is_refused(sessions: RunningProject) -> None:
    async def scenario() -> list[int]:
        async with serving(sessions) as (_, http):
            answers = [await http.post("/users", json={"email": email}) for email in ("a@x.org", "A@x.org")]
            answers.append(await http.get(f"/users/{2**31}"))
            answers.append(await http.get("/users/9"))
            return [answer.status_code for answer in answers]

    assert sessions.run(scenario) == [201, 409, 422, 404]


def test_a_savepoint_keeps_the_rest_of_the_import(sessions: RunningProject) -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        async with serving(sessions) as (app, _):
            user = sessions.module("app.models").User
            async with app.state.sessions.begin() as session:
                refused = await sessions.module("app.imports").import_users(session, ["a@x.org", "a@x.org", "b@x.org"])
            async with app.state.sessions() as session:
                return refused, list(await session.scalars(select(user.email).order_by(user.id)))

    assert sessions.run(scenario) == (["a@x.org"], ["a@x.org", "b@x.org"])


def test_a_stream_reads_with_its_own_session_and_gives_the_connection_back(sessions: RunningProject) -> None:
    async def scenario() -> tuple[str, int]:
        async with serving(sessions) as (app, http):
            for email in ("a@x.org", "b@x.org"):
                await http.post("/users", json={"email": email})
            text = (await http.get("/exports/users")).text
            return text, app.state.sessions.kw["bind"].pool.checkedout()

    assert sessions.run(scenario) == ("a@x.org\nb@x.org\n", 0)


def test_a_service_that_commits_leaves_its_object_readable_after_an_update(sessions: RunningProject) -> None:
    async def scenario() -> bool:
        async with serving(sessions) as (app, http):
            await http.post("/users", json={"email": "a@x.org"})
            async with app.state.sessions() as session:
                user = await session.get_one(sessions.module("app.models").User, 1)
                await sessions.module("app.committing").UserService(session).rename(user, "b@x.org")
                return user.updated_at is not None

    assert sessions.run(scenario)
    assert rows(sessions.root / "app.db", "users WHERE email = 'b@x.org'") == 1


@asynccontextmanager
async def shop(project: RunningProject) -> AsyncIterator[tuple[Any, AsyncSession]]:
    """Store an order of two lines with the samples about loading, and forget it."""
    module = project.module("app.orders")
    engine = create_async_engine("sqlite+aiosqlite:///shop.db")
    await create_tables(engine, module.Base.metadata)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await module.place_order(session, module.Customer(name="Ada"), ["one", "two"])
        await session.commit()
        session.expunge_all()
        yield module, session
    await engine.dispose()


def test_the_options_load_what_the_schema_reads(orders: RunningProject) -> None:
    async def scenario() -> tuple[object, int]:
        async with shop(orders) as (module, session):
            with counted_statements(session.get_bind()) as statements:  # type: ignore[arg-type]
                (order,) = await module.list_orders(session, *module.ORDER_READ)
            return module.OrderRead.model_validate(order).model_dump(), len(statements)

    order = {"id": 1, "customer": {"name": "Ada"}, "lines": [{"text": "one"}, {"text": "two"}]}
    assert orders.run(scenario) == (order, 2)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_without_the_options_the_schema_cannot_be_read(orders: RunningProject) -> None:
    async def scenario() -> None:
        async with shop(orders) as (module, session):
            (order,) = await module.list_orders(session)
            with pytest.raises((StatementError, ValidationError), match="greenlet_spawn has not been called"):
                module.OrderRead.model_validate(order)

    orders.run(scenario)
    gc.collect()  # the coroutine that nobody could await complains here


def test_a_new_order_has_what_its_constructor_was_given(orders: RunningProject) -> None:
    async def scenario() -> list[str]:
        async with shop(orders) as (module, session):
            order = await module.place_order(session, module.Customer(name="Bob"), ["three"])
            return [line.text for line in module.OrderRead.model_validate(order).lines]

    assert orders.run(scenario) == ["three"]


def test_one_object_may_load_when_it_is_asked(orders: RunningProject) -> None:
    async def scenario() -> list[str]:
        async with shop(orders) as (module, session):
            (order,) = await module.list_orders(session)
            texts: list[str] = await module.texts_of(order)
            return texts

    assert orders.run(scenario) == ["one", "two"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"quantity": 3}, "must be even"),
        ({"sizes": [0]}, "must be positive"),
        ({"low": 5, "high": 4}, "must not be below low"),
        ({"low": "x", "high": 4}, "valid integer"),
        ({"sizes": [11]}, "out of range"),
    ],
)
def test_the_migrated_validators_refuse_what_they_refused(tmp_path: Path, data: dict[str, object], error: str) -> None:
    with opened("fastapi-lint-pydantic-v2/SKILL.md", tmp_path) as project:
        order = project.module("sample_0").Order
        with pytest.raises(ValidationError, match=error):
            order.model_validate(data)
        assert order(note=" a ").note == "a"
