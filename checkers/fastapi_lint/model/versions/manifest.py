"""Read a project's manifests, each file once, and answer for each module by the nearest of them."""

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from fastapi_lint.knowledge.distributions import import_names
from fastapi_lint.model.versions.declarations import Contents, Declaration, ManifestError, combined, normalised
from fastapi_lint.model.versions.locks import read_pipfile_lock, read_toml_lock
from fastapi_lint.model.versions.pyproject import read_pipfile, read_pyproject
from fastapi_lint.model.versions.ranges import InvalidSpecifierError, VersionRange, poetry_range
from fastapi_lint.model.versions.requirement_files import read_requirements
from fastapi_lint.model.versions.requirements import Folder, Requirements
from fastapi_lint.model.versions.setup_files import read_setup_cfg, read_setup_py

LARGEST_MANIFEST: Final = 16 << 20
"""Files above this many bytes are not read; the locks of large workspaces have two megabytes."""

_Reader = Callable[[str], Contents]

_READERS: Final[Mapping[str, _Reader]] = {
    "Pipfile": read_pipfile,
    "Pipfile.lock": read_pipfile_lock,
    "pdm.lock": read_toml_lock,
    "poetry.lock": read_toml_lock,
    "pyproject.toml": read_pyproject,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
    "uv.lock": read_toml_lock,
}


class Manifest(Struct, frozen=True, eq=False):
    """The requirements of a project by directory (POSIX, relative to the root, the root is ``""``).

    ``own`` are the distributions that the project builds itself. ``notices`` name each manifest that could not be read
    in whole, and why. ``files`` are all that were read, or would have been where they exist.
    """

    folders: Mapping[str, Folder] = {}
    stated: Mapping[str, VersionRange] = {}
    own: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    _by_directory: dict[str, Requirements] = field(default_factory=dict)

    def for_module(self, key: str) -> Requirements:
        """Return the requirements of a module: of its own directory, and of those above it.

        Where none of them has a manifest, all manifests of the project count together.
        """
        directory = key.rpartition("/")[0]
        found = self._by_directory.get(directory)
        if found is None:
            chain = tuple(self.folders[parent] for parent in _upwards(directory) if parent in self.folders)
            found = self._by_directory[directory] = Requirements(chain or tuple(self.folders.values()), self.stated)
        return found

    @property
    def top_level_names(self) -> frozenset[str]:
        """Return the import names that the project's dependencies provide, without the project's own."""
        packages = {
            name for folder in self.folders.values() for names in (folder.wanted, folder.locked or ()) for name in names
        }
        return frozenset(name for package in packages - self.own - {"python"} for name in import_names(package))


def _upwards(directory: str) -> Iterator[str]:
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def read_manifest(root: Path, paths: Iterable[Path], *, stated: Mapping[str, str] | None = None) -> Manifest:
    """Return what a project pins.

    Args:
        root: the project's root; nothing outside it is read.
        paths: the manifests, absolute or relative to the root; files of other names are passed over.
        stated: versions that the user's configuration gives (``{"pydantic": "1.10"}``), in place of those of manifests.

    """
    reading = _Reading(root.resolve())
    for path in sorted(root / path for path in paths):
        reading.add(path)
    ranges: dict[str, VersionRange] = {}
    for name, constraint in (stated or {}).items():
        try:
            ranges[normalised(name)] = poetry_range(f"{constraint}.*" if _is_series(constraint) else constraint)
        except InvalidSpecifierError:
            reading.notices.append(f"{name}: {constraint!r} is not a version specifier")
    return Manifest(reading.folders(), ranges, frozenset(reading.own), tuple(reading.notices), tuple(reading.asked))


def _is_series(constraint: str) -> bool:
    """Say whether a version is written with one or two numbers, which means all its patch releases."""
    return constraint.count(".") < 2 and constraint.replace(".", "").isdecimal()


def _reader(path: Path) -> _Reader | None:
    name = path.name
    if name in _READERS:
        return _READERS[name]
    if path.suffix in {".txt", ".in"}:
        if "constraints" in name:
            return partial(read_requirements, limit=True)
        if "requirements" in name or path.parent.name == "requirements":
            return read_requirements
    return read_toml_lock if name.startswith("pylock.") and path.suffix == ".toml" else None


class _Reading:
    """Gathers the files by directory; a file that several others include is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own: set[str] = set()
        self.notices: list[str] = []
        self.asked: dict[Path, None] = {}
        self._read: dict[tuple[Path, bool], Contents | None] = {}
        self._wanted: dict[str, list[Declaration]] = {}
        self._limited: dict[str, list[Declaration]] = {}
        self._locked: dict[str, dict[str, tuple[str, ...]]] = {}

    def add(self, path: Path) -> None:
        reader = _reader(path)
        if reader is None:
            return
        directory = path.parent.parent if path.parent.name == "requirements" else path.parent
        self._attach(path, reader, directory, seen=set())

    def folders(self) -> dict[str, Folder]:
        directories = sorted({*self._wanted, *self._limited, *self._locked})
        return {
            directory: Folder(
                combined(self._wanted.get(directory, ())),
                combined(self._limited.get(directory, ())),
                self._locked.get(directory),
            )
            for directory in directories
        }

    def _attach(self, path: Path, reader: _Reader, directory: Path, *, seen: set[Path], limit: bool = False) -> None:
        """Add what a file says, and the files that it includes, to a directory."""
        self.asked[path] = None
        resolved = path.resolve()
        if resolved in seen:
            return
        seen.add(resolved)
        contents = self._contents(resolved, reader, limit=limit)
        if contents is None:
            return
        where = _key(directory.resolve(), self.root)
        self.own |= contents.own
        if contents.wanted:
            self._wanted.setdefault(where, []).extend(contents.wanted)
        if contents.limited:
            self._limited.setdefault(where, []).extend(contents.limited)
        if contents.locked is not None:
            self._locked.setdefault(where, {}).update(contents.locked)
        for include in contents.includes:
            include_reader = partial(read_requirements, limit=limit)
            self._attach(path.parent / include, include_reader, directory, seen=seen, limit=limit)
        for constraints in contents.limits:
            constraint_reader = partial(read_requirements, limit=True)
            self._attach(path.parent / constraints, constraint_reader, directory, seen=seen, limit=True)

    def _contents(self, path: Path, reader: _Reader, *, limit: bool) -> Contents | None:
        known = (path, limit)
        if known not in self._read:
            self._read[known] = self._parse(path, reader)
        return self._read[known]

    def _parse(self, path: Path, reader: _Reader) -> Contents | None:
        if not path.is_relative_to(self.root):
            self.notices.append(f"{path.name} lies outside the project and is not read")
            return None
        key = _key(path, self.root)
        try:
            contents = reader(_text(path))
        except ManifestError as error:
            self.notices.append(f"{key} {error}")
            return None
        except OSError as error:
            self.notices.append(f"{key} cannot be read: {error.strerror}")
            return None
        self.notices += [f"{key}: {problem}" for problem in contents.problems]
        return contents


def _text(path: Path) -> str:
    size = path.stat().st_size
    if size > LARGEST_MANIFEST:
        raise ManifestError(f"has {size:,} bytes, more than is read of a manifest")
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ManifestError(f"is not {encoding.removesuffix('-sig')}: {error.reason}") from error


def _key(path: Path, root: Path) -> str:
    relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return "" if relative == "." else relative
