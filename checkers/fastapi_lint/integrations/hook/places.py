"""Where the hook keeps what it keeps: its log, what it said in a session, and the socket of its server.

Nothing here is imported that takes time to import: this is on the way of every edit.
"""

import os
import stat
import sys
import time
from hashlib import blake2b
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_LARGEST_LOG: Final = 200_000
_LONGEST_SOCKET_PATH: Final = 100
"""The kernel takes 108 bytes on Linux and 104 on macOS."""


def state_directory() -> Path:
    """Return the directory of the log and of the sessions."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - Path.expanduser fails without a home
    return Path(base) / "fastapi-lint"


def socket_path() -> Path | None:
    """Return where the server of this installation listens, or None where no place is safe.

    The directory must be this user's alone: whoever can reach the socket can ask for an answer.
    """
    if sys.platform == "win32":
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    # Right below /tmp, where nobody can move away what is another's: a directory in between could be a stranger's.
    directory = Path(runtime, "fastapi-lint") if runtime else Path(f"/tmp/fastapi-lint-{os.getuid()}")  # noqa: S108
    installation = f"{sys.executable} {_PACKAGE}".encode("utf-8", "surrogateescape")
    path = directory / f"{blake2b(installation, digest_size=8).hexdigest()}.sock"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        return None
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return path if private else None


def installed_code() -> int:
    """Return when the newest file of this installation was written: a server of older code must not answer."""
    newest = 0
    for folder, _, names in os.walk(_PACKAGE):
        for name in names:
            if name.endswith((".py", ".tsv")):
                newest = max(newest, os.stat(os.path.join(folder, name)).st_mtime_ns)  # noqa: PTH116, PTH118 - a third of the time
    return newest


def log_failure(what: str) -> None:
    """Append to the log what went wrong; a log that cannot be written is no reason to disturb a session either."""
    path = state_directory() / "hook.log"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = "w" if path.exists() and path.stat().st_size > _LARGEST_LOG else "a"
        with path.open(mode, encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {what.rstrip()}\n")
    except OSError:
        return
