"""Examples of FL309: a dependency with ``yield`` that keeps the exception of the route for itself."""

from fastapi_lint.rules.base import bad, good, near_miss

DATABASE = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
"""

ROUTES = """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep

app = FastAPI()


@app.post("/users")
async def create_user(email: str, session: SessionDep) -> str:
    if "@" not in email:
        raise HTTPException(409, "not an address")
    return email
"""

ALIAS = """

SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""

EXAMPLES = (
    bad(
        "a rollback and no raise",
        {
            "app/database.py": DATABASE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
            await session.commit()
        except Exception:  # expect: FL309
            await session.rollback()
        finally:
            await session.close()
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "only the database's errors are raised again",
        {
            "app/database.py": """\
import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
logger = logging.getLogger(__name__)


async def get_session() -> AsyncIterator[AsyncSession]:
    session = SessionLocal()
    try:
        yield session
    except Exception as error:  # expect: FL309
        await session.rollback()
        if isinstance(error, SQLAlchemyError):
            raise
        logger.info("request failed: %r", error)
    finally:
        await session.close()
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "a sync dependency that notes what the client did wrong",
        {
            "app/main.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
refused: list[str] = []


def audit() -> Iterator[list[str]]:
    try:
        yield refused
    except HTTPException as error:  # expect: FL309
        refused.append(error.detail)


@app.post("/users")
def create_user(email: str, log: Annotated[list[str], Depends(audit)]) -> str:
    if "@" not in email:
        raise HTTPException(409, "not an address")
    return email
""",
        },
    ),
    good(
        "the exception goes on after the rollback",
        {
            "app/database.py": DATABASE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except Exception:
            await session.rollback()
            raise
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    good(
        "the context manager rolls back by itself",
        {
            "app/database.py": DATABASE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the handler raises another exception",
        {
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, HTTPException
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except IntegrityError as error:
            raise HTTPException(409, "exists already") from error
        except OperationalError as error:
            await session.rollback()
            raise error from None
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the try is over before the yield",
        {
            "app/database.py": DATABASE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    session = SessionLocal()
    try:
        await session.connection()
    except OSError:
        await session.close()
        session = SessionLocal()
    yield session
    try:
        await session.close()
    except OSError:
        pass
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a context manager of the jobs ends failed work quietly",
        {
            "app/database.py": DATABASE
            + """

async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
"""
            + ALIAS,
            "app/jobs.py": """\
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionLocal

logger = logging.getLogger(__name__)


@asynccontextmanager
async def job_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except Exception:
            logger.exception("job failed")
            await session.rollback()


async def vacuum() -> None:
    async with job_session() as session:
        await session.execute(text("VACUUM"))
""",
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a helper that never returns raises for the handler",
        {
            "app/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated, NoReturn

from fastapi import Depends, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


def translate(error: Exception) -> NoReturn:
    if isinstance(error, HTTPException):
        raise error
    raise HTTPException(503, "try again") from error


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        try:
            yield session
        except Exception as error:
            await session.rollback()
            translate(error)
"""
            + ALIAS,
            "app/main.py": ROUTES,
        },
    ),
)
