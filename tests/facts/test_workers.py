"""Processes share the files of a project; one that dies costs nothing but its work."""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts import workers
from fastapi_lint.facts.extraction import Extracted, extract_file
from fastapi_lint.facts.workers import extract_in_processes
from tests.facts.conftest import Files

Write = Callable[[Mapping[str, str | bytes]], Files]


@pytest.fixture
def files(write: Write) -> Files:
    """Return some files."""
    return write({f"m{number:02}.py": f"x{number} = 1" for number in range(20)})


def ignore(_count: int) -> None:
    """Tell nobody."""


def keys_of(failures: list[Extracted]) -> list[str]:
    return [item.failure.key for item in failures if item.failure is not None]


def test_every_file_is_taken_once_when_one_process_works(files: Files) -> None:
    board = workers._Board(1, 3)
    seen = [(number, board.current(0)) for number in board.take(0)]
    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert (board.taken, board.current(0)) == (3, -1)


def test_results_are_in_the_order_of_the_files(files: Files) -> None:
    assert extract_in_processes(files, 3, ignore) == [extract_file(file) for file in files]


needs_fork = pytest.mark.skipif(
    sys.platform != "linux", reason="only a copy of this process knows the test's extractor"
)


class Deadly:
    """Extracts files, and lets a process beside this one die at one of them."""

    def __init__(self, key: str, kill: Callable[[], None]) -> None:
        self._key = key
        self._kill = kill
        self._first = os.getpid()

    def __call__(self, file: SourceFile) -> Extracted:
        if os.getpid() != self._first and file.key == self._key:
            self._kill()
        return extract_file(file)


@pytest.fixture
def only_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first process take no file, so that the others, which are copies of it, take all."""
    monkeypatch.setattr(workers, "_context", lambda: multiprocessing.get_context("fork"))
    take = workers._Board.take

    def take_as_other(board: workers._Board, process: int) -> Iterator[int]:
        return iter(()) if process == 0 and board._files > 1 else take(board, process)

    monkeypatch.setattr(workers._Board, "take", take_as_other)


@needs_fork
@pytest.mark.usefixtures("only_others_work")
def test_a_file_that_kills_its_process_twice_is_a_failure_and_the_others_are_done(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "extract_file", Deadly("m07.py", lambda: os.kill(os.getpid(), signal.SIGKILL)))
    found = extract_in_processes(files, 2, ignore)
    assert keys_of(found) == ["m07.py"]
    failure = found[7].failure
    assert failure is not None
    assert failure.message == "the process that read this file died (exit code -9)"
    assert [item for item in found if item.failure is None] == [
        extract_file(file) for file in files if file.key != "m07.py"
    ]


@needs_fork
@pytest.mark.usefixtures("only_others_work")
def test_a_process_that_somebody_ends_is_no_failure_of_a_file(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "died"

    def die_once() -> None:
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(workers, "extract_file", Deadly("m03.py", die_once))
    assert extract_in_processes(files, 2, ignore) == [extract_file(file) for file in files]
    assert mark.exists()


def test_without_shared_memory_one_process_does_all(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(workers, "RawArray", refuse)
    assert extract_in_processes(files, 2, ignore) == [extract_file(file) for file in files]


def test_as_many_processes_work_as_the_system_gives(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    start = multiprocessing.process.BaseProcess.start
    started: list[str] = []

    def start_one(process: multiprocessing.process.BaseProcess) -> None:
        if started:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(process.name)
        start(process)

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", start_one)
    assert extract_in_processes(files, 4, ignore) == [extract_file(file) for file in files]
    assert len(started) == 1


def test_processes_end_with_the_first(files: Files) -> None:
    def interrupt(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_in_processes(files, 3, interrupt)
    assert multiprocessing.active_children() == []


@pytest.fixture
def _process_settings() -> Iterator[None]:
    """Restore what a process beside the first changes for itself."""
    handler = signal.getsignal(signal.SIGINT)
    collecting = gc.isenabled()
    yield
    signal.signal(signal.SIGINT, handler)
    if collecting:
        gc.enable()


@pytest.mark.usefixtures("_process_settings")
def test_a_process_sends_all_that_it_found(files: Files) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    workers._work(workers._Board(1, 3), 0, files, sender)
    found = msgspec.msgpack.decode(receiver.recv_bytes(), type=dict[int, Extracted])
    assert found == {number: extract_file(files[number]) for number in range(3)}
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    receiver.close()
    sender.close()


@pytest.mark.usefixtures("_process_settings")
def test_a_process_ends_quietly_when_nobody_waits(files: Files) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    receiver.close()
    workers._work(workers._Board(1, 1), 0, files, sender)
    sender.close()
