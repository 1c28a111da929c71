"""Keeps encoded facts between runs, one file for each project, so that a warm run parses nothing.

An entry holds for the content that it was made from, by the extractor that made it (I1): the file begins with a hash of
the extractor's own source. It is data checked against its schema; a file that is damaged, foreign or of another version
is as good as none. It is replaced as a whole, so that several processes may use it at once.
"""

import os
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

_LARGEST: Final = 1 << 30
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


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """The encoded facts of one file. ``stamp`` is None when only the content can tell whether they still hold."""

    key: str
    digest: bytes
    stamp: Stamp | None
    facts: memoryview


class _Stored(Struct, frozen=True, array_like=True, gc=False):
    """What stands behind the checksum."""

    version: bytes
    entries: tuple[Entry, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


def digest_of(source: bytes) -> bytes:
    """Return what identifies a content."""
    return blake2b(source, digest_size=16).digest()


def stamp_of(path: Path) -> Stamp | None:
    """Return what the file system says about a file, or None when it says nothing."""
    try:
        status = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def settled(stamp: Stamp | None, now_ns: int) -> Stamp | None:
    """Return the stamp if a write from now on would show in it."""
    if stamp is None or max(stamp.mtime_ns, stamp.ctime_ns) > now_ns - _SETTLED_NS:
        return None
    return stamp


@cache
def extractor_version() -> bytes:
    """Return a hash of everything that facts depend on apart from the file: the extractor's source, and the Python.

    Raises:
        OSError: the source is not on the disk.

    """
    package = Path(__file__).parent
    sources = [package.parent / "source.py", *package.rglob("*.py")]
    digest = blake2b(f"{sys.implementation.name} {sys.version}".encode(), digest_size=16)
    for path in sorted(sources):
        digest.update(digest_of(path.read_bytes()))
    return digest.digest()


def cache_path(directory: Path, root: Path) -> Path:
    """Return the cache file of a project; a directory may hold several projects, and caches of several Pythons."""
    project = blake2b(os.path.relpath(root, directory).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return directory / f"facts-{project}-{sys.implementation.cache_tag}"


def read_cache(path: Path) -> dict[str, Entry]:
    """Return the entries of a cache file by key; none when it does not hold for this extractor."""
    data = _read_regular(path)
    if len(data) <= _CHECKSUM_BYTES:
        return {}
    content = memoryview(data)[_CHECKSUM_BYTES:]
    if zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big") != data[:_CHECKSUM_BYTES]:
        return {}
    try:
        stored = _decoder.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return {entry.key: entry for entry in stored.entries} if stored.version == extractor_version() else {}


def write_cache(path: Path, entries: Iterable[Entry]) -> None:
    """Replace a cache file.

    Raises:
        OSError: it cannot be written.

    """
    content = _encoder.encode((extractor_version(), tuple(entries)))
    _remove_leftovers(path)
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


def _read_regular(path: Path) -> bytes:
    """Return the bytes of a plain file, or nothing: a link may lead anywhere, and a pipe would never end."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
                return b""
            return stream.read(_LARGEST)
    except OSError:
        return b""


def _remove_leftovers(path: Path) -> None:
    """Remove what processes that were killed while they wrote have left."""
    forgotten = time.time() - _FORGOTTEN_S
    for leftover in path.parent.glob(f"{path.name}.*"):
        with suppress(FileNotFoundError):
            if leftover.lstat().st_mtime < forgotten:
                leftover.unlink()
