"""Finds the agents and skills below a path, and what lies beside them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from fastapi_lint.discovery import DEFAULT_EXCLUDE
from fastapi_lint.knowledge.agent_files import FileKind
from fastapi_lint.roots import PathError

SKILL_FILE: Final = "SKILL.md"
_AGENT_FOLDERS: Final = frozenset({"agents"})
_OTHER_RUNNERS: Final = frozenset({".codex", ".cursor", ".gemini", ".github", ".opencode"})
_SKILL_FOLDERS: Final = ("skills", ".claude/skills", ".agents/skills")


class AgentFile(Struct, frozen=True, order=True):
    """A file that a coding agent loads; ``has_own_fields`` when another runner than Claude Code reads it."""

    path: Path
    kind: FileKind
    has_own_fields: bool = False


def find_files(paths: Sequence[Path]) -> tuple[AgentFile, ...]:
    """Return the agents and skills at and below the paths, in order.

    Raises:
        PathError: a path does not exist, or holds neither an agent nor a skill.

    """
    found: set[AgentFile] = set()
    for path in paths:
        if not path.exists():
            raise PathError(f"{path}: no such file or directory")
        here = set(_below(path.resolve()))
        if not here:
            raise PathError(f"{path}: no agents/*.md and no {SKILL_FILE} below it")
        found |= here
    return tuple(sorted(found))


def skills_beside(agent: Path) -> frozenset[str]:
    """Return the names of the skills that a runner finds together with an agent: those of its plugin or project."""
    folder = next((parent for parent in agent.parents if parent.name in _AGENT_FOLDERS), agent.parent)
    tops = [folder.parent, *([folder.parent.parent] if folder.parent.name.startswith(".") else [])]
    return frozenset(
        skill.parent.name for top in tops for name in _SKILL_FOLDERS for skill in (top / name).glob(f"*/{SKILL_FILE}")
    )


def _below(path: Path) -> Iterator[AgentFile]:
    if path.is_file():
        yield _of(path)
        return
    for where, folders, names in os.walk(path):
        directory = Path(where)
        folders[:] = [name for name in folders if name not in DEFAULT_EXCLUDE]
        if SKILL_FILE in names:
            folders.clear()
            yield _of(directory / SKILL_FILE)
        elif _holds_agents(directory):
            yield from (_of(directory / name) for name in names if name.endswith(".md"))


def _holds_agents(directory: Path) -> bool:
    """Return whether runners look for agents in a directory; a Python package of that name is none."""
    for folder in (directory, *directory.parents):
        if folder.name in _AGENT_FOLDERS:
            return not (folder / "__init__.py").exists()
    return False


def _of(path: Path) -> AgentFile:
    if path.name == SKILL_FILE:
        return AgentFile(path, FileKind.SKILL)
    return AgentFile(path, FileKind.AGENT, not _OTHER_RUNNERS.isdisjoint(path.parts))
