"""What of a database object is loaded where it is read, against what SQLAlchemy then has to load."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, clear_mappers
from sqlalchemy.pool import StaticPool
from sqlalchemy.util.concurrency import in_greenlet

from fastapi_lint.model.loading import Missing
from fastapi_lint.model.project import Project
from tests.projects import build_project

HEADER = """\
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, defaultload, deferred, joinedload, load_only, lazyload
from sqlalchemy.orm import mapped_column, relationship, selectinload, undefer, noload, Load, contains_eager

class Base(AsyncAttrs, DeclarativeBase): ...

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    team: Mapped["Team"] = relationship(back_populates="users")
    posts: Mapped[list["Post"]] = relationship(back_populates="author")
    eager: Mapped[list["Post"]] = relationship(lazy="selectin", viewonly=True)
    later: Mapped[list["Post"]] = relationship(lazy="write_only", viewonly=True)
    @property
    def words(self): return [word for post in self.posts for word in post.words]

class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    users: Mapped[list[User]] = relationship(back_populates="team")

class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")
    words: Mapped[list["Word"]] = relationship()

class Word(Base):
    __tablename__ = "words"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))

def fill():
    posts = [Post(id=1, words=[Word(id=1)]), Post(id=2)]
    return Team(id=1, name="one", users=[User(id=1, name="ann", text="x", posts=posts)])

def query(*options): return select(User).options(*options)
def shown(user: User): return user.posts
def team_of(user: User): return user.team.name
async def fresh(session: AsyncSession, user: User): await session.refresh(user, ["posts"])
async def loaded(session: AsyncSession, options=()):
    return (await session.scalars(select(User).options(*options))).first()

"""
ONE = "user = (await session.scalars(select(User){})).first()\n"
READS = {
    "user = await session.get(User, 1)\nuser.name": "",
    "user = await session.get(User, 1)\nuser.posts": "User.posts",
    "user = await session.get(User, 1)\nuser.text": "User.text",
    "user = await session.get(User, 1)\nuser.team": "User.team",
    "user = await session.get(User, 1)\nuser.eager": "",
    "user = await session.get(User, 1)\nuser.later": "",
    "user = await session.get(User, 1)\nuser.words": "User.posts",
    "user = await session.get(User, 1, options=[selectinload(User.posts)])\nuser.posts": "",
    "user = await session.get(User, 1)\nawait session.refresh(user, ['posts'])\nuser.posts": "",
    "user = await session.get(User, 1)\nawait session.refresh(user)\nuser.posts": "User.posts",
    "user = await session.get(User, 1)\nawait user.awaitable_attrs.posts\nuser.posts": "",
    "user = await session.get(User, 1)\nawait fresh(session, user)\nuser.posts": "",
    "user = await session.get(User, 1)\nshown(user)": "User.posts",
    "user = await session.get(User, 1)\nteam_of(user)": "User.team",
    "team = await session.get(Team, 1)\nuser = await session.get(User, 1)\nuser.team": "",
    ONE.format(".options(selectinload(User.posts))") + "user.posts[0].words": "Post.words",
    ONE.format(".options(selectinload(User.posts).selectinload(Post.words))") + "user.posts[0].words": "",
    ONE.format(".options(selectinload(User.posts).options(joinedload(Post.words)))") + "user.posts[0].words": "",
    ONE.format(".options(defaultload(User.eager).selectinload(Post.words))") + "user.eager[0].words": "",
    ONE.format(".options(load_only(User.id), lazyload(User.posts))") + "user.posts": "User.posts",
    ONE.format(".options(undefer(User.text))") + "user.text": "",
    ONE.format(".options(joinedload(User.team))") + "user.team.name": "",
    ONE.format(".options(joinedload(User.team))") + "user.team.users": "Team.users",
    ONE.format(".join(User.team).options(contains_eager(User.team))") + "user.team.name": "",
    ONE.format(".options(selectinload(getattr(User, 'pos' + 'ts')))") + "user.posts": "",
    "options = [selectinload(User.posts)]\n" + ONE.format(".options(*options)") + "user.posts": "",
    "user = (await session.scalars(query(selectinload(User.posts)))).first()\nuser.posts": "",
    "user = await loaded(session)\nuser.posts": "User.posts",
    "user = await loaded(session, [selectinload(User.posts)])\nuser.posts": "",
    "user = await loaded(session, options=(joinedload(User.team),))\nuser.posts": "User.posts",
}  # fmt: skip


def _source(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEADER}async def case(session: AsyncSession):\n{lines}"


def _missing(project: Project) -> list[Missing]:
    analysis = project.analyser.analysis(project.modules["loading_program.py"].functions["case"])
    reads = [read for read in analysis.reads if read.kind != "awaitable"]
    found = [project.loading.missing(read, analysis) for read in reads]
    return list({item.title: item for item in found if item is not None}.values())


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """Yield the program whose function is the test's parameter."""
    module = ModuleType("loading_program")
    sys.modules["loading_program"] = module
    try:
        exec(compile(_source(request.param), "loading_program.py", "exec"), module.__dict__)
        yield module
    finally:
        clear_mappers()
        del sys.modules["loading_program"]


@pytest.mark.parametrize(("body", "expected"), READS.items())
def test_what_is_read_and_was_not_loaded_is_known(tmp_path: Path, body: str, expected: str) -> None:
    project = build_project(tmp_path, {"loading_program.py": _source(body)})
    assert " ".join(item.title for item in _missing(project)) == expected


class LoadedOnAccessError(Exception):
    """SQLAlchemy was about to load an attribute outside of an awaited call, which an asynchronous driver cannot."""


def _forbid_loading_on_access(_: ORMExecuteState) -> None:
    if not in_greenlet():
        raise LoadedOnAccessError


async def _fails(program: ModuleType) -> bool:
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(program.Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add(program.fill())
            await session.commit()
        async with AsyncSession(engine) as session:
            event.listen(session.sync_session, "do_orm_execute", _forbid_loading_on_access)
            try:
                await program.case(session)
            except LoadedOnAccessError:
                return True
            return False
    finally:
        await engine.dispose()


@pytest.mark.parametrize("program", READS, indirect=True, ids=list(READS))
def test_sqlalchemy_fails_where_it_would_have_to_load(program: ModuleType, request: pytest.FixtureRequest) -> None:
    assert asyncio.run(_fails(program)) is bool(READS[request.node.callspec.params["program"]])
