"""Brings what changed in the templates into a project that was rendered from them, and keeps what the user changed."""

from collections.abc import Mapping
from pathlib import Path

from fastapi_lint.atomic import replace_files
from fastapi_lint.git import run_git
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.project.merging import Merge, merge
from fastapi_lint.scaffold.project.record import Record, read_base, read_record, render_record
from fastapi_lint.scaffold.project.rendering import render_project
from fastapi_lint.small_files import read_small_file
from fastapi_lint.version import own_version


def update_project(root: Path) -> dict[str, Merge]:
    """Update a project and return what happened to which file; all of it is done, or nothing.

    Raises:
        ScaffoldError: it was not rendered by ``new``, has changes that git has not, or cannot be read or written.

    """
    record = read_record(root)
    base = read_base(root)
    _refuse_uncommitted_changes(root)
    rendered = render_project(record.answers)
    merges = _merged(root, base, rendered)
    written = {path: done.content for path, done in merges.items() if done.content is not None}
    written |= render_record(Record(own_version(), record.answers), rendered)
    try:
        replace_files({_inside(root, path): content for path, content in written.items()})
        for path, done in merges.items():
            if done.content is None:
                _inside(root, path).unlink(missing_ok=True)
    except OSError as error:
        raise ScaffoldError(f"{error.filename or root}: cannot be written: {error.strerror}") from None
    return merges


def _merged(root: Path, base: Mapping[str, bytes], rendered: Mapping[str, bytes]) -> dict[str, Merge]:
    merges = {}
    for path in sorted({*base, *rendered}):
        done = merge(base.get(path), _current(root, path), rendered.get(path))
        if done is not None:
            merges[path] = done
    return merges


def _current(root: Path, path: str) -> bytes | None:
    try:
        return read_small_file(_inside(root, path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ScaffoldError(f"{root / path}: cannot be read: {error.strerror}") from None


def _inside(root: Path, path: str) -> Path:
    """Return a file's place; a link must not lead out of the project."""
    place = root / path
    if not place.resolve().is_relative_to(root.resolve()):
        raise ScaffoldError(f"{place}: a link leads out of the project; remove it")
    return place


def _refuse_uncommitted_changes(root: Path) -> None:
    """Refuse where an update could not be undone; without git there is nothing to compare with."""
    result = run_git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
    if result is not None and result.returncode == 0 and result.stdout:
        raise ScaffoldError(f"{root}: has changes that are not committed; commit them, so that you can go back")
