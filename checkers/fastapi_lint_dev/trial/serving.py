"""A project under uvicorn with real sockets, and all that it writes to its log."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Final

from fastapi_lint_dev.trial.workspace import tool_environment

_STARTED: Final = re.compile(r"Uvicorn running on (http://[\w.]+:\d+)")


class ServerFailedError(Exception):
    """The server ended before it served; the message is its log."""


class Server:
    """A running server: its process, its address, and its log so far."""

    def __init__(self, pid: int, output: IO[str]) -> None:
        self.pid = pid
        self.lines: list[str] = []
        self._addresses: Queue[str | None] = Queue()
        self._reader = Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()
        address = self._addresses.get()
        if address is None:
            raise ServerFailedError("".join(self.lines))
        self.url = address

    def _read(self, output: IO[str]) -> None:
        for line in output:
            self.lines.append(line)
            if started := _STARTED.search(line):
                self._addresses.put(started[1])
        self._addresses.put(None)

    @property
    def log(self) -> str:
        """Return all lines so far."""
        return "".join(self.lines)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the process do nothing; what others send it meanwhile waits, as on a machine that is busy (POSIX)."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def finish(self) -> None:
        """Read the log to its end."""
        self._reader.join()


@contextmanager
def serving(
    python: Path, root: Path, application: str, environment: Mapping[str, str], options: Sequence[str] = ()
) -> Iterator[Server]:
    """Serve an application with an interpreter on a free port; every warning is an error unless options say else.

    Raises:
        ServerFailedError: it did not start.

    """
    command = [str(python), *(options or ["-W", "error"]), "-m", "uvicorn", application, "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=root,
        env=tool_environment(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        server = Server(process.pid, process.stdout)
        try:
            yield server
        finally:
            process.terminate()
            server.finish()
