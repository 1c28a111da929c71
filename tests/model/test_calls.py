"""What a call brings from the callee: what it gives, does to sessions, and reads of what it is handed."""

from pathlib import Path

import pytest

from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.project import Project
from fastapi_lint.model.values import Collection, EntityOrigin, Instance, SessionOrigin, alternatives
from tests.model.described import described, loaded, name_of
from tests.projects import build_project

MODELS = """\
from sqlalchemy import ForeignKey, String
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

VERSION = 1
class Base(AsyncAttrs, DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list["Post"]] = relationship()
    profile: Mapped["Profile"] = relationship()
    friend: Mapped["Missing"] = relationship()
    title = mapped_column(String)
    def shout(self): return self.name
    @property
    def headline(self): return self.profile.text
class Profile(Base):
    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    text: Mapped[str]
class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
"""
HEADER = """\
import asyncio, contextlib, functools
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Generic, Self, TypeVar
from fastapi import Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ScalarResult, Select, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, async_scoped_session
from sqlalchemy.orm import selectinload, sessionmaker
from app import models
from app.models import Post, Profile, User
from unseen import Foreign, decorate, unknown

Model = TypeVar("Model")
Known = TypeVar("Known", bound=User)
factory = async_sessionmaker(None)
shared = factory()
scoped = async_scoped_session(factory, scopefunc=None)

class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    posts: list["ShownPost"]
class ShownPost(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int

class Repository(Generic[Model]):
    model: type[Model]
    parent: Self
    def __init__(self, session: AsyncSession): self.session = session
    async def get(self, key) -> Model | None: return await self.session.get(self.model, key)
    async def save(self, item: Model) -> Model:
        self.session.add(item)
        await self.session.commit()
        return item
    def itself(self): return self
    def typed(self) -> Self: return unknown()
    @classmethod
    def build(cls) -> Self: return unknown()
class Users(Repository[User]):
    model = User
class Service:
    def __init__(self, users: Users): self.users = users
    async def find(self): return await self.users.get(1)
class Own:
    def __init__(self):
        self.session = factory()
        self.started: bool = False
    async def __aenter__(self): return self
    async def __aexit__(self, *_): await self.session.commit()
class Outer(Foreign): ...
class Plain: ...
class Holder:
    def __init__(self, user: User, other): self.user, self.other = user, other
class Nested:
    def __init__(self, left: int):
        self.left = left
        self.other = Nested(1).left
class Ring:
    def turn(self): self.one = self.two
    def back(self): self.two = self.one
class Decorator: ...
ping = pong
pong = ping

async def get_session() -> AsyncIterator[AsyncSession]:
    async with factory() as session:
        yield session
@contextlib.asynccontextmanager
async def transaction(session: AsyncSession):
    try:
        yield session
        await session.commit()
    except ValueError:
        await session.rollback()
        raise
async def saves(session: AsyncSession): await session.commit()
async def may_save(session: AsyncSession, save=False):
    if save: await session.commit()
async def load(session: AsyncSession): return await session.get(User, 1)
async def load_with(session: AsyncSession, *options):
    return (await session.scalars(select(User).options(*options))).first()
def reads(user: User): return user.posts
def reads_all(users: list[User]): return [user.posts for user in users]
def reads_later(**given): return given
def follows(user: User): return user.profile
def same(item: Known) -> Known: return item
def names(item: Known): return item.shout()
def blank(): ...
def raising(): raise NotImplementedError
async def refreshes(session: AsyncSession, user: User): await session.refresh(user.profile, ["text"])
@decorate
async def decorated(): return 1
@functools.wraps(blank)
def wrapping(): return 1
@decorate
def replaced(): return 1
async def stream() -> AsyncIterator[User]: raise NotImplementedError
@Decorator
def by_class(): return 1
def rows_of(given) -> ScalarResult[User]: return unknown()
async def run(session: AsyncSession): return await session.execute(select(User))
async def fetch(session: AsyncSession, model: type[Model]) -> list[Model]:
    return (await session.scalars(select(model))).all()
async def waits_for(one: Awaitable[Model]) -> Model: return await one
async def run_one(session: AsyncSession, one: Select[tuple[User]]): return (await session.scalars(one)).all()
async def run_any(session: AsyncSession, one: Select[User]): return (await session.execute(one)).scalars().all()
async def provide() -> AsyncIterator[AsyncSession]:
    one = unknown()
    yield one
def plain_yield():
    one = unknown()
    yield one
async def injected(one=Depends(Users), two=Depends(get_session), three=Depends(3), four=unknown(1), five=[]):
    return one, two, three, four, five

"""
CASE = "async def case(session: AsyncSession, user: User, users: list[User], given, repository: Users = None):\n"


