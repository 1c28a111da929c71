"""What proofs share: examples opened as programs, and what they talk to."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fastapi_lint.rules.base import Example
from fastapi_lint_dev.trial.postgres import Postgres, through_asyncpg
from tests.proofs.running import LoopWatch, RunningProject

OpenProject = Callable[[Example], RunningProject]


@pytest.fixture
def open_project(tmp_path: Path) -> Iterator[OpenProject]:
    """Open examples as programs; they are closed when the test ends, the last one first."""
    with ExitStack() as stack:
        opened = 0

        def opening(example: Example) -> RunningProject:
            nonlocal opened
            opened += 1
            root = tmp_path / f"project{opened}"
            root.mkdir()
            return stack.enter_context(RunningProject(example, root))

        yield opening


@pytest.fixture
def collected() -> Iterator[None]:
    """Collect garbage when the test ends: a coroutine that nobody awaited complains in the test that expects it."""
    gc.freeze()  # what was there before the test need not be looked at
    yield
    gc.collect()
    gc.unfreeze()


@pytest.fixture
def postgres_database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make an empty PostgreSQL database and point an example's ``DATABASE_URL`` at it, through asyncpg."""
    url = through_asyncpg(postgres.create_database())
    monkeypatch.setenv("DATABASE_URL", url)
    return url


class Upstream:
    """An HTTP server in a thread: it answers as soon as it sees the caller's event loop move, or gives up."""

    def __init__(self) -> None:
        self.watch = LoopWatch()
        self.loop_moved: list[bool] = []
        noted = self._note

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                noted()
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:  # the test's output is the tests'
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def _note(self) -> None:
        self.loop_moved.append(self.watch.moves())

    @property
    def url(self) -> str:
        """Return the address to call."""
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    """Serve what an example's ``UPSTREAM`` names."""
    served = Upstream()
    monkeypatch.setenv("UPSTREAM", served.url)
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()
