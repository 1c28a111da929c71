"""What the model says that a call of SQLAlchemy gives is what the call gives when the program runs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, clear_mappers
from sqlalchemy.pool import StaticPool

from fastapi_lint.model.analysis import Analysis
from tests.model.described import described
from tests.model.fitting import fits
from tests.projects import build_project

MODELS = """\
from sqlalchemy import ForeignKey, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, selectinload

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list["Post"]] = relationship(back_populates="author")

class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")

def everybody(session: Session) -> list[User]:
    return session.scalars(select(User)).all()

def fill():
    return [User(id=1, name="ann", posts=[Post(id=1), Post(id=2)]), User(id=2, name="bob")]

"""
ASYNC: Mapping[str, str] = {
    "await session.get(User, 1)": "User | None",
    "await session.get_one(User, 1)": "User",
    "await session.get(User, 9)": "User | None",
    "await session.merge(User(id=3, name='cid'))": "User",
    "await session.scalar(select(User))": "User | None",
    "await session.scalar(select(func.count()))": "? | None",
    "await session.execute(select(User))": "rows[User]",
    "(await session.execute(select(User))).all()": "list[tuple[User]]",
    "(await session.execute(select(User, Post).join(Post))).all()": "list[tuple[User, Post]]",
    "(await session.execute(select(User))).fetchmany(1)": "list[tuple[User]]",
    "(await session.execute(select(User))).first()": "tuple[User] | None",
    "(await session.execute(select(User).limit(1))).one()": "tuple[User]",
    "(await session.execute(select(User).limit(1))).scalar_one()": "User",
    "(await session.execute(select(User).limit(0))).scalar_one_or_none()": "User | None",
    "(await session.execute(select(User))).unique().scalars().all()": "list[User]",
    "(await session.execute(select(Post, User).join(User))).scalars(1).all()": "list[?]",
    "(await session.execute(select(User))).scalars(0).first()": "User | None",
    "(await session.execute(select(User))).keys()": "?",
    "await session.scalars(select(User))": "scalars[User]",
    "[one for one in await session.scalars(select(User))]": "list[User]",
    "[one for one in await session.execute(select(User))]": "list[tuple[User]]",
    "[one for one, in await session.execute(select(User))]": "list[User]",
    "[row[0] for row in await session.execute(select(User))]": "list[User]",
    "list(await session.scalars(select(User)))": "list[User]",
    "(await session.scalars(select(User).options(selectinload(User.posts)))).first().posts": "list[Post]",
    "(await session.scalars(select(Post).options(selectinload(Post.author)))).first().author.name": "str",
    "await session.stream(select(User))": "async rows[User]",
    "await (await session.stream(select(User))).fetchall()": "list[tuple[User]]",
    "await (await session.stream_scalars(select(User))).all()": "list[User]",
    "await (await session.stream(select(User))).scalars().first()": "User | None",
    "[one async for one in await session.stream_scalars(select(User))]": "list[User]",
    "await session.run_sync(everybody)": "list[User]",
    "await session.run_sync(lambda inner: inner.get(User, 1))": "?",
    "await session.refresh(await session.get_one(User, 1))": "None",
    "session.add(User(id=4, name='dan'))": "None",
    "await session.flush()": "None",
    "await session.commit()": "None",
    "session.expire_all()": "None",
    "await session.connection()": "AsyncConnection",
    "(await session.scalars(select(aliased(User)))).all()": "list[User]",
    "(await session.execute(select(User.name))).all()": "list[tuple[str]]",
    "(await session.scalars(insert(User).values(id=5, name='eve').returning(User))).all()": "list[User]",
    "(await session.scalars(update(User).values(name='x').returning(User))).first()": "User | None",
    "await session.execute(text('select 1'))": "rows[?]",
    "(await session.execute(text('select 1'))).all()": "list[tuple[?]]",
    "(await session.execute(text('select 1'))).scalar()": "? | None",
    "(await session.execute(text('select 1'))).scalars().all()": "list[?]",
    "select(User).where(User.id == 1).order_by(User.name)": "select[User]",
    "select(User.id).with_only_columns(Post)": "select[Post]",
    "select(User).add_columns(Post)": "select[User, Post]",
    "select(User).subquery()": "?",
    "delete(User)": "delete[User]",
    "User.id == 1": "ColumnElement",
    "User.id.in_([1])": "ColumnElement",
    "User.posts.of_type(Post)": "User.posts",
    "User.posts.and_(Post.id > 1)": "User.posts",
    "(await session.scalars(select(User.name))).first()": "str | None",
}
SYNC: Mapping[str, str] = {
    "session.get(User, 1)": "User | None",
    "session.query(User)": "query[User]",
    "session.query(User).all()": "list[User]",
    "session.query(User).filter(User.id == 1).one()": "User",
    "session.query(User).first()": "User | None",
    "session.query(User).get(1)": "User | None",
    "session.query(User).count()": "int",
    "session.query(User).filter_by(id=7).delete()": "int",
    "session.query(User).filter_by(id=1).update({'name': 'x'})": "int",
    "session.query(User, Post).join(Post).all()": "list[tuple[User, Post]]",
    "session.query(User.name).all()": "list[tuple[str]]",
    "[one.name for one in session.query(User)]": "list[str]",
    "[one for one in session.query(User).with_entities(Post)]": "list[Post]",
    "session.query(User).limit(1).scalar()": "User | None",
    "session.query(User).exists()": "?",
    "session.query(User.name).filter_by(id=1).scalar()": "str | None",
    "session.scalars(select(User)).one_or_none": "<sqlalchemy.ScalarResult.one_or_none>",
    "session.execute(select(User)).scalars().all()": "list[User]",
    "session.scalars(select(User).limit(1)).one()": "User",
    "session.execute(select(User)).unique().all()": "list[tuple[User]]",
    "session.bulk_save_objects([User(id=6, name='fay')])": "None",
    "everybody(session)": "list[User]",
    "everybody(session)[0].posts[0].author": "User",
    "everybody(session)[:1]": "list[User]",
    "everybody(session)[0].posts + [Post(id=7)]": "list[Post]",
}
_HEADS = {"asynchronous": "async def {name}(session: AsyncSession):", "plain": "def {name}(session: Session):"}
_CASES = [("asynchronous", text) for text in ASYNC] + [("plain", text) for text in SYNC]
_EXPECTED = {"asynchronous": ASYNC, "plain": SYNC}
NAME = "library_program"


def _name(kind: str, text: str) -> str:
    return f"{kind}_{[*_EXPECTED[kind]].index(text)}"


_SOURCE = MODELS + "\n".join(
    f"{_HEADS[kind].format(name=_name(kind, text))}\n    return {text}\n" for kind, text in _CASES
)


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Analysis]:
    """Return what the model says of each function of the program."""
    project = build_project(tmp_path_factory.mktemp(NAME), {f"{NAME}.py": _SOURCE})
    functions = project.modules[f"{NAME}.py"].functions
    return {name: project.analyser.analysis(function) for name, function in functions.items()}


@pytest.fixture(scope="module")
def program() -> Iterator[ModuleType]:
    """Yield the program itself."""
    module = ModuleType(NAME)
    sys.modules[NAME] = module
    try:
        exec(compile(_SOURCE, f"{NAME}.py", "exec"), module.__dict__)
        yield module
    finally:
        clear_mappers()
        del sys.modules[NAME]


@contextmanager
def _session(program: ModuleType) -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        program.Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(program.fill())
            session.commit()
            yield session
    finally:
        engine.dispose()


@asynccontextmanager
async def _async_session(program: ModuleType) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(program.Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add_all(program.fill())
            await session.commit()
            yield session
    finally:
        await engine.dispose()


def _result(analysis: Analysis) -> Any:
    (returned,) = analysis.returned
    return returned.value


@pytest.mark.parametrize(("kind", "text"), _CASES)
def test_the_model_says_what_a_call_gives(kind: str, text: str, analyses: dict[str, Analysis]) -> None:
    assert described(_result(analyses[_name(kind, text)])) == _EXPECTED[kind][text]


@pytest.mark.parametrize("text", ASYNC)
def test_an_asynchronous_session_gives_what_the_model_says(
    text: str, analyses: dict[str, Analysis], program: ModuleType
) -> None:
    name = _name("asynchronous", text)

    async def run() -> None:
        async with _async_session(program) as session:
            held = await getattr(program, name)(session)
            assert fits(_result(analyses[name]), held), held

    asyncio.run(run())


@pytest.mark.parametrize("text", SYNC)
@pytest.mark.filterwarnings("ignore:The Query.get.. method:sqlalchemy.exc.LegacyAPIWarning")
def test_a_plain_session_gives_what_the_model_says(
    text: str, analyses: dict[str, Analysis], program: ModuleType
) -> None:
    name = _name("plain", text)
    with _session(program) as session:
        held = getattr(program, name)(session)
        assert fits(_result(analyses[name]), held), held
