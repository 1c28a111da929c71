"""Run the analyser on commits of public projects: checkouts, fact caches and output, each written once."""

import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from fastapi_lint_dev.analyser import Run, analyse
from fastapi_lint_dev.repositories import BareRepository, RepositoryError, find_repository

_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements*.txt")


class Workplace(Struct, frozen=True):
    """Where bare repositories are, and where checkouts, caches and output go; ``timeout`` in seconds a run."""

    mirrors: Path
    cache: Path
    timeout: float = 900

    def repository(self, name: str) -> BareRepository:
        """Return the bare repository of ``owner/name``."""
        return find_repository(self.mirrors, name)

    def size(self, repository: str, commit: str) -> int:
        """Return the bytes of Python in a commit, 0 where it cannot be read."""
        try:
            entries = list(self.repository(repository).entries(commit))
        except RepositoryError:
            return 0
        return sum(entry.size for entry in entries if entry.path.suffix == ".py")

    def checkout(self, repository: str, commit: str) -> Path:
        """Return the folder with the analysable files of a commit, and write them if they are not there."""
        folder = self.repository(repository).checkout(commit, self._folder(repository) / commit)
        # The top of a work tree is known by this folder; a project does not reach beyond it.
        (folder / ".git").mkdir(exist_ok=True)
        return folder

    def run(self, repository: str, commit: str, path: PurePosixPath, arguments: Sequence[str]) -> Run:
        """Analyse a path of a commit, and keep the output for ``last_run``."""
        command = ["check", str(path), "--isolated", *arguments]
        if "--no-cache" not in arguments:
            command += ["--cache-dir", str(self._folder(repository) / "facts")]
        try:
            run = analyse(self.checkout(repository, commit), command, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            run = Run(
                exit_code=-1, findings=(), complaint=f"no answer within {self.timeout:.0f} s", seconds=0, peak_kib=0
            )
        stored = self._stored(repository, commit, path, arguments)
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(msgspec.json.encode(run))
        return run

    def last_run(self, repository: str, commit: str, path: PurePosixPath, arguments: Sequence[str]) -> Run | None:
        """Return the output of the last such run."""
        stored = self._stored(repository, commit, path, arguments)
        return msgspec.json.decode(stored.read_bytes(), type=Run) if stored.is_file() else None

    def _folder(self, repository: str) -> Path:
        return self.cache / repository.replace("/", "+")

    def _stored(self, repository: str, commit: str, path: PurePosixPath, arguments: Sequence[str]) -> Path:
        preview = "-preview" if "--preview" in arguments else ""
        return self._folder(repository) / "runs" / f"{commit}-{str(path).replace('/', '+')}{preview}.json"


def project_of(checkout: Path, path: str) -> PurePosixPath:
    """Return the nearest folder above a file that has a manifest, relative to the checkout."""
    for folder in PurePosixPath(path).parents:
        if any(any((checkout / folder).glob(manifest)) for manifest in _MANIFESTS):
            return folder
    return PurePosixPath()
