"""Merges three versions of a file with ``git merge-file``, whose conflict markers every editor knows.

Copier, which also updates projects rendered by Jinja2, does not fit: it fetches the old template from its git
repository, while ours travel in the wheel; and it brings Pydantic into the environment of the user, who may have
another version of it to check.
"""

import tempfile
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from fastapi_lint.git import run_git
from fastapi_lint.scaffold.failure import ScaffoldError


class Outcome(StrEnum):
    """What an update does with a file."""

    ADDED = "added"
    UPDATED = "updated"
    MERGED = "merged"
    CONFLICT = "conflict"
    DELETED = "deleted"
    KEPT = "kept"


class Merge(Struct, frozen=True):
    """A file after an update: its content, None where there is none any more, and a word on what was decided."""

    outcome: Outcome
    content: bytes | None
    reason: str = ""


def merge(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> Merge | None:
    """Bring what the template changed since the base into what the user has made of it; None when nothing changes.

    Raises:
        ScaffoldError: git is missing, or cannot merge.

    """
    if theirs in {base, ours}:
        return None
    if ours == base:
        if theirs is None:
            return Merge(Outcome.DELETED, None)
        return Merge(Outcome.ADDED if ours is None else Outcome.UPDATED, theirs)
    if ours is None:
        return Merge(Outcome.KEPT, None, "you deleted it; the template has changed it")
    if theirs is None:
        return Merge(Outcome.KEPT, ours, "you changed it; the template has it no more")
    return _merge_lines(base or b"", ours, theirs)


def _merge_lines(base: bytes, ours: bytes, theirs: bytes) -> Merge:
    with tempfile.TemporaryDirectory(prefix="fastapi-lint-") as directory:
        files = [Path(directory, name) for name in ("ours", "base", "theirs")]
        for file, content in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(content)
        labels = ["-L", "yours", "-L", "template before", "-L", "template now"]
        result = run_git(Path(directory), "merge-file", "--stdout", "--diff3", *labels, *map(str, files))
    if result is None:
        raise ScaffoldError("git was not found; an update needs it to merge")
    if result.returncode > 127 or result.returncode < 0:  # up to there it counts conflicts
        raise ScaffoldError(f"git cannot merge: {result.stderr.decode(errors='replace').strip()}")
    return Merge(Outcome.CONFLICT if result.returncode else Outcome.MERGED, result.stdout)
