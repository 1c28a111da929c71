"""How the hook's client and its server speak: one question and one answer over a socket that is this user's alone."""

import os
import socket
import sys
from pathlib import Path
from typing import Final

from fastapi_lint.integrations.hook.places import socket_path

ASK: Final = b"A"
QUIT: Final = b"Q"
ANSWERED: Final = b"A"
OUTDATED: Final = b"O"
LISTENING: Final = b"listening\n"
"""What a server says on its standard output once it can be asked."""
WITHOUT_SERVER: Final = "FASTAPI_LINT_NO_SERVER"
_CONNECT_S: Final = 0.5
_START_S: Final = 10
_ANSWER_S: Final = 25
"""Below the time that runners give the hook."""
_LENGTH_BYTES: Final = 4


def ask(payload: bytes, project_directory: str) -> bytes | None:
    """Return the server's answer, or None where no server runs that could answer.

    Raises:
        TimeoutError: the server does not answer in time; answering here would not be faster.

    """
    path = None if os.environ.get(WITHOUT_SERVER) else socket_path()
    if path is None or not path.exists():
        return None
    reply = _exchange(path, encode(project_directory, payload))
    return reply[1:] if reply.startswith(ANSWERED) else None


def stop_server() -> bool:
    """Ask the server to end, and return whether there was one."""
    path = socket_path()
    return path is not None and path.exists() and bool(_exchange(path, QUIT))


def start_server() -> bool:
    """Start a server, apart from this process and its runner, and return whether it listens."""
    if os.environ.get(WITHOUT_SERVER) or not sys.executable or socket_path() is None:
        return False
    import subprocess  # noqa: PLC0415 - only where no server runs

    command = [sys.executable, "-P", "-m", "fastapi_lint.integrations.hook.server"]
    started = subprocess.run(  # noqa: S603 - this installation's own interpreter
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        timeout=_START_S,
        check=False,
    )
    return started.stdout == LISTENING


def encode(project_directory: str, payload: bytes) -> bytes:
    """Return a question as it is sent."""
    project = os.fsencode(project_directory)
    return ASK + len(project).to_bytes(_LENGTH_BYTES, "big") + project + payload


def decode(question: bytes) -> tuple[str, bytes]:
    """Return the project directory and the payload of a question."""
    start = len(ASK) + _LENGTH_BYTES
    end = start + int.from_bytes(question[len(ASK) : start], "big")
    return os.fsdecode(question[start:end]), question[end:]


def receive(connection: socket.socket) -> bytes:
    """Return everything that the other side sends until it has finished."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def _exchange(path: Path, question: bytes) -> bytes:
    """Return the reply to a question, empty when nobody listens any more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.settimeout(_CONNECT_S)
            connection.connect(os.fspath(path))
            connection.settimeout(_ANSWER_S)
            connection.sendall(question)
            connection.shutdown(socket.SHUT_WR)
            return receive(connection)
        except ConnectionError:
            return b""
