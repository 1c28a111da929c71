"""Examples of FL205: coroutines that are made and never run, and coroutines that somebody else awaits."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str]
"""

DATABASE = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""

EXAMPLES = (
    bad(
        "the delete of an AsyncSession is a coroutine",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Document

app = FastAPI()


@app.delete("/documents/{document_id}", status_code=204)
async def delete_document(document_id: int, session: SessionDep) -> None:
    document = await session.get_one(Document, document_id)
    session.delete(document)  # expect: FL205
    await session.commit()
""",
        },
    ),
    bad(
        "a commit in a repository's method, the session in an attribute",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Document


class DocumentRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, title: str, owner: str) -> Document:
        document = Document(title=title, owner=owner)
        self.session.add(document)
        await self.session.flush()
        self.session.commit()  # expect: FL205
        return document
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import DocumentRepository

app = FastAPI()


@app.post("/documents", status_code=201)
async def create_document(title: str, session: SessionDep) -> int:
    document = await DocumentRepository(session).create(title, "ada")
    return document.id
""",
        },
    ),
    bad(
        "an authorization check that is always true",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/permissions.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Document


async def can_write(session: AsyncSession, user: str, document_id: int) -> bool:
    document = await session.get(Document, document_id)
    return document is not None and document.owner == user
""",
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep
from app.permissions import can_write

app = FastAPI()


@app.put("/documents/{document_id}")
async def rename(document_id: int, user: str, session: SessionDep) -> str:
    if not can_write(session, user, document_id):  # expect: FL205
        raise HTTPException(403)
    return "renamed"
""",
        },
    ),
    bad(
        "a service's method called as a statement, its result used as a value",
        {
            "app/service.py": """\
class Notifier:
    def __init__(self) -> None:
        self.sent: list[str] = []

    async def notify(self, user: str) -> None:
        self.sent.append(user)

    async def count(self) -> int:
        return len(self.sent)


notifier = Notifier()
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.service import notifier

app = FastAPI()


@app.post("/notifications", status_code=202)
async def notify(user: str) -> str:
    notifier.notify(user)  # expect: FL205
    if notifier.count() is None:  # expect: FL205
        return "nobody"
    return "sent"
""",
        },
    ),
    bad(
        "an inherited method, the call in a plain statement",
        {
            "app/base.py": """\
class Operation:
    async def validate(self, name: str) -> None:
        if not name:
            raise ValueError("empty")
""",
            "app/templates.py": """\
from app.base import Operation


class TemplateOperation(Operation):
    async def create(self, name: str) -> str:
        self.validate(name)  # expect: FL205
        return name
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.templates import TemplateOperation

app = FastAPI()
operation = TemplateOperation()


@app.post("/templates")
async def create(name: str) -> str:
    return await operation.create(name)
""",
        },
    ),
    bad(
        "the rollback of a session dependency",
        {
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except SQLAlchemyError:
            session.rollback()  # expect: FL205
            raise


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import text

from app.database import SessionDep

app = FastAPI()


@app.get("/health")
async def health(session: SessionDep) -> int:
    return (await session.execute(text("SELECT 1"))).scalar_one()
""",
        },
    ),
    good(
        "every coroutine is awaited",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/permissions.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Document


async def can_write(session: AsyncSession, user: str, document_id: int) -> bool:
    document = await session.get(Document, document_id)
    return document is not None and document.owner == user
""",
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep
from app.models import Document
from app.permissions import can_write

app = FastAPI()


@app.put("/documents/{document_id}")
async def rename(document_id: int, user: str, session: SessionDep) -> str:
    if not await can_write(session, user, document_id):
        raise HTTPException(403)
    return "renamed"


@app.delete("/documents/{document_id}", status_code=204)
async def delete_document(document_id: int, session: SessionDep) -> None:
    document = await session.get_one(Document, document_id)
    await session.delete(document)
    await session.commit()


@app.post("/documents", status_code=201)
async def create_document(title: str, session: SessionDep) -> int:
    document = Document(title=title, owner="ada")
    session.add(document)
    await session.commit()
    return document.id
""",
        },
    ),
    bad(
        "the session of a sessionmaker that makes asynchronous ones",
        {
            "app/database.py": """\
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker

engine = create_async_engine("sqlite+aiosqlite://")
async_session = sessionmaker(engine, expire_on_commit=False, class_=AsyncSession)


async def get_db() -> AsyncIterator[AsyncSession]:
    async with async_session() as session:
        try:
            yield session
            await session.commit()
        except ValueError:
            session.rollback()  # expect: FL205
            raise
""",
        },
    ),
    bad(
        "a decorator that has a wrapper for plain functions and one for asynchronous ones",
        {
            "app/telemetry.py": """\
import asyncio
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any


def event(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorator(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        async def async_wrapper(*args: Any, **kwargs: Any) -> Any:
            return await function(*args, **kwargs)

        @wraps(function)
        def sync_wrapper(*args: Any, **kwargs: Any) -> Any:
            return asyncio.run(async_wrapper(*args, **kwargs))

        return async_wrapper if inspect.iscoroutinefunction(function) else sync_wrapper

    return decorator
""",
            "app/service.py": """\
from app.telemetry import event


class Ingestion:
    @event("ingest")
    async def ingest(self, name: str) -> dict[str, str]:
        return {"name": name}


async def upload(name: str) -> None:
    Ingestion().ingest(name)  # expect: FL205
""",
        },
    ),
    near_miss(
        "the methods of a sync session are no coroutines",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.models import Document

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(engine)
app = FastAPI()


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


@app.delete("/documents/{document_id}", status_code=204)
def delete_document(document_id: int, session: Annotated[Session, Depends(get_session)]) -> None:
    session.delete(session.get_one(Document, document_id))
    session.flush()
    session.commit()
""",
        },
    ),
    near_miss(
        "gather, tasks and timeouts await for the caller",
        {
            "app/main.py": """\
import asyncio

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


async def fetch(number: int) -> int:
    await asyncio.sleep(0)
    return number


@app.get("/sum")
async def total(tasks: BackgroundTasks) -> int:
    first, second = await asyncio.gather(fetch(1), fetch(2))
    rest = [fetch(number) for number in range(3)]
    numbers = await asyncio.gather(*rest)
    third = asyncio.create_task(fetch(3))
    async with asyncio.TaskGroup() as group:
        fourth = group.create_task(fetch(4))
    fifth = await asyncio.wait_for(fetch(5), timeout=1)
    sixth = fetch(6)
    tasks.add_task(fetch, 7)
    return first + second + sum(numbers) + await third + fourth.result() + fifth + await sixth
""",
        },
    ),
    near_miss(
        "the coroutine is returned to a caller who awaits it",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Awaitable

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Document


class DocumentRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def get(self, key: int) -> Awaitable[Document | None]:
        return self.session.get(Document, key)

    def save(self) -> Awaitable[None]:
        return self.session.commit()
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import DocumentRepository

app = FastAPI()


@app.get("/documents/{document_id}")
async def read(document_id: int, session: SessionDep) -> str | None:
    repository = DocumentRepository(session)
    document = await repository.get(document_id)
    await repository.save()
    return document.title if document else None
""",
        },
    ),
    near_miss(
        "these methods of an AsyncSession are no coroutines",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Document

app = FastAPI()


@app.post("/documents", status_code=201)
async def create(titles: list[str], session: SessionDep) -> int:
    session.add_all(Document(title=title, owner="ada") for title in titles)
    draft = Document(title="draft", owner="ada")
    session.add(draft)
    session.expunge(draft)
    await session.commit()
    session.expire_all()
    if session.in_transaction():
        return 0
    return len(titles)
""",
        },
    ),
    near_miss(
        "a decorator makes the async function a plain one",
        {
            "app/commands.py": """\
import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run_async(function: Callable[P, Awaitable[T]]) -> Callable[P, T]:
    @wraps(function)
    def running(*args: P.args, **kwargs: P.kwargs) -> T:
        async def whole() -> T:
            return await function(*args, **kwargs)

        return asyncio.run(whole())

    return running


@run_async
async def greet(name: str) -> str:
    await asyncio.sleep(0)
    return f"Hello {name}"


def main() -> None:
    print(greet("Ada"))


async def other() -> None:
    await asyncio.sleep(0)


if __name__ == "__main__":
    main()
    asyncio.run(other())
""",
        },
    ),
    near_miss(
        "work that an AsyncSession runs synchronously",
        {
            "app/jobs.py": """\
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def close_jobs(session: AsyncSession, statements: list[str]) -> None:
    await session.run_sync(lambda sync: sync.execute(text(statements[0])))
    await session.run_sync(lambda sync: sync.commit())
""",
        },
    ),
    near_miss(
        "what a base class declares as an iterator is a generator in its subclasses",
        {
            "app/models.py": """\
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator


class Model(ABC):
    @abstractmethod
    async def answer(self, question: str) -> AsyncGenerator[str, None]:
        raise NotImplementedError


class Echo(Model):
    async def answer(self, question: str) -> AsyncGenerator[str, None]:
        for word in question.split():
            yield word
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.models import Echo, Model

app = FastAPI()


async def complete(model: Model, question: str) -> str:
    words = model.answer(question)
    return " ".join([word async for word in words])


@app.get("/answers")
async def read_answer(question: str) -> str:
    return await complete(Echo(), question)
""",
        },
    ),
)
