"""Examples of FL307: what a commit does to loaded objects of an AsyncSession."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
"""

DEPENDENCY = """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""

IMPORTS = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
"""

REPOSITORY = """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, email: str) -> User:
        user = User(email=email)
        self.session.add(user)
        await self.session.commit()
        return user
"""

ROUTES = """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import UserRepository

app = FastAPI()


@app.post("/users", status_code=201)
async def create_user(email: str, session: SessionDep) -> dict[str, object]:
    user = await UserRepository(session).create(email)
    return {"id": user.id, "email": user.email}
"""

EXAMPLES = (
    bad(
        "the factory keeps the default, a route reads after the commit",
        {
            "app/models.py": MODELS,
            "app/database.py": IMPORTS + "SessionLocal = async_sessionmaker(engine)  # expect: FL307\n" + DEPENDENCY,
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "the older spelling of the factory",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = sessionmaker(engine, class_=AsyncSession, autoflush=False)  # expect: FL307
"""
            + DEPENDENCY,
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "a session without a factory, and an explicit True",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
ReportSession = async_sessionmaker(bind=engine, expire_on_commit=True)  # expect: FL307


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:  # expect: FL307
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    good(
        "objects stay readable after the commit",
        {
            "app/models.py": MODELS,
            "app/database.py": IMPORTS
            + "SessionLocal = async_sessionmaker(engine, expire_on_commit=False)\n"
            + DEPENDENCY,
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a sync session reloads on access",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.models import User

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(engine)
app = FastAPI()


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


@app.post("/users", status_code=201)
def create_user(email: str, session: Annotated[Session, Depends(get_session)]) -> dict[str, object]:
    user = User(email=email)
    session.add(user)
    session.commit()
    return {"id": user.id, "email": user.email}
""",
        },
    ),
    near_miss(
        "the options come from a constant",
        {
            "app/models.py": MODELS,
            "app/database.py": IMPORTS
            + 'OPTIONS = {"autoflush": False, "expire_on_commit": False}\n'
            + "SessionLocal = async_sessionmaker(engine, **OPTIONS)\n"
            + DEPENDENCY,
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the factory is configured later",
        {
            "app/models.py": MODELS,
            "app/database.py": IMPORTS
            + "SessionLocal = async_sessionmaker()\n"
            + "SessionLocal.configure(bind=engine, expire_on_commit=False)\n"
            + DEPENDENCY,
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the project's own session class sets it",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession as BaseSession
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")


class AsyncSession(BaseSession):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, expire_on_commit=False, **kwargs)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
""",
            "app/repositories.py": REPOSITORY,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "SQLModel's session with the argument",
        {
            "app/models.py": """\
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
""",
            "app/main.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import User

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
app = FastAPI()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


@app.post("/users", status_code=201)
async def create_user(email: str, session: Annotated[AsyncSession, Depends(get_session)]) -> User:
    user = User(email=email)
    session.add(user)
    await session.commit()
    return user
""",
        },
    ),
)