def _project(root: Path, body: str) -> Project:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return build_project(root, {"app/models.py": MODELS, "app/work.py": f"{HEADER}{CASE}{lines}"})


def _analysis(root: Path, body: str, name: str = "case") -> Analysis:
    project = _project(root, body)
    return project.analyser.analysis(project.modules["app/work.py"].functions[name])


def _came_from(value: Instance) -> str:
    match value.origin:
        case SessionOrigin(kind=kind, key=key):
            return f"{name_of(value.of)} {kind} {key.partition('@')[0]}".strip()
        case EntityOrigin(kind=kind, loads=loads, path=path):
            return " ".join([name_of(value.of), kind, *path, *([f"with {loaded(loads)}"] if loaded(loads) else [])])
        case _:
            return f"{name_of(value.of)} unknown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("await load(session)", "User | None"),
        ("await Users(session).get(1)", "User | None"),
        ("await repository.save(user)", "User"),
        ("await Service(Users(session)).find()", "User | None"),
        ("repository.itself()", "Users"),
        ("same(user)", "User"),
        ("names(user)", "str"),
        ("user.headline", "str"),
        ("user.friend", "?"),
        ("user.shout()", "str"),
        ("await user.awaitable_attrs.posts", "list[Post]"),
        ("user.awaitable_attrs.missing", "?"),
        ("blank()", "None"),
        ("wrapping()", "1"),
        ("replaced()", "?"),
        ("[one async for one in stream()]", "list[User]"),
        ("Plain()()", "?"),
        ("Plain().missing", "?"),
        ("Outer().missing", "<unseen.Foreign.missing>"),
        ("Outer.missing", "<unseen.Foreign.missing>"),
        ("unknown.missing", "<unseen.unknown.missing>"),
        ("unknown()", "?"),
        ("type(Path())('x')", "Path"),
        ("getattr(given, 'name')", "?"),
        ("factory()", "AsyncSession"),
        ("scoped()", "AsyncSession"),
        ("await asyncio.to_thread(reads, user)", "list[Post]"),
        ("await asyncio.to_thread(Plain)", "Plain"),
        ("await asyncio.to_thread(given)", "?"),
        ("await asyncio.gather(load(session), saves(session))", "tuple[User | None, None]"),
        ("await asyncio.gather(*[load(session) for one in users])", "list[User | None]"),
        ("await asyncio.wait_for(load(session), 1)", "User | None"),
        ("await asyncio.create_task(load(session))", "User | None"),
        ("await decorated()", "1"),
        ("await blank", "?"),
        ("await user", "User"),
        ("Shown.model_validate(user)", "Shown"),
        ("models.User.posts", "User.posts"),
        ("models.VERSION", "1"),
        ("models.missing", "?"),
        ("User.headline", "User.headline"),
        ("user.title", "?"),
        ("rows_of(1).all()", "list[User]"),
        ("rows_of(1).first()", "User | None"),
        ("rows_of(1).one()", "User"),
        ("(await run(session)).scalars().all()", "list[User]"),
        ("repository.typed()", "Users"),
        ("Users.build()", "Users"),
        ("repository.parent", "Users"),
        ("Users.parent", "Users"),
        ("Plain().awaitable_attrs", "?"),
        ("user.posts and user.posts", "list[Post]"),
        ("await User().awaitable_attrs.posts", "list[Post]"),
        ("(await load(session)).profile.text", "str"),
        ("await fetch(session, User)", "list[User]"),
        ("await waits_for(load(session))", "User | None"),
        ("await run_one(session, given)", "list[User]"),
        ("await run_any(session, given)", "list[?]"),
        ("[one for one in plain_yield()]", "list[?]"),
        ("Holder(user, given).other", "?"),
        ("Nested(1).other", "int"),
        ("Ring().one", "?"),
        ("ping", "?"),
        ("by_class()", "?"),
    ],
)
def test_a_call_gives_what_the_callee_returns(tmp_path: Path, text: str, expected: str) -> None:
    assert described(_analysis(tmp_path, f"return {text}").result) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return session", "AsyncSession parameter session"),
        ("return shared", "AsyncSession global app/work.py:shared"),
        ("return factory()", "AsyncSession opened"),
        ("async with factory() as one: return one", "AsyncSession opened"),
        ("async with factory.begin() as one: return one", "AsyncSession opened"),
        ("async with transaction(session) as one: return one", "AsyncSession parameter session"),
        ("async for one in get_session(): return one", "AsyncSession opened"),
        ("return repository.session", "AsyncSession attribute session"),
        ("return Users(session).session", "AsyncSession parameter session"),
        ("return Service(Users(session)).users.session", "AsyncSession attribute session"),
        ("return Own().session", "AsyncSession opened"),
        ("one = factory()\nreturn one", "AsyncSession opened"),
        ("return user", "User parameter"),
        ("return user.profile", "Profile parameter profile"),
        ("return follows(user)", "Profile parameter profile"),
        ("return User(posts=[])", "User new with posts"),
        ("return User(**given)", "User new with ..."),
        ("return User(profile=None, posts=given)", "User new with posts posts.* profile"),
        ("one = User()\nsession.add(one)\nawait session.flush()\nreturn one", "User query"),
        ("one = User()\nsession.add(one)\nawait session.commit()\nreturn one", "User query"),
        ("one = User()\nawait session.flush()\nreturn one", "User new"),
        ("one = User(posts=[])\nsession.add(one)\nawait session.refresh(one)\nreturn one", "User query"),
        ("one = await load_with(session, selectinload(User.posts))\nreturn one", "User query with posts"),
        ("one = await load_with(session, given)\nreturn one", "User query with $given"),
        ("one = await load_with(session, unknown)\nreturn one", "User query with ..."),
        ("one = await load_with(session, *[selectinload(User.posts)])\nreturn one", "User query with posts"),
        ("one = await load_with(session, *given)\nreturn one", "User query with $given"),
        ("one = await load_with(session)\nreturn one", "User query"),
        ("one = await session.get_one(User, 1, options=None)\nreturn one", "User query"),
        ("one: Holder = unknown()\nreturn one.user", "User unknown"),
        ("async for one in provide(): return one", "AsyncSession opened"),
        (
            "one = select(User)\nif one: one = one.options(selectinload(User.posts))\nreturn await session.scalar(one)",
            "User query with posts",
        ),
        ("return (await session.scalars(select(User).options(selectinload()))).one()", "User query with ..."),
        ("one = await load(session)\nawait session.refresh(one, given)\nreturn one", "User query"),
        ("one = await load_with(*[session])\nreturn one", "User query with ..."),
        ("return (await session.execute(select(User))).scalar_one()", "User query"),
    ],
)  # fmt: skip
def test_where_a_session_or_a_database_object_came_from_is_known(tmp_path: Path, body: str, expected: str) -> None:
    result = _analysis(tmp_path, body).result
    found = [item for item in getattr(result, "values", (result,)) if isinstance(item, Instance)]
    assert [_came_from(item) for item in found] == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await saves(session)", "commit"),
        ("await may_save(session)", "commit?"),
        ("async with transaction(session): pass", "commit>"),
        ("async with Own() as own: pass", "commit"),
        ("async with factory.begin() as one: one.add(user)", "stage commit"),
        ("await repository.save(user)", "stage commit"),
        ("get_session()", ""),
        ("lambda: saves(session)", ""),
    ],
)
def test_what_a_callee_does_to_a_session_is_done_by_the_caller(tmp_path: Path, body: str, expected: str) -> None:
    effects = _analysis(tmp_path, body).all_session_effects
    found = [effect.kind + "?" * effect.conditional for effect in effects]
    assert " ".join(found) == expected.replace(">", "")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("user.posts", ["posts"]),
        ("reads(user)", ["posts"]),
        ("reads_all(users)", ["posts"]),
        ("reads_all([user])", ["posts"]),
        ("reads(user=user)", ["posts"]),
        ("reads()", []),
        ("reads(given)", []),
        ("reads_later(user=user)", []),
        ("user.headline", ["profile"]),
        ("follows(user).text", ["profile"]),
        ("Shown.model_validate(user)", ["posts"]),
        ("Shown.model_validate([user])", []),
        ("given.model_validate(user)", []),
        ("Foreign.model_validate(user)", []),
        ("Plain.model_validate(user)", []),
        ("user.posts = []\nuser.posts", []),
    ],
)  # fmt: skip
def test_what_is_read_of_a_parameter_is_known_to_the_caller(tmp_path: Path, body: str, expected: list[str]) -> None:
    reads = _analysis(tmp_path, body).parameter_reads
    assert [".".join(read.path) for read in reads] == expected


