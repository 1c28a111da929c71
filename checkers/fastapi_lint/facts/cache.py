"""Keeps encoded facts between runs, one file for each project, so that a warm run parses nothing.

An entry holds for the content that it was made from, by the extractor that made it (I1): the file begins with a hash of
the extractor's own source. It is data checked against its schema; a file that is damaged, foreign or of another version
is as good as none. It is replaced as a whole, so that several processes may use it at once.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.cache_files import Stamp, read_checked, version_of, write_checked
from fastapi_lint.directives import Directive

LARGEST: Final = 1 << 30
"""The facts of ten million lines take half of that."""


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What one file says: its encoded facts, and its suppression comments.

    ``stamp`` is None when only the content can tell whether they still hold.
    """

    key: str
    digest: bytes
    stamp: Stamp | None
    facts: memoryview
    directives: tuple[Directive, ...] = ()


class _Stored(Struct, frozen=True, array_like=True, gc=False):
    """What stands behind the checksum."""

    version: bytes
    entries: tuple[Entry, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Stored)


@cache
def extractor_version() -> bytes:
    """Return a hash of everything that facts depend on apart from the file: the extractor's source, and the Python.

    Raises:
        OSError: the source is not on the disk.

    """
    package = Path(__file__).parent
    beside = [package.parent / name for name in ("directives.py", "recursion.py", "source.py")]
    return version_of([*beside, *package.rglob("*.py")])


def read_cache(path: Path) -> dict[str, Entry]:
    """Return the entries of a cache file by key; none when it does not hold for this extractor."""
    content = read_checked(path, LARGEST)
    if not content:
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
    write_checked(path, _encoder.encode((extractor_version(), tuple(entries))))
