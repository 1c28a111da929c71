"""Runs a rule's example as the program it is: its files on disk, imported fresh, its engines disposed afterwards.

Invariant: when a ``RunningProject`` is closed, nothing of it is left in the interpreter (modules, path, mapped tables).
"""

import asyncio
import importlib
import os
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Self, TypeVar

import httpx
from sqlalchemy import Engine, MetaData, Pool, PoolProxiedConnection, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn
from sqlmodel import SQLModel

from fastapi_lint.rules.base import Example

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Message, Receive, Send], Awaitable[None]]
Value = TypeVar("Value")

_TURNS = 300
AIOSQLITE_THREAD = "_connection_worker_thread"


def titled(examples: Iterable[Example], title: str) -> Example:
    """Return the one example with this title."""
    (found,) = [example for example in examples if example.title == title]
    return found


def moved(example: Example, url: str) -> Example:
    """Return the example with its SQLite file replaced by another database."""
    files = {name: text.replace("sqlite+aiosqlite:///./app.db", url) for name, text in example.files.items()}
    assert files != example.files
    return Example(example.kind, example.title, files)


def write(example: Example, root: Path) -> None:
    """Write the example's files below the root."""
    for name, text in example.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class RunningProject:
    """An example imported in this interpreter; the working directory is its root, so that ``./app.db`` is its own."""

    def __init__(self, example: Example, root: Path) -> None:
        write(example, root)
        self.root = root
        self._previous = Path.cwd()
        os.chdir(root)
        sys.path.insert(0, str(root))
        importlib.invalidate_caches()

    def module(self, name: str) -> Any:
        """Import one of the example's modules."""
        return importlib.import_module(name)

    def modules(self) -> tuple[ModuleType, ...]:
        """Return the modules of the example that are imported by now."""
        root = str(self.root)
        return tuple(
            module
            for module in list(sys.modules.values())
            if (getattr(module, "__file__", None) or "").startswith(root)
        )

    def run(self, scenario: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
        """Run a scenario in a fresh event loop; what it leaves behind ends there: tasks, connections, engines."""

        async def whole() -> Value:
            try:
                return await scenario()
            finally:
                await finish_other_tasks()
                for checkout in list(left_out.values()):
                    await greenlet_spawn(checkout.invalidate)
                await self._dispose_engines()
                await _finish_driver_threads()

        with _connections_left_out() as left_out:
            return asyncio.run(whole())

    def close(self) -> None:
        """Forget the example: its modules, its place on the path, and the tables that SQLModel keeps globally."""
        for value in self._globals():
            if isinstance(value, Engine):
                value.dispose()
        for module in self.modules():
            del sys.modules[module.__name__]
        for name in [name for name, module in list(sys.modules.items()) if _is_namespace_of(module, self.root)]:
            del sys.modules[name]
        sys.path.remove(str(self.root))
        os.chdir(self._previous)
        SQLModel.metadata.clear()
        SQLModel._sa_registry.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _dispose_engines(self) -> None:
        for value in self._globals():
            if isinstance(value, AsyncEngine):
                await value.dispose()

    def _globals(self) -> tuple[object, ...]:
        return tuple(value for module in self.modules() for value in list(vars(module).values()))


def _is_namespace_of(module: ModuleType, root: Path) -> bool:
    """Tell whether this is a folder of the example without an ``__init__.py``."""
    paths: Iterable[str] = getattr(module, "__path__", None) or ()
    return getattr(module, "__file__", None) is None and any(path.startswith(str(root)) for path in paths)


@contextmanager
def _connections_left_out() -> Iterator[dict[int, PoolProxiedConnection]]:
    """Collect what is checked out of any pool in the block and never checked in: no collector returns it by chance."""
    left_out: dict[int, PoolProxiedConnection] = {}

    def checked_out(_connection: object, record: object, checkout: PoolProxiedConnection) -> None:
        left_out[id(record)] = checkout

    def checked_in(_connection: object, record: object) -> None:
        left_out.pop(id(record), None)

    event.listen(Pool, "checkout", checked_out)
    event.listen(Pool, "checkin", checked_in)
    try:
        yield left_out
    finally:
        event.remove(Pool, "checkout", checked_out)
        event.remove(Pool, "checkin", checked_in)


async def finish_other_tasks() -> None:
    """Wait until every other task of the loop has ended, well or not."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


async def _finish_driver_threads() -> None:
    """Let the threads of aiosqlite answer to this loop: a cancelled task does not wait for the one that it started."""
    deadline = asyncio.get_running_loop().time() + 60
    while any(AIOSQLITE_THREAD in thread.name for thread in threading.enumerate()):
        assert asyncio.get_running_loop().time() < deadline, "a connection is never closed"
        await asyncio.sleep(0.001)


class Timeline:
    """What happened, in order: responses sent, transactions committed, and what a test adds."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def watch_commits(self, engine: AsyncEngine | Engine) -> None:
        """Note each COMMIT that the engine sends."""
        target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
        event.listen(target, "commit", lambda _connection: self.events.append("commit"))

    def watch_responses(self, app: ASGIApp, on_response: Callable[[], None] = lambda: None) -> ASGIApp:
        """Return the app; the last byte of a response is noted, and ``on_response`` runs when the client has it."""

        async def watched(scope: Message, receive: Receive, send: Send) -> None:
            async def noted(message: Message) -> None:
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body", False):
                    self.events.append("response")
                    on_response()

            await app(scope, receive, noted)

        return watched


def client(app: ASGIApp) -> httpx.AsyncClient:
    """Return a client that sees what a remote client sees: an exception in the app is a 500, or nothing at all."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@contextmanager
def counted_statements(engine: AsyncEngine | Engine, starting: str = "SELECT") -> Iterator[list[str]]:
    """Collect the statements that the engine executes in the block and that start so."""
    target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(starting):
            statements.append(statement)

    event.listen(target, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(target, "before_cursor_execute", note)


class LoopWatch:
    """Beats on the event loop, so that a call can tell whether the loop moves on while the call runs."""

    def __init__(self) -> None:
        self._beat = threading.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beating())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()

    def moves(self) -> bool:
        """Wait for the next beat: false if the caller keeps the loop from beating.

        That is so when this thread got to run some hundred times meanwhile: on a busy machine both get there later.
        """
        self._beat.clear()
        return any(self._beat.wait(0.001) for _ in range(_TURNS))

    async def _beating(self) -> None:
        while True:
            self._beat.set()
            await asyncio.sleep(0.001)


async def create_tables(engine: AsyncEngine, metadata: MetaData) -> None:
    """Create the example's tables."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


def rows(database: Path, table: str) -> int:
    """Count the rows that another connection sees: what is committed, and nothing else."""
    with closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return count
