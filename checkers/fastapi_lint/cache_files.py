"""Files that only save time: data behind a checksum, replaced as a whole, and as good as absent when anything is wrong.

They lie where a project or a stranger may write, too: nothing but plain files is read, no link is followed, and who
decodes the content checks it against a schema.
"""

import os
import stat
import sys
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

_SETTLED_NS: Final = 3_000_000_000
"""A file that changed this shortly before it was looked at may change again without a trace: clocks of file systems
advance in steps of up to two seconds."""
_FORGOTTEN_S: Final = 3600
_CHECKSUM_BYTES: Final = 4


class Stamp(NamedTuple):
    """What the file system says about a file; every write to it changes one of these."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def digest_of(source: bytes) -> bytes:
    """Return what identifies a content."""
    return blake2b(source, digest_size=16).digest()


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what the file system said about a file."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def settled(stamp: Stamp, now_ns: int) -> Stamp | None:
    """Return the stamp if a write from now on would show in it."""
    return None if max(stamp.mtime_ns, stamp.ctime_ns) > now_ns - _SETTLED_NS else stamp


def version_of(sources: Iterable[Path]) -> bytes:
    """Return a hash of Python sources and of the Python that runs them: what they compute depends on nothing else.

    Raises:
        OSError: a source is not on the disk.

    """
    digest = blake2b(f"{sys.implementation.name} {sys.version}".encode(), digest_size=16)
    for path in sorted(sources):
        with path.open("rb", buffering=0) as stream:
            digest.update(digest_of(stream.read()))
    return digest.digest()


def cache_path(directory: Path, root: Path, what: str) -> Path:
    """Return the file of a project; a directory may hold several projects, and the files of several Pythons."""
    project = blake2b(os.path.relpath(root, directory).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return directory / f"{what}-{project}-{sys.implementation.cache_tag}"


def read_checked(path: Path, largest: int) -> memoryview:
    """Return what was written, or nothing where the file is absent, damaged, no plain file or larger than that."""
    data = _read_regular(path, largest)
    content = memoryview(data)[_CHECKSUM_BYTES:]
    if zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big") != data[:_CHECKSUM_BYTES]:
        return memoryview(b"")
    return content


def write_checked(path: Path, content: bytes) -> None:
    """Replace a file as a whole.

    Raises:
        OSError: it cannot be written.

    """
    _remove_leftovers(path)
    import tempfile  # noqa: PLC0415 - most runs write nothing

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big"))
            stream.write(content)
        # A link in this place is replaced, not followed: what it leads to is not ours.
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read_regular(path: Path, largest: int) -> bytes:
    """Return the bytes of a plain file, or nothing: a link may lead anywhere, and a pipe would never end."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
                return b""
            return stream.read(largest)
    except OSError:
        return b""


def _remove_leftovers(path: Path) -> None:
    """Remove what processes that were killed while they wrote have left."""
    forgotten = time.time() - _FORGOTTEN_S
    for leftover in path.parent.glob(f"{path.name}.*"):
        with suppress(FileNotFoundError):
            if leftover.lstat().st_mtime < forgotten:
                leftover.unlink()
