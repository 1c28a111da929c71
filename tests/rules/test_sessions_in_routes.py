"""FL302, FL304 and FL403 on small routes: what is lost, what outlives its request, what has expired."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from fastapi_lint.rules.base import Rule
from fastapi_lint.rules.queries.async_lazy_load import AsyncLazyLoad
from fastapi_lint.rules.transactions.request_session_in_background_task import RequestSessionInBackgroundTask
from fastapi_lint.rules.transactions.write_without_commit import WriteWithoutCommit
from tests.projects import build_project

SOURCE = """\
import asyncio
from functools import partial
from collections.abc import AsyncIterator
from fastapi import BackgroundTasks, Depends, FastAPI, Request, Response
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from unseen import give, Given, tell

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

engine = create_async_engine("sqlite+aiosqlite:///app.db")
factory = async_sessionmaker(engine{options})

async def get_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session

async def get_saving_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session
        await session.commit()

async def get_user(session: AsyncSession = Depends(get_session)): return await session.get_one(User, 1)
class Repository:
    def __init__(self, session: AsyncSession = Depends(get_session)): self.session = session
    async def send(self): await self.session.get(User, 1)
class Mailer:
    async def send(self): ...

async def later(*given, **named): ...
async def uses(session: AsyncSession): await session.get(User, 1)
async def log(given): tell(given)
app = FastAPI()

{code}
"""


def _found(rule: Rule, root: Path, code: str, options: str = "") -> int:
    text = SOURCE.replace("{code}", code).replace("{options}", options)
    return len(list(rule.check(build_project(root, {"app/main.py": text}))))


def _route(lines: str, parameters: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"@app.post('/')\nasync def create({parameters}):\n{body}"


SESSION = "session: AsyncSession = Depends(get_session)"
LOST = [
    (SESSION, "session.add(User())"),
    (SESSION, "await session.execute(update(User))"),
    (f"{SESSION}, token: str = Depends(OAuth2PasswordBearer('x'))", "session.add(User())"),
    (f"{SESSION}, user=Depends(get_user), again=Depends(get_user)", "session.add(User())"),
    ("repository: Repository = Depends()", "repository.session.add(User())\nawait repository.session.flush()"),
    ("name: str", "async with factory() as session: session.add(User(name=name))"),
    ("name: str", "async with factory() as session:\n    session.add(User())\n    await session.rollback()"),
    (SESSION, "session.add(User())\nawait later(session)"),
]
KEPT = [
    (SESSION, "session.add(User())\nawait session.commit()"),
    ("session: AsyncSession = Depends(get_saving_session)", "session.add(User())"),
    (SESSION, "await session.get(User, 1)"),
    (SESSION, "session.add(User())\ntell(session)"),
    (SESSION, "session.add(User())\nawait log(session)"),
    (SESSION, "session.add(User())\nasyncio.gather(give(session.commit))"),
    (f"{SESSION}, given=Depends(give)", "session.add(User())"),
    ("given: Given, session: AsyncSession", "session.add(User())"),
    ("name: str", "async with factory.begin() as session: session.add(User())"),
    ("name: str", "async with factory() as session:\n    session.add(User())\n    tell(session)"),
    ("name: str", "async with factory() as session, session.begin(): session.add(User())"),
]


@pytest.mark.parametrize(("parameters", "body"), LOST)
def test_what_nobody_commits_is_lost(tmp_path: Path, parameters: str, body: str) -> None:
    assert _found(WriteWithoutCommit(), tmp_path, _route(body, parameters)) == 1


@pytest.mark.parametrize(("parameters", "body"), KEPT)
def test_what_somebody_commits_or_may_commit_is_kept(tmp_path: Path, parameters: str, body: str) -> None:
    assert _found(WriteWithoutCommit(), tmp_path, _route(body, parameters)) == 0


@pytest.mark.parametrize("last", ["return session", "yield session", "tell(session)", "tell(session.commit)"])
def test_who_is_given_an_open_session_may_commit(tmp_path: Path, last: str) -> None:
    body = f"    async with factory() as session:\n        session.add(User())\n        {last}\n"
    assert _found(WriteWithoutCommit(), tmp_path, f"async def begin():\n{body}") == 0


def test_an_engine_that_commits_each_statement_loses_nothing(tmp_path: Path) -> None:
    route = _route("await session.execute(update(User))", SESSION)
    code = "def make_engine(): return create_async_engine('x', isolation_level='AUTOCOMMIT')\n" + route
    assert _found(WriteWithoutCommit(), tmp_path, code) == 0


TASKS = f"tasks: BackgroundTasks, {SESSION}, user: User = Depends(get_user), repository: Repository = Depends()"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("tasks.add_task(later, session)", 1),
        ("tasks.add_task(later, one=session)", 1),
        ("tasks.add_task(later, [session])", 1),
        ("tasks.add_task(later, Repository(session))", 1),
        ("tasks.add_task(Repository(session).send)", 1),
        ("tasks.add_task(later, await session.get(User, 1))", 1),
        ("asyncio.create_task(uses(session))", 1),
        ("tasks.add_task(later, 1)", 0),
        ("tasks.add_task(Mailer().send)", 0),
        ("tasks.add_task(later, [1], Mailer(), User())", 0),
        ("await asyncio.create_task(uses(session))", 0),
        ("task = asyncio.create_task(uses(session))\nawait task", 0),
    ],
)
def test_what_a_task_takes_along_of_its_request_is_found(tmp_path: Path, lines: str, expected: int) -> None:
    assert _found(RequestSessionInBackgroundTask(), tmp_path, _route(lines, TASKS)) == expected


EXPIRED: Sequence[tuple[str, str, int]] = [
    ("user = await session.get_one(User, 1)\nawait session.commit()\nreturn user.name", "", 1),
    ("user = await session.get_one(User, 1)\nawait session.commit()\nuser.id\nreturn user.name", "", 1),
    ("user = await session.get_one(User, 1)\nawait session.rollback()\nreturn user.name", "", 1),
    (
        "user = await session.get_one(User, 1)\nawait session.rollback()\nreturn user.name",
        ", expire_on_commit=False",
        1,
    ),
    ("user = await session.get_one(User, 1)\nawait session.commit()\nreturn user.name", ", expire_on_commit=False", 0),
    ("user = await session.get_one(User, 1)\nawait session.commit()\nawait session.refresh(user)\nuser.name", "", 0),
    ("user = await session.get_one(User, 1)\nname = user.name\nawait session.commit()\nreturn name", "", 0),
    ("user = await session.get_one(User, 1)\nawait session.commit()\nlambda: user.name", "", 0),
    ("user = await session.get_one(User, 1)\nasync with factory() as one: await one.commit()\nuser.name", "", 0),
]


@pytest.mark.parametrize(("lines", "options", "expected"), EXPIRED)
def test_what_a_session_has_forgotten_cannot_be_read(tmp_path: Path, lines: str, options: str, expected: int) -> None:
    assert _found(AsyncLazyLoad(), tmp_path, _route(lines, SESSION), options) == expected
