"""Extracts many files with several processes; the result does not depend on their number (I5).

This process works, too. Nobody waits for anybody: each takes the next file from a counter that all share, the largest
first, and what the others have found is collected when none is left. A process that dies costs only its work.
"""

import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawArray
from typing import TYPE_CHECKING, Final

import msgspec

from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts.extraction import Extracted, extract_file
from fastapi_lint.facts.failures import ParseFailure

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, SpawnContext

    _Context = ForkContext | SpawnContext

_log = logging.getLogger(__name__)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[int, Extracted])
_NOTHING: Final = -1


class _Board:
    """What the processes share: the number of the next file, and for each process the number of the file it reads.

    There is no lock that a dying process could keep. When two processes read the counter at the same moment both take
    the same file: a file is then done twice, but never left out.
    """

    def __init__(self, processes: int, files: int) -> None:
        self._files = files
        self._numbers = RawArray(ctypes.c_int64, [0, *([_NOTHING] * processes)])

    def take(self, process: int) -> Iterator[int]:
        """Yield the numbers of files until none is left."""
        while (number := self._numbers[0]) < self._files:
            self._numbers[0] = number + 1
            self._numbers[process + 1] = number
            yield number
        self._numbers[process + 1] = _NOTHING

    @property
    def taken(self) -> int:
        """Return how many files have been taken."""
        return min(self._numbers[0], self._files)

    def current(self, process: int) -> int:
        """Return the number of the file that a process reads or was reading when it died."""
        return int(self._numbers[process + 1])


class _Worker:
    """A process beside this one."""

    def __init__(self, context: "_Context", board: _Board, number: int, files: Sequence[SourceFile]) -> None:
        self._board = board
        self._number = number
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(board, number, files, sender), daemon=True)
        self._process.start()
        sender.close()

    def result(self) -> dict[int, Extracted]:
        """Wait for the process, and return what it found: nothing when it died."""
        try:
            return _decoder.decode(self._receiver.recv_bytes())
        except EOFError:
            _log.info("a worker process died (exit code %s)", self.exit_code)
            return {}

    @property
    def died_at(self) -> int | None:
        """Return the number of the file that the process was reading when it died, or None when it ended well."""
        number = self._board.current(self._number)
        return None if number == _NOTHING else number

    @property
    def exit_code(self) -> int | None:
        """Wait for the process, and return how it ended; a negative number is a signal."""
        self._process.join()
        return self._process.exitcode

    def stop(self) -> None:
        """End the process where it still runs."""
        self._receiver.close()
        self._process.terminate()
        self._process.join()


def extract_in_processes(
    files: Sequence[SourceFile], processes: int, progress: Callable[[int], None]
) -> list[Extracted]:
    """Return what became of each file, in the order of the files.

    Args:
        files: what to read, the largest first, so that all processes end at the same time.
        processes: how many processes work, this one included.
        progress: told how many files have been begun.

    """
    try:
        board = _Board(processes, len(files))
    except OSError as error:
        _log.info("there is no memory that processes could share: %s", error)
        return [extract_file(file) for file in files]
    context = _context()
    workers = _started(context, board, processes, files)
    found: dict[int, Extracted] = {}
    try:
        for number in board.take(0):
            found[number] = extract_file(files[number])
            progress(board.taken)
        for worker in workers:
            found |= worker.result()
        progress(len(files))
        for suspect in {worker.died_at for worker in workers}:
            if suspect is not None:
                found[suspect] = _extract_alone(context, files[suspect])
    finally:
        for worker in workers:
            worker.stop()
    return [found[number] if number in found else extract_file(file) for number, file in enumerate(files)]


def _started(context: "_Context", board: _Board, processes: int, files: Sequence[SourceFile]) -> list[_Worker]:
    """Start the other processes, or as many as the system gives: fewer do the same work."""
    workers: list[_Worker] = []
    try:
        for number in range(1, processes):
            workers.append(_Worker(context, board, number, files))  # noqa: PERF401 - those before an error count
    except OSError as error:
        _log.info("the system gives no more processes than %d: %s", len(workers) + 1, error)
    return workers


def _extract_alone(context: "_Context", file: SourceFile) -> Extracted:
    """Try again with a file whose process died: not the file is at fault where somebody ended the process."""
    worker = _Worker(context, _Board(1, 1), 0, [file])
    try:
        found = worker.result()
        if found:
            return found[0]
        message = f"the process that read this file died (exit code {worker.exit_code})"
        return Extracted(b"", b"", ParseFailure(file.key, 1, 1, message), ())
    finally:
        worker.stop()


def _work(board: _Board, number: int, files: Sequence[SourceFile], sender: "Connection[bytes, bytes]") -> None:
    """Do the work of one process beside the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is told, and ends this one
    gc.disable()
    found = {taken: extract_file(files[taken]) for taken in board.take(number)}
    with suppress(BrokenPipeError):  # nobody waits for the result
        sender.send_bytes(_encoder.encode(found))


def _context() -> "_Context":
    """Return the cheapest way to start a process that is safe: a copy of this one where it has no other threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            if len(os.listdir("/proc/self/task")) == 1:  # noqa: PTH208 - names are enough
                return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")
