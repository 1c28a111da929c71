"""The engine, its sessions, and the one place that commits a request."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import AdaptedConnection, Dialect, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.config import Settings


@dataclass(frozen=True, slots=True)
class Database:
    """An engine and the factory of its sessions; made when the application starts."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]


def create_database(settings: Settings) -> Database:
    """Make the engine; nothing connects before the first query."""
    url = settings.database_url.get_secret_value()
    engine = create_async_engine(
        url,
        pool_size=settings.database_pool_size,
        max_overflow=0,  # under load requests wait for a connection instead of opening one each
        hide_parameters=True,  # error messages go to logs, values do not
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine.sync_engine, "checkout", _refuse_lost)
    return Database(engine, async_sessionmaker(engine, expire_on_commit=False))


def _connect(
    dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
) -> DBAPIConnection:
    """Raise an OperationalError (PEP 249) for all that keeps the database from being reached.

    asyncpg raises an OSError, as any other connection does, or an error without a kind.
    """
    try:
        return dialect.connect(*arguments, **options)
    except (OSError, dialect.loaded_dbapi.Error) as error:
        raise dialect.loaded_dbapi.OperationalError(str(error)) from error


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """SQLite ignores foreign keys and lets readers block writers unless each connection asks."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _refuse_lost(connection: AdaptedConnection, *_: object) -> None:
    """Let the pool replace a connection that the server has closed, as after a restart.

    `pool_pre_ping=True` finds that out too, with three round trips to the database a request.
    What is lost after this one fails, and is answered by 503.
    """
    try:
        connection.run_async(lambda driver: driver.execute("SELECT 1"))
    except Exception as error:
        raise DisconnectionError from error


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open the session of a request; commit when the handler returns, roll back when it raises."""
    database: Database = request.app.state.database
    async with database.sessions() as session:
        yield session
        await session.commit()


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""The session of a request. With scope="function" the commit happens before the response is sent:
a commit that fails is an error for the client, and what a 201 announced can be read at once.
A background task or a streamed response opens a session of its own."""
