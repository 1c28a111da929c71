"""A small FastAPI project that an agent works on, and what its runner tells the hook."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from fastapi_lint.integrations.hook.answers import answer
from tests.conftest import MakeTree

PROJECT: Final = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.128"]\n',
    "shop/__init__.py": "",
    "shop/services.py": """\
import time


def load() -> list[str]:
    return ["a"]


def fetch() -> list[str]:
    time.sleep(1)
    return []
""",
    "shop/routes.py": """\
import time

from fastapi import FastAPI

from shop.services import fetch, load

app = FastAPI()


@app.get("/orders")
async def orders() -> list[str]:
    return load()


@app.get("/old")
async def old() -> list[str]:
    time.sleep(2)
    return []
""",
}

Payload = Mapping[str, Any]
Hook = Callable[[Payload], str]


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the hook's log and sessions to this test, and the paths that it works in."""
    state = tmp_path / "state"
    monkeypatch.setenv("XDG_CACHE_HOME", str(state))
    monkeypatch.delenv("CLAUDE_PROJECT_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    return state / "fastapi-lint"


@pytest.fixture
def project(make_tree: MakeTree) -> Path:
    """Return a project in which ``old`` has been blocking for a while."""
    return make_tree(PROJECT)


def edited(root: Path, name: str, before: str, after: str) -> Payload:
    """Write an edit, and return what Claude Code says about it."""
    path = root / name
    old = path.read_text("utf-8")
    assert before in old
    new = old.replace(before, after, 1)
    path.write_text(new, "utf-8")
    start = old[: old.index(before)].count("\n") + 1
    lines = [f"-{line}" for line in before.splitlines()] + [f"+{line}" for line in after.splitlines()]
    patch = {"newStart": start, "lines": lines}
    return payload(root, path, {"old_string": before, "new_string": after}, {"structuredPatch": [patch]})


def created(root: Path, name: str, content: str) -> Payload:
    """Write a new file, and return what Claude Code says about it."""
    path = root / name
    path.write_text(content, "utf-8")
    return payload(root, path, {"content": content}, {"type": "create", "structuredPatch": []})


def payload(root: Path, path: Path, given: Payload, response: Payload) -> Payload:
    """Return the payload of an edit."""
    return {
        "session_id": "session",
        "cwd": str(root),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_input": {"file_path": str(path), **given},
        "tool_response": response,
    }


def ended(root: Path, *, again: bool = False) -> Payload:
    """Return what Claude Code says at the end of a turn."""
    return {"session_id": "session", "cwd": str(root), "hook_event_name": "Stop", "stop_hook_active": again}


def ask(given: Payload) -> Mapping[str, Any]:
    """Return the hook's answer; an empty one when it is silent."""
    found = answer(json.dumps(given).encode())
    return json.loads(found) if found else {}


def context(given: Payload) -> str:
    """Return what the hook says after an edit; empty when it is silent."""
    found = ask(given)
    text = found["hookSpecificOutput"]["additionalContext"] if found else ""
    assert isinstance(text, str)
    return text
