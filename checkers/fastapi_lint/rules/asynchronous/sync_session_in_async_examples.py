"""Examples of FL203: a sync session on the event loop, and where a sync session is right."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""

DATABASE = """\
from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)


def get_db() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
"""

CRUD = """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Item


def list_items(db: Session) -> Sequence[Item]:
    return db.scalars(select(Item).order_by(Item.id)).all()
"""

EXAMPLES = (
    bad(
        "an async route queries through a sync session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from app.database import get_db
from app.models import Item

app = FastAPI()


@app.get("/items")
async def list_items(db: Session = Depends(get_db)) -> list[str]:
    return [item.name for item in db.query(Item).all()]  # expect: FL203
""",
        },
    ),
    bad(
        "the query is in a sync crud module",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/crud.py": CRUD,
            "app/main.py": """\
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy.orm import Session

from app import crud
from app.database import get_db

router = APIRouter(prefix="/items")
SessionDep = Annotated[Session, Depends(get_db)]


@router.get("")
async def list_items(db: SessionDep) -> list[str]:
    items = crud.list_items(db)  # expect: FL203
    return [item.name for item in items]


app = FastAPI()
app.include_router(router)
""",
        },
    ),
    bad(
        "an async service keeps a sync session",
        {
            "app/models.py": """\
from sqlmodel import Field, SQLModel


class Item(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
""",
            "app/service.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session, create_engine, select

from app.models import Item

engine = create_engine("sqlite:///./app.db")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


class ItemService:
    def __init__(self, session: Annotated[Session, Depends(get_session)]) -> None:
        self.session = session

    async def names(self) -> list[str]:
        items = self.session.exec(select(Item)).all()  # expect: FL203
        return [item.name for item in items]
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import ItemService

app = FastAPI()


@app.get("/items")
async def list_items(service: Annotated[ItemService, Depends()]) -> list[str]:
    return await service.names()
""",
        },
    ),
    bad(
        "a connection of a sync engine",
        {
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import create_engine, text

engine = create_engine("sqlite:///./app.db")
app = FastAPI()


@app.get("/health")
async def health() -> int:
    with engine.connect() as connection:  # expect: FL203
        return connection.execute(text("SELECT 1")).scalar_one()
""",
        },
    ),
    good(
        "a def route: FastAPI runs it in the thread pool",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from app.database import get_db
from app.models import Item

app = FastAPI()


@app.get("/items")
def list_items(db: Session = Depends(get_db)) -> list[str]:
    return [item.name for item in db.query(Item).all()]
""",
        },
    ),
    good(
        "an async session",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import Item

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


@app.get("/items")
async def list_items(session: Annotated[AsyncSession, Depends(get_session)]) -> list[str]:
    return list(await session.scalars(select(Item.name)))
""",
        },
    ),
    near_miss(
        "run_sync gives a sync session to a function on purpose",
        {
            "app/models.py": MODELS,
            "app/crud.py": CRUD,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.crud import list_items

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


@app.get("/items")
async def read_items() -> list[str]:
    async with SessionLocal() as session:
        items = await session.run_sync(list_items)
        first = await session.run_sync(lambda sync_session: len(list_items(sync_session)))
    return [item.name for item in items][:first]
""",
        },
    ),
    near_miss(
        "the whole unit of work runs in a thread",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/crud.py": CRUD,
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from app.crud import list_items
from app.database import SessionLocal

app = FastAPI()


def read_names() -> list[str]:
    with SessionLocal() as session:
        return [item.name for item in list_items(session)]


@app.get("/items")
async def read_items() -> list[str]:
    return await run_in_threadpool(read_names)
""",
        },
    ),
    near_miss(
        "a def dependency reads, the async route only uses the result",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/crud.py": CRUD,
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from app.crud import list_items
from app.database import get_db

app = FastAPI()


def item_names(db: Annotated[Session, Depends(get_db)]) -> list[str]:
    return [item.name for item in list_items(db)]


@app.get("/items")
async def read_items(names: Annotated[list[str], Depends(item_names)]) -> list[str]:
    return sorted(names)
""",
        },
    ),
    near_miss(
        "another library's Session",
        {
            "app/sessions.py": """\
class Session:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.values.get(key)


def get_session() -> Session:
    return Session()
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.sessions import Session, get_session

app = FastAPI()


@app.get("/theme")
async def theme(session: Annotated[Session, Depends(get_session)]) -> str | None:
    return session.get("theme")
""",
        },
    ),
    near_miss(
        "a session that is awaited is asynchronous, whatever its annotation says",
        {
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

app = FastAPI()
engine = create_async_engine("sqlite+aiosqlite:///jobs.db")
make_session = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


async def find(session: Session, job_id: int) -> int | None:
    result = await session.execute(text("SELECT id FROM job WHERE id = :id"), {"id": job_id})
    return result.scalar_one_or_none()


@app.get("/jobs/{job_id}")
async def read_job(job_id: int) -> int | None:
    async with make_session() as session:
        return await find(session, job_id)
""",
        },
    ),
)
