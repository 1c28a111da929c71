"""Which files of a work tree differ from its last commit: edits made in a shell pass by every hook."""

import os
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Final

from fastapi_lint.git import run_git

_LIMIT_S: Final = 10


def changed_files(directory: Path) -> frozenset[Path]:
    """Return the absolute paths of changed and new Python files below the top of the work tree around a directory.

    Empty where Git is not installed, or there is no work tree.
    """
    top = _git(directory, "rev-parse", "--show-toplevel").rstrip(b"\n")
    if not top:
        return frozenset()
    root = Path(os.fsdecode(top))
    changed = _git(root, "diff", "--name-only", "--no-ext-diff", "-z", "HEAD", "--", "*.py")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.py")
    return frozenset(root / os.fsdecode(name) for name in (changed + new).split(b"\0") if name)


def _git(directory: Path, *arguments: str) -> bytes:
    """Return what Git says, nothing where it fails or takes too long."""
    try:
        done = run_git(directory, *arguments, timeout_s=_LIMIT_S)
    except (OSError, TimeoutExpired):
        return b""
    return done.stdout if done is not None and done.returncode == 0 else b""
