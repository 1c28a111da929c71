"""The hook as a process: alone, with its server, and with whatever a runner may send."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fastapi_lint.integrations.hook import places, server, wire
from tests.integrations.hook.conftest import Payload, edited

SLOW = "    time.sleep(1)\n    return load()"


@pytest.fixture(autouse=True)
def own_server(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give this test a place for a server of its own, and end that."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    monkeypatch.delenv(wire.WITHOUT_SERVER, raising=False)
    yield
    wire.stop_server()


def run(stdin: bytes, **environment: str) -> bytes:
    """Run the hook and return what it prints; it says nothing else, and always succeeds."""
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_lint", "hook"],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        check=True,
        timeout=600,
    )
    assert done.stderr == b""
    return done.stdout


def told(output: bytes) -> str:
    """Return the context that the hook prints."""
    found: Mapping[str, Mapping[str, str]] = json.loads(output)
    return found["hookSpecificOutput"]["additionalContext"]


def encoded(given: Payload) -> bytes:
    return json.dumps(given).encode()


@pytest.mark.parametrize("stdin", [b"", b"{", b"null", b"\xff\x00", b'{"hook_event_name": "PostToolUse"}'])
def test_what_it_does_not_understand_is_silence(stdin: bytes) -> None:
    assert run(stdin, FASTAPI_LINT_NO_SERVER="1") == b""


def test_what_went_wrong_is_in_the_log(own_state: Path, project: Path) -> None:
    (project / "fastapi-lint.toml").write_text("nonsense = 1\n")
    given = edited(project, "shop/routes.py", "    return load()", SLOW)
    assert run(encoded(given), FASTAPI_LINT_NO_SERVER="1") == b""
    assert "nonsense" in (own_state / "hook.log").read_text("utf-8")


def test_a_log_that_cannot_be_written_is_silence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run(b"{", FASTAPI_LINT_NO_SERVER="1", XDG_CACHE_HOME=str(tmp_path / "file")) == b""


def test_the_server_answers_as_the_process_does(project: Path) -> None:
    given = encoded(edited(project, "shop/routes.py", "    return load()", SLOW))
    alone = run(given, FASTAPI_LINT_NO_SERVER="1")
    assert wire.ask(given, "") is None
    assert run(given) == alone
    assert wire.ask(given, "") == alone
    edited(project, "shop/routes.py", "    time.sleep(1)\n", "")
    assert run(given) == b""
    assert wire.stop_server()
    assert "FL201" in told(alone)


def test_an_error_in_the_server_is_silence_and_the_next_edit_is_answered(own_state: Path, project: Path) -> None:
    config = project / "fastapi-lint.toml"
    config.write_text("nonsense = 1\n")
    given = encoded(edited(project, "shop/routes.py", "    return load()", SLOW))
    assert wire.start_server()
    assert run(given) == b""
    assert "nonsense" in (own_state / "hook.log").read_text("utf-8")
    config.unlink()
    assert "FL201" in told(run(given))


def test_there_is_one_server() -> None:
    assert wire.start_server()
    assert wire.start_server()
    assert wire.stop_server()
    assert not wire.stop_server()


def test_a_server_of_older_code_does_not_answer(project: Path) -> None:
    given = encoded(edited(project, "shop/routes.py", "    return load()", SLOW))
    path = places.socket_path()
    assert path is not None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening, ThreadPoolExecutor(1) as pool:
        listening.bind(os.fspath(path))
        listening.listen()
        goes_on = pool.submit(server._serve_one, listening, lambda _payload, _project: b"wrong", 0)
        assert wire.ask(given, "") is None
        assert goes_on.result(60) is False


def test_what_a_dead_server_left_is_no_obstacle(project: Path) -> None:
    given = encoded(edited(project, "shop/routes.py", "    return load()", SLOW))
    path = places.socket_path()
    assert path is not None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as forgotten:
        forgotten.bind(os.fspath(path))
    assert "FL201" in told(run(given))


def test_a_directory_of_somebody_else_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "fastapi-lint").mkdir(mode=0o755)
    (tmp_path / "fastapi-lint").chmod(0o755)
    assert places.socket_path() is None


def test_a_link_in_its_place_is_not_followed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "fastapi-lint").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert places.socket_path() is None


def test_without_a_runtime_directory_it_lies_where_nobody_can_exchange_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    path = places.socket_path()
    assert path is not None
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.parent.parent == Path("/tmp")


def test_people_can_end_the_server(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_lint", "hook", "--stop"],
        capture_output=True,
        check=True,
        timeout=600,
        cwd=project,
    )
    assert done.stderr == b"note: nothing to stop\n"


def test_in_a_terminal_it_waits_for_nobody() -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "fastapi_lint", "hook"], stdin=theirs, capture_output=True, check=False, timeout=600
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 2
    assert b"this reads JSON from a runner" in done.stderr
