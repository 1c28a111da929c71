"""Which files of a work tree differ from its last commit: edits made in a shell pass by every hook."""

import os
import subprocess
from pathlib import Path
from typing import Final

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
    """Return what Git says, nothing where it fails; monitors and hooks of the project are not run."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            command, cwd=directory, capture_output=True, timeout=_LIMIT_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
