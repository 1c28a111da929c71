"""Reads the small files of a project (settings, ignore files) that someone hostile may have put there.

A pipe or a device would block or never end, and a file of gigabytes would not fit: only regular files of a sane size
are read.
"""

import stat
from pathlib import Path
from typing import Final

LARGEST: Final = 4 << 20


def read_small_file(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        OSError: it cannot be read, is no regular file, or is too large.

    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is no regular file")
    if status.st_size > LARGEST:
        raise OSError(0, f"it is larger than {LARGEST >> 20} MiB")
    return path.read_bytes()