def _chain(action: str, length: int) -> str:
    steps = "".join(
        f"async def step{number}(session: AsyncSession, user: User): await step{number + 1}(session, user)\n"
        for number in range(length)
    )
    return f"{HEADER}{steps}async def step{length}(session: AsyncSession, user: User): {action}\n"


@pytest.mark.parametrize("action", ["await session.commit()", "user.posts"])
def test_evidence_does_not_go_on_for_ever(tmp_path: Path, action: str) -> None:
    project = build_project(tmp_path, {"app/models.py": MODELS, "app/work.py": _chain(action, 20)})
    functions = project.modules["app/work.py"].functions

    def seen(name: str) -> int:
        analysis = project.analyser.analysis(functions[name])
        return len(analysis.all_session_effects) + len(analysis.parameter_reads)

    assert [seen("step0"), seen("step15")] == [0, 1]


def test_what_depends_gives_is_known_without_an_annotation(tmp_path: Path) -> None:
    found = described(_analysis(tmp_path, "pass", "injected").result)
    assert found == "tuple[Users, AsyncSession, $three, $four, $five]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("async with decorated() as one: return one", "1"),
        ("with Outer() as one: return one", "?"),
        ("with given as one: return one", "$given"),
    ],
)
def test_a_block_binds_what_its_manager_gives(tmp_path: Path, body: str, expected: str) -> None:
    assert described(_analysis(tmp_path, body).result) == expected


def test_a_refreshed_object_is_told_from_the_others(tmp_path: Path) -> None:
    body = "one, two = await load(session), await load(session)\nawait session.refresh(one, ['posts'])\nreturn one, two"
    (returned,) = _analysis(tmp_path, body).returned
    assert isinstance(returned.value, Collection)
    items = [item for part in returned.value.items or () for item in alternatives(part)]
    found = [item for item in items if isinstance(item, Instance)]
    assert [_came_from(item) for item in found] == ["User query with posts", "User query"]


def test_what_is_refreshed_behind_a_parameter_is_loaded_there(tmp_path: Path) -> None:
    analysis = _analysis(tmp_path, "await refreshes(session, user)", "refreshes")
    assert analysis.parameter_loads == {("user", ("profile", "text"))}
    assert analysis.refreshed == frozenset()
