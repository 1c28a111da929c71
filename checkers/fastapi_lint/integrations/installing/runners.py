"""What each runner gets, and where it looks for it, in a project and in a home."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

from fastapi_lint.integrations.installing.forms import Agent
from fastapi_lint.integrations.installing.pieces import Hooks, InstallError, Json, Piece, Section, WholeFile
from fastapi_lint.resources import Resource, resource_directory


class Runner(StrEnum):
    """Who loads what is installed."""

    CLAUDE = "claude"
    CODEX = "codex"
    COPILOT = "copilot"
    CURSOR = "cursor"
    GEMINI = "gemini"
    OPENCODE = "opencode"
    AGENTS_MD = "agents-md"


AFTERWARDS: Final[Mapping[Runner, str]] = {
    Runner.CODEX: "Codex runs new hooks only after you have trusted them: type /hooks in it",
    Runner.GEMINI: "Gemini CLI runs hooks only in folders that you have trusted",
    Runner.OPENCODE: "OpenCode has no hook at the end of a turn: edits in a shell are not checked",
}
"""What the user still has to do or to know."""

_TOP: Final = "$(git rev-parse --show-toplevel 2>/dev/null || pwd)"
_SHARED_SKILLS: Final = PurePosixPath(".agents/skills")
_EDIT_S: Final = 30
_TURN_S: Final = 60

_SECTION: Final = """\
## FastAPI

This project is checked by `fastapi-lint`, which follows each request through the whole project and shows the path of
a defect as evidence. After a change of Python code run `fastapi-lint` on the changed files, read the evidence, and
repair the cause; a suppression needs a reason. `fastapi-lint rule CODE` explains a finding. Before work on FastAPI,
SQLAlchemy or Pydantic code, read the skill in `.agents/skills` whose description fits.
"""


def pieces_for(runner: Runner, *, for_user: bool) -> tuple[Piece, ...]:
    """Return what a runner gets.

    Raises:
        InstallError: the runner has no such thing for a user.

    """
    return tuple(_PIECES[runner](for_user))


def _claude(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    yield WholeFile(PurePosixPath(".claude/agents/fastapi.md"), Agent().original)
    yield from _skills(PurePosixPath(".claude/skills"))
    yield from _hooked(PurePosixPath(".claude"), "settings.json", "$CLAUDE_PROJECT_DIR", for_user, _claude_events)


def _codex(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    yield WholeFile(PurePosixPath(".codex/agents/fastapi.toml"), Agent().for_codex())
    yield from _skills(_SHARED_SKILLS)
    yield from _hooked(PurePosixPath(".codex"), "hooks.json", "", for_user, _turn_events)


def _copilot(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    agents = ".copilot/agents" if for_user else ".github/agents"
    yield WholeFile(PurePosixPath(agents, "fastapi.agent.md"), Agent().for_copilot())
    yield from _skills(_SHARED_SKILLS)
    if not for_user:
        yield from _hooked(PurePosixPath(".github/hooks"), "fastapi-lint.json", "", for_user, _copilot_events)


def _cursor(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    yield WholeFile(PurePosixPath(".cursor/agents/fastapi.md"), Agent().for_cursor())
    yield from _skills(_SHARED_SKILLS)
    yield from _hooked(PurePosixPath(".cursor"), "hooks.json", "", for_user, _cursor_events, {"version": 1})


def _gemini(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    yield WholeFile(PurePosixPath(".gemini/agents/fastapi.md"), Agent().for_gemini())
    yield from _skills(_SHARED_SKILLS)
    yield from _hooked(PurePosixPath(".gemini"), "settings.json", "$GEMINI_PROJECT_DIR", for_user, _gemini_events)


def _opencode(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    home = PurePosixPath(".config/opencode" if for_user else ".opencode")
    yield WholeFile(home / "agents/fastapi.md", Agent().for_opencode())
    yield from _skills(_SHARED_SKILLS)
    yield WholeFile(home / "plugins/fastapi-lint.js", _hook_file("opencode.js"))
    yield WholeFile(home / "plugins/fastapi-lint/launch.sh", _hook_file("launch.sh"))


def _agents_md(for_user: bool) -> Iterator[Piece]:  # noqa: FBT001 - one of a table
    if for_user:
        raise InstallError("AGENTS.md belongs to a project: leave out --user")
    yield Section(PurePosixPath("AGENTS.md"), _SECTION)
    yield from _skills(_SHARED_SKILLS)


_PIECES: Final[Mapping[Runner, Callable[[bool], Iterator[Piece]]]] = {
    Runner.CLAUDE: _claude,
    Runner.CODEX: _codex,
    Runner.COPILOT: _copilot,
    Runner.CURSOR: _cursor,
    Runner.GEMINI: _gemini,
    Runner.OPENCODE: _opencode,
    Runner.AGENTS_MD: _agents_md,
}

_Events = Mapping[str, list[Json]]


def _skills(target: PurePosixPath) -> Iterator[Piece]:
    source = resource_directory(Resource.SKILLS)
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_file() and len(relative.parts) > 1 and "__pycache__" not in relative.parts:
            yield WholeFile(target / relative.as_posix(), path.read_text("utf-8"))


def _hooked(
    home: PurePosixPath,
    settings: str,
    project: str,
    for_user: bool,  # noqa: FBT001 - passed on
    events: Callable[[str], _Events],
    frame: Json = {},  # noqa: B006 - never changed
) -> Iterator[Piece]:
    """Yield the launcher, and the settings that run it; ``project`` is the runner's name for the project, if any.

    A shell that cannot find the launcher may exit with 2, which would tell the agent that its edit was blocked.
    """
    launcher = home / "fastapi-lint/launch.sh"
    yield WholeFile(launcher, _hook_file("launch.sh"))
    place = "$HOME" if for_user else project or _TOP
    yield Hooks(home / settings, events(f'sh "{place}/{launcher}" || true'), str(launcher), frame)


def _claude_events(command: str) -> _Events:
    return {**_turn_events(command), "SubagentStop": [_group(command, _TURN_S, "^fastapi$")]}


def _turn_events(command: str) -> _Events:
    return {"PostToolUse": [_group(command, _EDIT_S, "Edit|Write")], "Stop": [_group(command, _TURN_S)]}


def _gemini_events(command: str) -> _Events:
    second = 1000  # it counts in milliseconds
    return {
        "AfterTool": [_group(command, _EDIT_S * second, "write_file|replace")],
        "AfterAgent": [_group(command, _TURN_S * second)],
    }


def _copilot_events(command: str) -> _Events:
    return {
        "PostToolUse": [{"type": "command", "command": command, "timeout": _EDIT_S}],
        "Stop": [{"type": "command", "command": command, "timeout": _TURN_S}],
    }


def _cursor_events(command: str) -> _Events:
    return {
        "postToolUse": [{"command": command, "matcher": "Write", "timeout": _EDIT_S}],
        "stop": [{"command": command, "timeout": _TURN_S, "loop_limit": 1}],
    }


def _group(command: str, seconds: int, matcher: str = "") -> Json:
    hook = {"type": "command", "command": command, "timeout": seconds}
    return ({"matcher": matcher} if matcher else {}) | {"hooks": [hook]}


def _hook_file(name: str) -> str:
    return Path(resource_directory(Resource.HOOKS), name).read_text("utf-8")
