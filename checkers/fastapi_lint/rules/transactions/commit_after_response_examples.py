"""Examples of FL301: who commits, and whether the client already has its answer."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
"""

ENGINE = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
"""

ROUTES = """\
from fastapi import FastAPI, status
from pydantic import BaseModel
from sqlalchemy import select

from app.database import SessionDep
from app.models import User

app = FastAPI()


class UserIn(BaseModel):
    email: str


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(body: UserIn, session: SessionDep) -> UserIn:
    session.add(User(email=body.email))
    return body


@app.get("/users")
async def list_users(session: SessionDep) -> list[str]:
    return list(await session.scalars(select(User.email)))
"""

EXAMPLES = (
    bad(
        "the session dependency of most tutorials",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
            await session.commit()  # expect: FL301
        except Exception:
            await session.rollback()
            raise


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "a context manager commits when the dependency ends",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal.begin() as session:  # expect: FL301
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/services/users.py": """\
from app.database import SessionDep
from app.models import User


class UserService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session

    async def create(self, email: str) -> User:
        user = User(email=email)
        self.session.add(user)
        return user
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, status

from app.services.users import UserService

router = APIRouter(prefix="/users")


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_user(email: str, service: Annotated[UserService, Depends()]) -> dict[str, str]:
    user = await service.create(email)
    return {"email": user.email}


app = FastAPI()
app.include_router(router, prefix="/api")
""",
        },
    ),
    bad(
        "the project's own transaction context manager, shared with the jobs",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
        await session.commit()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with transaction() as session:  # expect: FL301
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/main.py": ROUTES,
            "app/jobs.py": """\
from sqlalchemy import delete

from app.database import transaction
from app.models import User


async def remove_everyone() -> None:
    async with transaction() as session:
        await session.execute(delete(User))
""",
        },
    ),
    bad(
        "a sync stack: the commit is late there too",
        {
            "app/main.py": """\
from collections.abc import Iterator

from fastapi import Depends, FastAPI, status
from sqlmodel import Field, Session, SQLModel, create_engine

engine = create_engine("sqlite:///./app.db")


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


def get_session() -> Iterator[Session]:
    session = Session(engine)
    try:
        yield session
        session.commit()  # expect: FL301
    finally:
        session.close()


app = FastAPI()


@app.post("/heroes", status_code=status.HTTP_201_CREATED)
def create_hero(name: str, session: Session = Depends(get_session)) -> dict[str, str]:
    session.add(Hero(name=name))
    return {"name": name}
""",
        },
    ),
    bad(
        "the login asks for the right scope, the feature for a session of its own",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
        await session.commit()  # expect: FL301


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI, status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep, get_session
from app.models import User

app = FastAPI()


async def is_known(session: SessionDep) -> bool:
    return await session.scalar(select(User.id).limit(1)) is not None


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(
    email: str,
    known: Annotated[bool, Depends(is_known)],
    session: Annotated[AsyncSession, Depends(get_session)],
) -> bool:
    session.add(User(email=email))
    return known
""",
        },
    ),
    good(
        "the dependency ends with the handler, before the response is sent",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
""",
            "app/main.py": ROUTES,
        },
    ),
    good(
        "the service commits, the dependency only closes",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/main.py": """\
from fastapi import FastAPI, status
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import User

app = FastAPI()


async def create(session: AsyncSession, email: str) -> User:
    user = User(email=email)
    session.add(user)
    await session.commit()
    return user


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str, session: SessionDep) -> dict[str, str]:
    user = await create(session, email)
    return {"email": user.email}
""",
        },
    ),
    near_miss(
        "between 0.106 and 0.117 FastAPI ended dependencies before it sent the response",
        {
            "requirements.txt": "fastapi==0.115.6\nsqlalchemy==2.0.36\naiosqlite==0.20.0\n",
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
        await session.commit()


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a worker's context manager commits when it ends: no response waits for it",
        {
            "app/models.py": MODELS,
            "app/worker.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import User

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def worker_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except Exception:
            await session.rollback()
            raise
        else:
            await session.commit()


async def delete_user(user_id: int) -> None:
    async with worker_session() as session:
        await session.execute(delete(User).where(User.id == user_id))
""",
            "app/main.py": """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health() -> str:
    return "ok"
""",
        },
    ),
    near_miss(
        "the commit comes before the yield",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/auth.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends

from app.database import SessionDep
from app.models import User


async def guest(session: SessionDep) -> AsyncIterator[User]:
    user = User(email="guest@example.com")
    session.add(user)
    await session.commit()
    yield user


GuestDep = Annotated[User, Depends(guest)]
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.auth import GuestDep

app = FastAPI()


@app.post("/guests")
async def create_guest(user: GuestDep) -> int:
    return user.id
""",
        },
    ),
    near_miss(
        "the route's own block commits before it returns",
        {
            "app/models.py": MODELS,
            "app/database.py": ENGINE
            + """

async def get_factory() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    yield SessionLocal


FactoryDep = Annotated[async_sessionmaker[AsyncSession], Depends(get_factory)]
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import FactoryDep
from app.models import User

app = FastAPI()


@app.post("/users")
async def create_user(email: str, sessions: FactoryDep) -> str:
    async with sessions.begin() as session:
        session.add(User(email=email))
    return email
""",
        },
    ),
    near_miss(
        "the dependency's own session only notes who called",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
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
""",
            "app/main.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import delete

from app.database import SessionDep, SessionLocal
from app.models import User


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with SessionLocal() as session:
        yield
        await session.execute(delete(User))
        await session.commit()


app = FastAPI(lifespan=lifespan)


@app.get("/users")
async def users(session: SessionDep) -> bool:
    return session.in_transaction()
""",
        },
    ),
)
