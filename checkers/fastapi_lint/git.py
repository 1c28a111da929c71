"""Git, run for what it says: no monitor and no hook of the project that it is asked about is run."""

import subprocess
from pathlib import Path
from typing import Final

_GUARDED: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


def run_git(
    directory: Path, *arguments: str, timeout_s: float | None = None
) -> "subprocess.CompletedProcess[bytes] | None":
    """Return what Git says in a directory, whatever its exit code, or None where it is not installed.

    Raises:
        subprocess.TimeoutExpired: it takes longer than ``timeout_s`` seconds.

    """
    try:
        return subprocess.run(  # noqa: S603 - no shell
            ["git", *_GUARDED, *arguments],  # noqa: S607 - the user's own Git
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError:
        return None
