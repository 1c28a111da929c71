"""What runners tell their hooks: one reader for the shapes of all of them.

The shapes of Claude Code 2.1.332, Codex 0.169 and OpenCode 1.18 (through the plugin that is installed there) are
recorded; those of Gemini CLI, Cursor and Copilot in VS Code are as their references describe them.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct

from fastapi_lint.integrations.hook.edits import FileEdit, Hunk, patched_files, replacement


class Dialect(StrEnum):
    """How an answer must look: as Claude Code reads it, and most others with it, or as Cursor does."""

    CLAUDE = "claude"
    CURSOR = "cursor"


class Edited(Struct, frozen=True):
    """A tool has edited files; ``event`` is the runner's name for that."""

    event: str
    dialect: Dialect
    session: str
    directory: Path
    files: tuple[FileEdit, ...]


class TurnEnded(Struct, frozen=True):
    """The agent wants to stop; ``again`` says that a hook has already sent it back once."""

    dialect: Dialect
    session: str
    directory: Path
    again: bool


Event = Edited | TurnEnded

_EDITED: Final = {
    "PostToolUse": Dialect.CLAUDE,
    "AfterTool": Dialect.CLAUDE,
    "postToolUse": Dialect.CURSOR,
}
_ENDED: Final = {
    "Stop": Dialect.CLAUDE,
    "SubagentStop": Dialect.CLAUDE,
    "AfterAgent": Dialect.CLAUDE,
    "stop": Dialect.CURSOR,
}


_Part = TypeVar("_Part")


class _Patch(Struct, rename={"start": "newStart"}):
    start: Annotated[int, Meta(ge=0)]
    lines: tuple[str, ...]


class _Input(Struct, rename={"camel_path": "filePath", "camel_text": "newString"}):
    """What a tool was called with, by the names that the runners have for it."""

    file_path: str = ""
    camel_path: str = ""
    path: str = ""
    new_string: str | None = None
    camel_text: str | None = None
    command: str = ""


class _Response(Struct, rename={"patches": "structuredPatch"}):
    patches: tuple[_Patch, ...] = ()


class _Payload(Struct):
    hook_event_name: str = ""
    cwd: str = ""
    workspace_roots: tuple[str, ...] = ()
    session_id: str = ""
    conversation_id: str = ""
    tool_input: msgspec.Raw = msgspec.Raw(b"{}")
    tool_response: msgspec.Raw = msgspec.Raw(b"{}")
    stop_hook_active: bool = False
    loop_count: int = 0


def read_event(payload: bytes) -> Event | None:
    """Return what happened, or None when it is nothing that a hook of ours has an answer to.

    Raises:
        msgspec.DecodeError: the payload is not what a runner sends.

    """
    given = msgspec.json.decode(payload, type=_Payload)
    session = given.session_id or given.conversation_id
    directory = Path(given.cwd or next(iter(given.workspace_roots), "") or ".").absolute()
    name = given.hook_event_name
    if name in _ENDED:
        return TurnEnded(_ENDED[name], session, directory, again=given.stop_hook_active or given.loop_count > 0)
    if name not in _EDITED:
        return None
    files = _edited_files(given, directory)
    return Edited(name, _EDITED[name], session, directory, files) if files else None


def _edited_files(given: _Payload, directory: Path) -> tuple[FileEdit, ...]:
    tool = _lenient(given.tool_input, _Input)
    if tool is None:
        return ()
    if "*** Begin Patch" in tool.command:
        return tuple(patched_files(tool.command, directory))
    name = tool.file_path or tool.camel_path or tool.path
    if not name:
        return ()
    response = _lenient(given.tool_response, _Response)
    if response is not None and response.patches:
        return (FileEdit(directory / name, tuple(Hunk(patch.lines, patch.start) for patch in response.patches)),)
    text = tool.new_string if tool.new_string is not None else tool.camel_text
    return (FileEdit(directory / name, None if text is None else (replacement(text),)),)


def _lenient(raw: msgspec.Raw, kind: type[_Part]) -> _Part | None:
    """Return a part of a payload, or None when it has another shape: not every tool is one that edits."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None
