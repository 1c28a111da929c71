"""Runs the migrations on the database that the settings name, through its async driver."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.config import get_settings
from app.models.base import UtcDateTime
from app.models.registry import Base

URL = context.config.attributes.get("database_url") or (
    get_settings().database_url.get_secret_value()
)


def render_item(kind: str, item: object, _: object) -> str | Literal[False]:
    """Keep application code out of migrations: what runs later must not depend on it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run on an open connection; in batches, since SQLite alters a table by copying it."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online() -> None:
    """Connect, run, disconnect."""
    engine = create_async_engine(URL, poolclass=NullPool, hide_parameters=True)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def print_sql() -> None:
    """Print the statements instead (`alembic upgrade head --sql`)."""
    context.configure(url=URL, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    asyncio.run(migrate_online())
