"""Examples of FL303: one session in several tasks, and tasks with a session each."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
"""

DATABASE = """\
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///./app.db"))
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""

REPOSITORY = """\
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Event


class EventRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def count(self, kind: str) -> int:
        return await self.session.scalar(select(func.count(Event.id)).where(Event.kind == kind)) or 0

    async def total(self) -> int:
        return await self.session.scalar(select(func.count(Event.id))) or 0

    async def record(self, kind: str) -> None:
        self.session.add(Event(kind=kind))
        await self.session.flush()
"""

EXAMPLES = (
    bad(
        "two reads of one repository at the same time",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()


@app.get("/dashboard")
async def dashboard(session: SessionDep) -> dict[str, int]:
    events = EventRepository(session)
    logins, total = await asyncio.gather(events.count("login"), events.total())  # expect: FL303
    return {"logins": logins, "total": total}
""",
        },
    ),
    bad(
        "a service writes from a task group",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/service.py": """\
import asyncio

from app.database import SessionDep
from app.repositories import EventRepository


class EventService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session
        self.events = EventRepository(session)

    async def import_all(self, kinds: list[str]) -> None:
        async with asyncio.TaskGroup() as group:  # expect: FL303
            for kind in kinds:
                group.create_task(self.events.record(kind))
        await self.session.commit()
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import EventService

app = FastAPI()


@app.post("/events", status_code=201)
async def import_events(kinds: list[str], service: Annotated[EventService, Depends()]) -> None:
    await service.import_all(kinds)
""",
        },
    ),
    bad(
        "a comprehension of coroutines, the session a parameter",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Event

app = FastAPI()


async def record(session: AsyncSession, kind: str) -> None:
    session.add(Event(kind=kind))
    await session.flush()


@app.post("/events", status_code=201)
async def import_events(kinds: list[str], session: SessionDep) -> None:
    tasks = [record(session, kind) for kind in kinds]
    await asyncio.gather(*tasks)  # expect: FL303
    await session.commit()
""",
        },
    ),
    bad(
        "a semaphore lets several of them in",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()
_slots = asyncio.Semaphore(3)


async def limited(waiting: Coroutine[Any, Any, int]) -> int:
    async with _slots:
        return await waiting


@app.get("/counts")
async def counts(session: SessionDep) -> list[int]:
    repository = EventRepository(session)
    async with asyncio.TaskGroup() as group:  # expect: FL303
        tasks = [group.create_task(limited(repository.total()))]
        tasks.append(group.create_task(limited(repository.count("login"))))
    return [task.result() for task in tasks]
""",
        },
    ),
    bad(
        "the commit runs beside a query",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()


@app.post("/logins", status_code=201)
async def login(session: SessionDep) -> int:
    events = EventRepository(session)
    await events.record("login")
    total, _ = await asyncio.gather(events.total(), session.commit())  # expect: FL303
    return total


@app.get("/total")
async def total(session: SessionDep) -> int:
    return await EventRepository(session).total()
""",
        },
    ),
    good(
        "each task opens its own session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI

from app.database import SessionLocal
from app.repositories import EventRepository

app = FastAPI()


async def count(kind: str) -> int:
    async with SessionLocal() as session:
        return await EventRepository(session).count(kind)


async def record(kind: str) -> None:
    async with SessionLocal.begin() as session:
        await EventRepository(session).record(kind)


@app.get("/dashboard")
async def dashboard() -> dict[str, int]:
    logins, logouts = await asyncio.gather(count("login"), count("logout"))
    return {"logins": logins, "total": logins + logouts}


@app.post("/events", status_code=201)
async def import_events(kinds: list[str]) -> None:
    await asyncio.gather(*(record(kind) for kind in kinds))
""",
        },
    ),
    good(
        "one after the other",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()


@app.get("/dashboard")
async def dashboard(session: SessionDep) -> dict[str, int]:
    events = EventRepository(session)
    logins = await events.count("login")
    return {"logins": logins, "total": await events.total()}


@app.post("/events", status_code=201)
async def import_events(kinds: list[str], session: SessionDep) -> None:
    events = EventRepository(session)
    for kind in kinds:
        await events.record(kind)
    await session.commit()
""",
        },
    ),
    near_miss(
        "only one of the tasks uses the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()


async def weather(city: str) -> str:
    await asyncio.sleep(0)
    return f"sunny in {city}"


@app.get("/dashboard")
async def dashboard(city: str, session: SessionDep) -> dict[str, object]:
    total, sky = await asyncio.gather(EventRepository(session).total(), weather(city))
    return {"total": total, "weather": sky}
""",
        },
    ),
    near_miss(
        "the service keeps the factory, each method opens a session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/service.py": """\
import asyncio

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.models import Event


class EventService:
    def __init__(self, session_factory: async_sessionmaker[AsyncSession]) -> None:
        self.session_factory = session_factory

    async def count(self, kind: str) -> int:
        async with self.session_factory() as session:
            return await session.scalar(select(func.count(Event.id)).where(Event.kind == kind)) or 0

    async def counts(self, kinds: list[str]) -> list[int]:
        return list(await asyncio.gather(*[self.count(kind) for kind in kinds]))
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionLocal
from app.service import EventService

app = FastAPI()
service = EventService(SessionLocal)


@app.post("/counts")
async def counts(kinds: list[str]) -> list[int]:
    return await service.counts(kinds)
""",
        },
    ),
    near_miss(
        "two different sessions",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI

from app.database import SessionLocal
from app.repositories import EventRepository

app = FastAPI()


@app.get("/dashboard")
async def dashboard() -> list[int]:
    async with SessionLocal() as first, SessionLocal() as second:
        return await asyncio.gather(EventRepository(first).total(), EventRepository(second).count("login"))
""",
        },
    ),
    near_miss(
        "the tasks work on rows that are loaded, not on the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Event

app = FastAPI()


async def publish(kind: str) -> str:
    await asyncio.sleep(0)
    return kind.upper()


@app.post("/publish")
async def publish_all(session: SessionDep) -> list[str]:
    events = (await session.scalars(select(Event))).all()
    return await asyncio.gather(*(publish(event.kind) for event in events))
""",
        },
    ),
    near_miss(
        "a lock lets one task at a time use the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Event

app = FastAPI()


class Recorder:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.lock = asyncio.Lock()

    async def record(self, kind: str) -> None:
        name = await self.normalise(kind)
        async with self.lock:
            self.session.add(Event(kind=name))
            await self.session.flush()

    async def normalise(self, kind: str) -> str:
        await asyncio.sleep(0)
        return kind.lower()


@app.post("/events", status_code=201)
async def import_events(kinds: list[str], session: SessionDep) -> None:
    recorder = Recorder(session)
    await asyncio.gather(*(recorder.record(kind) for kind in kinds))
    await session.commit()
""",
        },
    ),
    near_miss(
        "a semaphore lets one in after the other",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/main.py": """\
import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import EventRepository

app = FastAPI()
_turn = asyncio.Semaphore(1)


async def in_turn(waiting: Coroutine[Any, Any, int]) -> int:
    async with _turn:
        return await waiting


async def doubled(count: int) -> int:
    return 2 * count


@app.get("/counts")
async def counts(session: SessionDep) -> list[int]:
    repository = EventRepository(session)
    return await asyncio.gather(in_turn(repository.total()), in_turn(repository.count("login")))


@app.get("/doubled")
async def doubled_counts(session: SessionDep) -> list[int]:
    repository = EventRepository(session)
    return await asyncio.gather(doubled(await repository.total()), doubled(await repository.count("login")))
""",
        },
    ),
)
