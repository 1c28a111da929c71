"""What runners say, as it was recorded from them, or as their references describe it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastapi_lint.integrations.hook.edits import FileEdit, Hunk
from fastapi_lint.integrations.hook.events import Dialect, Edited, TurnEnded, read_event

APP = Path("/home/user/project/app.py")
PATCH = "*** Begin Patch\n*** Update File: app.py\n@@\n-y = 2\n+y = 3\n*** End Patch"


def read(**payload: Any) -> Edited | TurnEnded | None:
    return read_event(json.dumps({"session_id": "s", "cwd": "/home/user/project", **payload}).encode())


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(
            {
                "hook_event_name": "PostToolUse",
                "tool_name": "Write",
                "tool_input": {"file_path": str(APP), "content": "x: int = 'a'\n"},
                "tool_response": {
                    "type": "create",
                    "filePath": str(APP),
                    "content": "x: int = 'a'\n",
                    "structuredPatch": [],
                    "originalFile": None,
                    "userModified": False,
                },
            },
            FileEdit(APP),
            id="Claude Code writes",
        ),
        pytest.param(
            {
                "hook_event_name": "PostToolUse",
                "tool_name": "Edit",
                "tool_input": {"file_path": str(APP), "old_string": "'a'", "new_string": "'b'", "replace_all": False},
                "tool_response": {
                    "filePath": str(APP),
                    "structuredPatch": [
                        {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-x = 'a'", "+x = 'b'"]}
                    ],
                },
            },
            FileEdit(APP, (Hunk(("-x = 'a'", "+x = 'b'"), 1),)),
            id="Claude Code edits",
        ),
        pytest.param(
            {
                "hook_event_name": "PostToolUse",
                "tool_name": "apply_patch",
                "tool_input": {"command": PATCH},
                "tool_response": "Exit code: 0\nOutput:\nSuccess. Updated the following files:\nM app.py\n",
            },
            FileEdit(APP, (Hunk(("-y = 2", "+y = 3")),)),
            id="Codex",
        ),
        pytest.param(
            {
                "hook_event_name": "AfterTool",
                "tool_name": "replace",
                "tool_input": {"file_path": "app.py", "old_string": "a", "new_string": "b"},
                "tool_response": {"llmContent": "done"},
            },
            FileEdit(APP, (Hunk(("+b",)),)),
            id="Gemini CLI",
        ),
        pytest.param(
            {
                "hook_event_name": "PostToolUse",
                "tool_name": "replace_string_in_file",
                "tool_input": {"filePath": str(APP), "oldString": "a", "newString": "b"},
                "tool_response": "ok",
            },
            FileEdit(APP, (Hunk(("+b",)),)),
            id="Copilot in VS Code",
        ),
        pytest.param(
            {"hook_event_name": "postToolUse", "tool_name": "Write", "tool_input": {"path": str(APP)}},
            FileEdit(APP),
            id="Cursor",
        ),
    ],
)
def test_an_edit(payload: dict[str, Any], expected: FileEdit) -> None:
    event = read(**payload)
    assert isinstance(event, Edited)
    assert event.files == (expected,)
    assert event.directory == APP.parent


def test_the_end_of_a_turn() -> None:
    ended = TurnEnded(Dialect.CLAUDE, "s", APP.parent, again=False)
    assert read(hook_event_name="Stop", stop_hook_active=False, last_assistant_message="all done") == ended
    assert read(hook_event_name="SubagentStop", stop_hook_active=True, agent_id="a") == msgspec.structs.replace(
        ended, again=True
    )
    cursor = {"conversation_id": "s", "workspace_roots": [str(APP.parent)], "hook_event_name": "stop", "loop_count": 1}
    assert read_event(json.dumps(cursor).encode()) == TurnEnded(Dialect.CURSOR, "s", APP.parent, again=True)


@pytest.mark.parametrize(
    "payload",
    [
        {"hook_event_name": "SessionStart"},
        {"hook_event_name": "PostToolUse", "tool_input": "text"},
        {"hook_event_name": "PostToolUse", "tool_input": {"command": "ls"}},
        {"hook_event_name": "PostToolUse"},
        {},
    ],
)
def test_what_needs_no_answer(payload: dict[str, Any]) -> None:
    assert read(**payload) is None


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{"cwd": 1}', b"\xff"])
def test_what_no_runner_says(payload: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        read_event(payload)
