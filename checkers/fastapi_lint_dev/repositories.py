"""Check out what an analyser reads of a public project: Python files and manifests, from a bare repository.

Nothing but plain files is written, and nothing outside the folder that is asked for: a repository is untrusted input.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from fastapi_lint_dev.rows import RowRange

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_TOML = 256 * 1024

_MANIFESTS = re.compile(
    r"""(
        .*\.py | .*\.pyi | pyproject\.toml | requirements.*\.txt | setup\.cfg | setup\.py | .*\.lock | Pipfile.*
        | alembic\.ini | script\.py\.mako | \.python-version
    )""",
    re.VERBOSE,
)
_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? ")


class RepositoryError(Exception):
    """A repository or a commit of it cannot be read."""


class TreeEntry(Struct, frozen=True):
    """One plain file of a commit; ``size`` in bytes."""

    blob: str
    size: int
    path: PurePosixPath

    @property
    def wanted(self) -> bool:
        """Return whether an analyser of Python projects reads this file."""
        if self.path.is_absolute() or ".." in self.path.parts:
            return False
        if self.path.suffix == ".toml" and self.size <= LARGEST_TOML:
            return True
        return _MANIFESTS.fullmatch(self.path.name) is not None and self.size <= LARGEST_FILE


class BareRepository(Struct, frozen=True):
    """A bare git repository on disk, read with the ``git`` program."""

    git_dir: Path

    def has_commit(self, commit: str) -> bool:
        """Return whether the commit is there."""
        return self._run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def entries(self, commit: str) -> Iterator[TreeEntry]:
        """Yield the plain files of a commit; links, submodules and files the repository was stored without are not."""
        for record in self._output("ls-tree", "-r", "-l", "-z", commit).split(b"\0"):
            if not record:
                continue
            header, _, path = record.partition(b"\t")
            mode, _, blob, size = header.split()
            if mode in {b"100644", b"100755"} and size.isdigit():
                yield TreeEntry(blob.decode(), int(size), PurePosixPath(path.decode("utf-8", "surrogateescape")))

    def checkout(self, commit: str, folder: Path) -> Path:
        """Write the wanted files of a commit to ``folder``, unless it is there already, and return it."""
        if folder.is_dir():
            return folder
        if not self.has_commit(commit):
            raise RepositoryError(f"{self.git_dir}: no commit {commit}")
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        wanted = [entry for entry in self.entries(commit) if entry.wanted]
        for entry, content in self._blobs(wanted):
            target = unfinished / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        unfinished.rename(folder)
        return folder

    def changed_rows(self, parent: str, fix: str) -> dict[str, tuple[RowRange, ...]]:
        """Return, for each Python file that the fix changed, the rows at the parent that it replaced or split."""
        diff = self._output("diff", "--unified=0", "--no-color", "--no-renames", parent, fix, "--", "*.py")
        changed: dict[str, list[RowRange]] = {}
        current: list[RowRange] = []
        for line in diff.split(b"\n"):
            if line.startswith(b"--- a/"):
                current = changed.setdefault(line[6:].decode("utf-8", "surrogateescape").rstrip("\t"), [])
            elif line.startswith(b"--- /dev/null"):
                current = []
            elif match := _HUNK.match(line):
                first = int(match[1])
                count = int(match[2]) if match[2] is not None else 1
                # An insertion names the row before it; the row after it is just as near.
                current.append(RowRange(first, first + (count - 1 if count else 1)))
        return {path: tuple(ranges) for path, ranges in changed.items()}

    def _blobs(self, entries: list[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
        request = "".join(f"{entry.blob}\n" for entry in entries).encode()
        answer = subprocess.run(
            ["git", "--git-dir", self.git_dir, "cat-file", "--batch"], input=request, capture_output=True, check=True
        ).stdout
        position = 0
        for entry in entries:
            end_of_header = answer.index(b"\n", position)
            header = answer[position:end_of_header]
            position = end_of_header + 1
            if header.endswith(b" missing"):
                raise RepositoryError(f"{self.git_dir}: the content of {entry.path} is missing")
            size = int(header.split()[2])
            yield entry, answer[position : position + size]
            position += size + 1

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", "--git-dir", self.git_dir, *arguments], capture_output=True, check=False)

    def _output(self, *arguments: str) -> bytes:
        done = self._run(*arguments)
        if done.returncode != 0:
            reason = done.stderr.decode("utf-8", "replace").strip()
            raise RepositoryError(f"{self.git_dir}: git {arguments[0]}: {reason}")
        return done.stdout


def find_repository(mirrors: Path, name: str) -> BareRepository:
    """Return the bare repository of ``owner/name`` under ``mirrors`` (``owner+name``, ``owner/name`` or ``name``)."""
    owner, _, short = name.partition("/")
    for place in (f"{owner}+{short}", f"{owner}/{short}", short):
        for candidate in (mirrors / place, mirrors / f"{place}.git", mirrors / place / "repo"):
            if (candidate / "HEAD").is_file():
                return BareRepository(candidate)
    raise RepositoryError(f"{mirrors}: no bare repository of {name}")
