"""Says what a file is for, by the conventions of its path: application code, a test, a migration or a script."""

from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple


class FileKind(StrEnum):
    """What a file is for. Rules about speed and transactions report in application code."""

    APP = "app"
    TEST = "test"
    MIGRATION = "migration"
    SCRIPT = "script"


_TEST_DIRECTORIES: Final = frozenset({"test", "tests", "e2e", "unittests"})
_MIGRATION_DIRECTORIES: Final = frozenset({"alembic", "migrations", "alembic_migrations"})
_REVISION_PARENTS: Final = _MIGRATION_DIRECTORIES | {"revisions", "migration"}
_SCRIPT_DIRECTORIES: Final = frozenset({"scripts", "evals"})
_OUTER_SCRIPT_DIRECTORIES: Final = frozenset(
    {"benchmark", "benchmarks", "bin", "ci", "cookbook", "demo", "demos", "dev", "doc", "docs", "docs_src", "eval"}
    | {"example", "examples", "hack", "notebooks", "playground", "samples", "script", "tutorials", ".ci", ".github"}
)
"""Directories of scripts when they stand beside packages; inside a package the same name is application code."""
_SCRIPT_FILES: Final = frozenset({"setup.py", "noxfile.py", "fabfile.py", "tasks.py", "conf.py"})
_TEST_FILES: Final = frozenset({"conftest.py", "tests.py"})


class Directory(NamedTuple):
    """What a directory is for, as its path from the root says."""

    kind: FileKind = FileKind.APP
    name: str = ""
    depth: int = 0

    def below(self, name: str, *, in_package: bool) -> "Directory":
        """Return what a subdirectory is for; ``in_package`` when this directory is a package."""
        return _below(self, name, in_package)

    def migrations(self) -> "Directory":
        """Return this directory as one that holds an Alembic environment."""
        return self._replace(kind=FileKind.MIGRATION)

    def file(self, name: str) -> FileKind:
        """Return what a file in this directory is for."""
        if self.kind is not FileKind.APP:
            return self.kind
        if name in _TEST_FILES or name.startswith("test_") or name.endswith("_test.py"):
            return FileKind.TEST
        if self.depth == 0 and name in _SCRIPT_FILES:
            return FileKind.SCRIPT
        return FileKind.APP


@lru_cache(maxsize=4096)
def _below(parent: Directory, name: str, in_package: bool) -> Directory:  # noqa: FBT001 - keys of the cache
    depth = parent.depth + 1
    if parent.kind is not FileKind.APP:
        return Directory(parent.kind, name, depth)
    return Directory(_kind_of_directory(parent, name, in_package=in_package), name, depth)


def _kind_of_directory(parent: Directory, name: str, *, in_package: bool) -> FileKind:
    if name in _TEST_DIRECTORIES or name.endswith("_tests") or name.startswith("tests_"):
        return FileKind.TEST
    if name in _MIGRATION_DIRECTORIES or (name == "versions" and parent.name in _REVISION_PARENTS):
        return FileKind.MIGRATION
    if name in _SCRIPT_DIRECTORIES or (name in _OUTER_SCRIPT_DIRECTORIES and not in_package):
        return FileKind.SCRIPT
    return FileKind.APP
