"""Finds the directory that a project starts at, for any paths inside it.

The root is the nearest directory with a project file, taken up to the whole that it belongs to: out of a package it
lies in, and to the workspace that lists it as a member. Several paths share the root of their common directory; paths
of unrelated projects are read side by side.
"""

import itertools
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from msgspec import Struct

from fastapi_lint.small_files import read_small_file

_STRONG_MARKERS: Final = ("pyproject.toml", "setup.cfg")
_GIT: Final = ".git"
_BESIDE_PROJECTS: Final = frozenset({"ci", "doc", "docs", "scripts", "test", "tests"})
_MODULES_TO_ASK: Final = 50


class PathError(ValueError):
    """A path on the command line that cannot be analysed; the message is one line for the user."""


class ProjectRoot(Struct, frozen=True):
    """Where a project lies.

    ``root`` is the directory that keys are relative to, ``trees`` are the directories below it (or itself) that are
    read, ``start`` is the common directory of the paths that were asked for.
    """

    root: Path
    trees: tuple[Path, ...]
    start: Path

    @property
    def repository(self) -> Path | None:
        """Return the top of the Git work tree around the root."""
        return repository_of(self.root)


def find_project_root(paths: Sequence[Path]) -> ProjectRoot:
    """Return the root of the project that all the paths belong to.

    Args:
        paths: absolute paths without symlinks.

    Raises:
        PathError: a path does not exist.

    """
    for path in paths:
        if not path.exists():
            raise PathError(f"{path}: no such file or directory")
    starts = sorted({path if path.is_dir() else path.parent for path in paths})
    start = Path(os.path.commonpath(starts))
    root = _root_of(start)
    if root is not None:
        trees = _with_dependencies(root)
    elif start in starts:
        trees = [start]
    else:
        trees = _outermost([_root_of(each) or _outside_packages(each) for each in starts])
    return ProjectRoot(Path(os.path.commonpath(trees)), tuple(trees), start)


def is_in_project(directory: Path) -> bool:
    """Return whether a project file, requirements or a Git work tree say that a directory lies in a project."""
    return any(_is_strong(each) or _has_requirements(each) for each in _upwards(directory))


def repository_of(directory: Path) -> Path | None:
    """Return the top of the Git work tree that a directory lies in."""
    for each in _upwards(directory):
        if (each / _GIT).exists():
            return each
    return None


def _upwards(directory: Path) -> Iterator[Path]:
    """Yield a directory and its ancestors, up to a directory that is shared by unrelated things."""
    shared = {_resolved("~"), _resolved(os.environ.get("TMPDIR", "/tmp")), Path(directory.anchor)}  # noqa: S108 - only compared
    yield directory
    for parent in directory.parents:
        if parent in shared:
            return
        yield parent


def _resolved(path: str) -> Path:
    return Path(os.path.realpath(os.path.expanduser(path)))  # noqa: PTH111 - Path.expanduser fails without a home


def _is_strong(directory: Path) -> bool:
    return any((directory / name).is_file() for name in _STRONG_MARKERS) or (directory / _GIT).exists()


def _has_requirements(directory: Path) -> bool:
    try:
        return any(path.name.endswith(".txt") for path in directory.glob("requirements*"))
    except OSError:
        return False


def _root_of(start: Path) -> Path | None:
    nearest = next((each for each in _upwards(start) if _is_strong(each) or _is_bare_project(each)), None)
    if nearest is None:
        return None
    outside = _outside_packages(nearest)
    if outside != nearest:
        nearest = next((each for each in _upwards(outside) if _is_strong(each)), outside)
    return _workspace_of(nearest)


def _is_bare_project(directory: Path) -> bool:
    """Return whether requirements alone make a directory a project.

    They do not in a directory of tests or documents, nor in one whose modules import it by its own name, as
    ``app/main.py`` with ``from app.models import User`` does: the import root is the directory above it.
    """
    if not _has_requirements(directory) or directory.name in _BESIDE_PROJECTS:
        return False
    if not directory.name.isidentifier():
        return True
    own_name = re.compile(rb"^[ \t]*(?:from|import)[ \t]+%s\b" % re.escape(directory.name).encode(), re.MULTILINE)
    return not any(own_name.search(source) for source in _some_modules(directory))


def _some_modules(directory: Path) -> Iterator[bytes]:
    """Yield the sources of a few modules in a directory and in those right below it."""
    paths = itertools.chain(sorted(directory.glob("*.py")), directory.glob("*/*.py"))
    for path in itertools.islice(paths, _MODULES_TO_ASK):
        with suppress(OSError):
            yield read_small_file(path)


def _outside_packages(directory: Path) -> Path:
    while (directory / "__init__.py").is_file() and directory.parent != directory:
        directory = directory.parent
    return directory


def _read_pyproject(directory: Path) -> dict[str, object]:
    try:
        data = read_small_file(directory / "pyproject.toml")
        return tomllib.loads(data.decode("utf-8"))
    except (OSError, ValueError, RecursionError):  # a broken file is reported where the config is read
        return {}


def _table(value: object, *names: str) -> dict[str, object]:
    """Return the table below ``value`` that the names lead to, empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _workspace_of(root: Path) -> Path:
    """Return the outermost directory whose workspace lists the root as a member, or the root."""
    found = root
    for ancestor in list(_upwards(root))[1:]:
        members = _table(_read_pyproject(ancestor), "tool", "uv", "workspace").get("members")
        relative = root.relative_to(ancestor).as_posix()
        if isinstance(members, list) and any(isinstance(item, str) and fnmatch(relative, item) for item in members):
            found = ancestor
        if (ancestor / _GIT).exists():
            break
    return found


def _with_dependencies(root: Path) -> list[Path]:
    """Return the root and the projects beside it that it depends on by path."""
    pyproject = _read_pyproject(root)
    poetry = _table(pyproject, "tool", "poetry")
    tables = [_table(pyproject, "tool", "uv", "sources"), _table(poetry, "dependencies")]
    tables += [_table(group, "dependencies") for group in _table(poetry, "group").values()]
    trees = [root]
    repository = repository_of(root)
    for table in tables:
        for source in table.values():
            path = _table(source).get("path")
            if isinstance(path, str) and repository is not None:
                target = Path(os.path.realpath(root / path))
                if target.is_dir() and target.is_relative_to(repository) and not root.is_relative_to(target):
                    trees.append(target)
    return _outermost(trees)


def _outermost(directories: Sequence[Path]) -> list[Path]:
    """Return the directories that lie in no other of them, sorted."""
    kept: list[Path] = []
    for directory in sorted(set(directories)):
        if not any(directory.is_relative_to(other) for other in kept):
            kept.append(directory)
    return kept
