"""Answers events: which findings an agent is told after an edit, and at the end of its turn."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.engine import INVALID_CONFIG, UNREADABLE_FILE
from fastapi_lint.findings import Finding, Location, Report, Severity
from fastapi_lint.fingerprints import fingerprints
from fastapi_lint.integrations.hook.changes import changed_files
from fastapi_lint.integrations.hook.edits import FileEdit, touched_rows
from fastapi_lint.integrations.hook.events import Dialect, Edited, TurnEnded, read_event
from fastapi_lint.integrations.hook.feedback import tell
from fastapi_lint.integrations.hook.sessions import recall, remember
from fastapi_lint.small_files import read_small_file
from fastapi_lint.terminal import counted
from fastapi_lint.workspace import Workspace


def answer(payload: bytes, project_directory: str = "", workspace: Workspace | None = None) -> bytes:
    """Return what a hook prints for a payload, nothing when there is nothing to say.

    ``project_directory`` is what the runner says that the project is; without it, the directory that it works in. The
    process works in that directory afterwards: paths are shown relative to it. ``workspace`` is what the process keeps
    between two answers.

    Raises:
        Exception: whatever goes wrong; the caller writes it to a log.

    """
    event = read_event(payload)
    if event is None or not event.directory.is_dir():
        return b""
    os.chdir(event.directory)
    root = Path(os.path.realpath(project_directory or event.directory))
    return _after_edit(event, root, workspace) if isinstance(event, Edited) else _at_end(event, root, workspace)


def _after_edit(event: Edited, root: Path, workspace: Workspace | None) -> bytes:
    edits = [edit for edit in event.files if _is_checked(edit.path, root)]
    if not edits:
        return b""
    paths = [edit.path for edit in edits]
    if event.session:
        memory = recall(event.session)
        edited = memory.edited | {os.path.realpath(path) for path in paths}
        remember(event.session, replace(memory, edited=edited))
    report = _check(paths, workspace, near_only=True)
    rows = {os.path.realpath(edit.path): _rows(edit) for edit in edits}
    found = [finding for finding in report.findings if _touches(finding, rows)]
    if not found:
        return b""
    names = _shown(paths)
    head = f"fastapi-lint found {counted(len(found), 'finding')} on the lines that were just edited in {names}:"
    return _context(event, tell(head, found, f"fastapi-lint check {names}"))


def _at_end(event: TurnEnded, root: Path, workspace: Workspace | None) -> bytes:
    if event.again:
        return b""
    memory = recall(event.session)
    named = {Path(path) for path in memory.edited} | changed_files(event.directory)
    paths = sorted(path for path in named if _is_checked(path, root))
    if not paths:
        return b""
    report = _check(paths, workspace, near_only=False)
    errors = {mark: finding for finding, mark in fingerprints(report) if finding.severity is Severity.ERROR}
    untold = [finding for mark, finding in errors.items() if mark not in memory.told]
    if not untold:
        return b""
    if event.session:
        remember(event.session, replace(memory, told=memory.told | errors.keys()))
    head = (
        f"fastapi-lint found {counted(len(untold), 'finding')} in the files that have changed. "
        "This is said once; what is left as it is on purpose can stay."
    )
    return _sent_back(event.dialect, tell(head, untold, f"fastapi-lint check {_shown(paths)}"))


def _is_checked(path: Path, root: Path) -> bool:
    return path.suffix == ".py" and path.is_file() and Path(os.path.realpath(path)).is_relative_to(root)


def _check(paths: Sequence[Path], workspace: Workspace | None, *, near_only: bool) -> Report:
    """Return the findings at paths that are not excluded.

    Raises:
        ValueError: nothing was checked, because of the config.

    """
    report = check_project(paths, CheckOptions(force_exclude=True, near_only=near_only), workspace=workspace)
    broken = next((finding for finding in report.findings if finding.code == INVALID_CONFIG.code), None)
    if broken is not None:
        raise ValueError(f"{broken.location.path}: {broken.message}")
    return report


def _rows(edit: FileEdit) -> frozenset[int] | None:
    if edit.hunks is None:
        return None
    return touched_rows(read_small_file(edit.path).decode("utf-8", "replace"), edit.hunks)


def _touches(finding: Finding, rows: dict[str, frozenset[int] | None]) -> bool:
    """Return whether a finding, or a step of its evidence, lies on touched rows.

    A file that cannot be parsed any more is always said: its other findings are gone with it.
    """
    if finding.code == UNREADABLE_FILE.code:
        return os.path.realpath(finding.location.path) in rows
    return any(_is_in(location, rows) for location in (finding.location, *(step.location for step in finding.evidence)))


def _is_in(location: Location, rows: dict[str, frozenset[int] | None]) -> bool:
    path = os.path.realpath(location.path)
    if path not in rows:
        return False
    touched = rows[path]
    return touched is None or not touched.isdisjoint(range(location.start.row, location.end.row + 1))


def _shown(paths: Sequence[Path]) -> str:
    return " ".join(os.path.relpath(path) for path in paths)


def _context(event: Edited, text: str) -> bytes:
    """Return a text as context that stands beside the result of the tool; it does not call the edit a failure."""
    if event.dialect is Dialect.CURSOR:
        return msgspec.json.encode({"additional_context": text})
    return msgspec.json.encode({"hookSpecificOutput": {"hookEventName": event.event, "additionalContext": text}})


def _sent_back(dialect: Dialect, text: str) -> bytes:
    if dialect is Dialect.CURSOR:
        return msgspec.json.encode({"followup_message": text})
    return msgspec.json.encode({"decision": "block", "reason": text})
