"""Finds a project's Python files: one pass over the tree, opening nothing but ignore files.

The list is the same for any path inside the project: paths select what is reported, never what is read. Symbolic links
are not followed, so that nothing outside the tree is read and no cycle can occur; what is left out is said (I6).
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct

from fastapi_lint.cache_files import Stamp, settled, stamp_of
from fastapi_lint.file_kinds import Directory, FileKind
from fastapi_lint.gitignore import IgnoreChain, IgnoreRules, is_ignored, read_ignore_file, rebased_patterns
from fastapi_lint.roots import ProjectRoot, repository_of
from fastapi_lint.small_files import read_small_file
from fastapi_lint.source import SourceError, normalise

__all__ = ["DEFAULT_EXCLUDE", "FileKind", "Skipped", "SourceFile", "Tree", "discover"]

DEFAULT_EXCLUDE: Final = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".fastapi_lint_cache",
    ".git",
    ".git-rewrite",
    ".hg",
    ".hypothesis",
    ".idea",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
LARGEST_SOURCE: Final = 4 << 20
"""Files above this many bytes are not read: the parser needs a hundred times their size."""

_PYTHON_SUFFIXES: Final = frozenset({"", ".py", ".pyw"})
_MANIFESTS: Final = frozenset(
    {"pyproject.toml", "uv.lock", "poetry.lock", "setup.cfg", "setup.py", "Pipfile", "Pipfile.lock"}
    | {"fastapi-lint.toml", ".fastapi-lint.toml"}
)


class SourceFile(Struct, frozen=True):
    """A Python file of the project: where it lies, what it is for, and what tells that it changed.

    ``where`` is its path as text, since a run asks for the path of few files; ``key`` is the POSIX path relative to the
    project's root. ``stamp`` is None when only the content can tell. ``content`` replaces what is on the disk (standard
    input), and then there is no stamp.
    """

    where: str
    key: str
    kind: FileKind
    size: int
    stamp: Stamp | None
    content: bytes | None = None

    @property
    def path(self) -> Path:
        """Return the path of the file."""
        return Path(self.where)

    def read(self) -> bytes:
        """Return the normalised text.

        Raises:
            SourceError: the file cannot be read, is too large, or its bytes are no text.

        """
        return normalise(self.read_raw())

    def read_raw(self) -> bytes:
        """Return the bytes of the file as they are.

        Raises:
            SourceError: the file cannot be read or is too large.

        """
        if self.content is not None:
            return self.content
        if self.size > LARGEST_SOURCE:
            size, limit = self.size / (1 << 20), LARGEST_SOURCE >> 20
            raise SourceError(f"the file has {size:.1f} MiB, which is over the limit of {limit} MiB")
        try:
            with open(self.where, "rb", buffering=0) as stream:  # noqa: PTH123 - half the time
                return stream.read()
        except OSError as error:
            raise SourceError(f"the file cannot be read: {error.strerror}") from None


class Skipped(Struct, frozen=True):
    """Something below the root that was not read, and why. ``harmless`` when it does not belong to the project."""

    key: str
    reason: str
    harmless: bool


class Tree(Struct, frozen=True):
    """What was found below a root: the Python files sorted by key, and what was skipped.

    ``manifests`` are the files that say versions or settings.
    """

    root: Path
    files: tuple[SourceFile, ...]
    manifests: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


def discover(
    project: ProjectRoot,
    paths: Iterable[Path] = (),
    *,
    exclude: Sequence[str] = DEFAULT_EXCLUDE,
    exclude_base: Path | None = None,
) -> Tree:
    """Return everything that belongs to the project.

    Args:
        project: where the project lies.
        paths: absolute paths that were asked for; a file or a directory among them is read even when it is excluded.
        exclude: patterns as in ignore files, relative to ``exclude_base``; a plain name matches at any depth.
        exclude_base: the directory of the config that excludes; the root when there is none.

    """
    walk = _Walk(project.root, exclude, exclude_base or project.root)
    for tree in project.trees:
        walk.directory(tree)
    for path in paths:
        walk.asked_for(path)
    return walk.result()


class _Place(NamedTuple):
    """A directory that waits to be listed: ``prefix`` is its key with a slash, empty for the root."""

    where: str
    prefix: str
    ignores: IgnoreChain
    kind: Directory


class _Walk:
    """One pass over the trees of a project; collects files by key."""

    def __init__(self, root: Path, exclude: Sequence[str], exclude_base: Path) -> None:
        self.root = root
        self.started_ns = time.time_ns()
        self.files: dict[str, SourceFile] = {}
        self.manifests: list[Path] = []
        self.skipped: dict[str, Skipped] = {}
        self.excluded_names = frozenset(item for item in exclude if not set(item) & set("*?[!/\\"))
        patterns = [item for item in exclude if item not in self.excluded_names]
        self.excluded: IgnoreChain = ()
        if patterns:
            self.excluded = (IgnoreRules(rebased_patterns(patterns, exclude_base, root)),)

    def key(self, path: Path) -> str:
        return "" if path == self.root else path.relative_to(self.root).as_posix()

    def result(self) -> Tree:
        files = tuple(self.files[key] for key in sorted(self.files))
        skipped = tuple(self.skipped[key] for key in sorted(self.skipped))
        return Tree(self.root, files, tuple(sorted(self.manifests)), skipped)

    def skip(self, key: str, reason: str, *, harmless: bool = False) -> None:
        self.skipped[key] = Skipped(key, reason, harmless)

    def asked_for(self, path: Path) -> None:
        """Add a path that was named on the command line and that the rules of the tree leave out."""
        key = self.key(path)
        if path.is_dir():
            if not any(known.startswith(f"{key}/") or not key for known in self.files):
                self.directory(path)
        elif path.suffix not in _PYTHON_SUFFIXES:
            self.skip(key, "it is no Python file", harmless=True)
        elif key not in self.files:
            status = path.stat()
            self.add(str(path), key, self.kind_of(path.parent).file(path.name), status)

    def kind_of(self, directory: Path) -> Directory:
        return _kind_of(directory, self.root)

    def ignores_above(self, tree: Path) -> IgnoreChain:
        """Return the ignore files between the top of the repository and a tree, unless they ignore the tree itself."""
        top = repository_of(tree)
        if top is None:
            return ()
        chain = self.ignore_file(top, top / ".git" / "info" / "exclude")
        for directory in reversed([each for each in tree.parents if each.is_relative_to(top)]):
            chain += self.ignore_file(directory, directory / ".gitignore")
        key = self.key(tree)
        return () if any(rules.covers(f"{key}/" if key else "") for rules in chain) else chain

    def ignore_file(self, directory: Path, path: Path) -> IgnoreChain:
        """Return the rules of an ignore file whose patterns are relative to a directory below or above the root."""
        if directory.is_relative_to(self.root):
            key = self.key(directory)
            return read_ignore_file(path, below=f"{key}/" if key else "")
        return read_ignore_file(path, above=f"{self.root.relative_to(directory).as_posix()}/")

    def directory(self, tree: Path) -> None:
        """Walk a tree."""
        key = self.key(tree)
        stack = [_Place(str(tree), f"{key}/" if key else "", self.ignores_above(tree), self.kind_of(tree))]
        while stack:
            place = stack.pop()
            try:
                with os.scandir(place.where) as entries:
                    listing = {entry.name: entry for entry in entries}
            except OSError as error:
                self.skip(place.prefix or ".", f"the directory cannot be read: {error.strerror}")
                continue
            if place.where == str(tree) or self.belongs(listing, place.prefix):
                stack += self.listed(listing, place)

    def belongs(self, listing: Mapping[str, os.DirEntry[str]], prefix: str) -> bool:
        """Return whether a directory is part of the project: no virtual environment, no other work tree of Git."""
        if "pyvenv.cfg" in listing:
            return False
        link = listing.get(".git")
        if link is None or not link.is_file(follow_symlinks=False):
            return True
        try:
            is_copy = b"/worktrees/" in read_small_file(Path(link.path))
        except OSError:
            return True
        if is_copy:
            self.skip(prefix, "it is another work tree of the repository", harmless=True)
        return not is_copy

    def listed(self, listing: Mapping[str, os.DirEntry[str]], place: "_Place") -> Iterator["_Place"]:
        """Take the files of a directory, and yield the directories below it that are not left out."""
        ignores, kind, prefix = place.ignores, place.kind, place.prefix
        if ".gitignore" in listing:
            ignores += read_ignore_file(Path(place.where, ".gitignore"), below=prefix)
        if "script.py.mako" in listing:
            kind = kind.migrations()
        in_package = "__init__.py" in listing
        chain = self.excluded + ignores
        for name, entry in listing.items():
            if name.endswith(".py"):
                self.entry(entry, f"{prefix}{name}", kind, chain)
            elif name in _MANIFESTS or _is_pin_list(name, in_requirements=prefix.endswith("requirements/")):
                if entry.is_file(follow_symlinks=False):
                    self.manifests.append(Path(place.where, name))
            elif name in self.excluded_names:
                continue
            elif entry.is_symlink():
                self.symlink(entry, f"{prefix}{name}")
            elif entry.is_dir() and not is_ignored(chain, f"{prefix}{name}/"):
                yield _Place(entry.path, f"{prefix}{name}/", ignores, kind.below(name, in_package=in_package))

    def entry(self, entry: os.DirEntry[str], key: str, kind: Directory, chain: IgnoreChain) -> None:
        """Add a file whose name ends in ``.py`` when nothing leaves it out."""
        if entry.name in self.excluded_names or is_ignored(chain, key):
            return
        if entry.is_symlink():
            self.symlink(entry, key)
            return
        try:
            if entry.is_file(follow_symlinks=False):
                self.add(entry.path, key, kind.file(entry.name), entry.stat(follow_symlinks=False))
        except OSError as error:
            self.skip(key, f"the file cannot be read: {error.strerror}")

    def add(self, where: str, key: str, kind: FileKind, status: os.stat_result) -> None:
        if not key.isascii():
            try:
                key.encode("utf-8")
            except UnicodeEncodeError:
                self.skip(key, "the file's name is not valid UTF-8")
                return
        self.files[key] = SourceFile(where, key, kind, status.st_size, settled(stamp_of(status), self.started_ns))

    def symlink(self, entry: os.DirEntry[str], key: str) -> None:
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to(self.root):
            self.skip(key, "it is a symbolic link that leads out of the project", harmless=True)


def kind_of_file(path: Path, root: Path) -> FileKind:
    """Return what a file below a root is for; it need not exist."""
    return _kind_of(path.parent, root).file(path.name)


def _kind_of(directory: Path, root: Path) -> Directory:
    """Return what a directory is for, from the names on the way down to it."""
    found = Directory()
    for part in directory.relative_to(root).parts:
        found = found.below(part, in_package=(root / "__init__.py").exists())
        root /= part
    return found


def _is_pin_list(name: str, *, in_requirements: bool) -> bool:
    if name.endswith((".txt", ".in")):
        return in_requirements or "requirements" in name or "constraints" in name
    return name.endswith(".toml") and name.startswith("pylock.")
