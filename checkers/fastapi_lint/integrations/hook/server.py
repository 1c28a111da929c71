"""Answers the hook's questions from one process that stays: importing the analyser takes longer than most answers.

Between two questions it keeps what it knows of the project that the last one was about, as far as edits leave it true,
so that an answer is the same with or without it. It ends after a while without a question, and as soon as the installed
code is newer than its own.
"""

import fcntl
import gc
import os
import socket
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from fastapi_lint.integrations.hook.places import installed_code, log_failure, socket_path
from fastapi_lint.integrations.hook.wire import ANSWERED, ASK, LISTENING, OUTDATED, QUIT, decode, receive

Answer = Callable[[bytes, str], bytes]

IDLE_S: Final = 20 * 60
_READ_S: Final = 5
_WAITING: Final = 16


def main() -> None:
    """Serve this installation's hooks; where a server of it already runs, say so and end."""
    path = socket_path()
    if path is None:
        return
    with path.with_suffix(".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say_that_it_listens()
            return
        _serve(path)


def _serve(path: Path) -> None:
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(os.fspath(path))
        path.chmod(0o600)
        listening.listen(_WAITING)
        listening.settimeout(IDLE_S)
        _say_that_it_listens()
        code = installed_code()
        # The first question waits meanwhile.
        from fastapi_lint.integrations.hook.answers import answer  # noqa: PLC0415
        from fastapi_lint.workspace import Workspace  # noqa: PLC0415

        answering = partial(answer, workspace=Workspace())
        # What is imported stays: the collector need not look at it again, and runs between two questions.
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            while _serve_one(listening, answering, code):
                gc.collect()
        finally:
            path.unlink(missing_ok=True)


def _say_that_it_listens() -> None:
    """Tell the client that waits for it, and let go of its pipe."""
    os.write(1, LISTENING)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _serve_one(listening: socket.socket, answer: Answer, code: int) -> bool:
    """Answer one question, and return whether to wait for another."""
    try:
        connection, _ = listening.accept()
    except TimeoutError:
        return False
    with connection:
        try:
            connection.settimeout(_READ_S)
            question = receive(connection)
            outdated = installed_code() != code
            connection.sendall(OUTDATED if outdated else ANSWERED + _reply(question, answer))
        except OSError:
            log_failure(traceback.format_exc())
            return True
    return not outdated and not question.startswith(QUIT)


def _reply(question: bytes, answer: Answer) -> bytes:
    if not question.startswith(ASK):
        return b""
    project, payload = decode(question)
    try:
        return answer(payload, project)
    except Exception:  # noqa: BLE001 - the next edit deserves an answer
        log_failure(traceback.format_exc())
        return b""
    finally:
        os.chdir("/")


if __name__ == "__main__":
    # The process that was started ends when its child lets go of the pipe, so that nobody has a child to wait for.
    if os.fork() == 0:
        main()
