"""The cache file is data that holds for one version of the extractor; anything else in its place is as good as none."""

import pickle
import shutil
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.cache_files import Stamp, digest_of
from fastapi_lint.directives import find_directives
from fastapi_lint.facts import cache
from fastapi_lint.facts.cache import Entry, extractor_version, read_cache, write_cache

STAMP = Stamp(size=10, mtime_ns=1, ctime_ns=2, inode=3)
ENTRIES = [
    Entry("a.py", digest_of(b"a"), STAMP, memoryview(b"facts of a"), find_directives(b"x  # noqa: FL402\n")),
    Entry("ä/b.py", digest_of(b"b"), None, memoryview(b"")),
]


def with_checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "big") + content


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a cache with two entries lies."""
    path = tmp_path / "facts"
    write_cache(path, ENTRIES)
    return path


def test_what_was_written_is_read(path: Path) -> None:
    assert read_cache(path) == {entry.key: entry for entry in ENTRIES}


def test_a_cache_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert read_cache(tmp_path / "none") == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"abc",
        b"\0" * 4096,
        pickle.dumps({"a.py": 1}),
        with_checksum(b""),
        with_checksum(b"\xc1"),
        with_checksum(b"\x91" * 100_000),
        with_checksum(msgspec.msgpack.encode({"version": 1})),
        with_checksum(msgspec.msgpack.encode((extractor_version(), (("a.py", b"", None, 5),)))),
        with_checksum(msgspec.msgpack.encode((extractor_version(), ((1, b"", None, b""),)))),
        with_checksum(msgspec.msgpack.encode((extractor_version(), (("a.py", b"", (1, 2), b""),)))),
        with_checksum(msgspec.msgpack.encode((b"another version", (("a.py", b"", None, b""),)))),
    ],
)
def test_what_is_no_cache_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts"
    path.write_bytes(content)
    assert read_cache(path) == {}


@given(data=st.data())
def test_a_cache_that_is_damaged_anywhere_is_as_good_as_none(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cache") / "facts"
    write_cache(path, ENTRIES)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content = content[:position]
    else:
        content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert read_cache(path) == {}


def test_a_cache_of_another_extractor_is_as_good_as_none(path: Path, tmp_path: Path) -> None:
    package = tmp_path / "fastapi_lint" / "facts"
    shutil.copytree(Path(cache.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("directives.py", "recursion.py", "source.py"):
        shutil.copy(Path(cache.__file__).parent.parent / name, package.parent)

    def version() -> bytes:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "__file__", str(package / "cache.py"))
            return extractor_version.__wrapped__()

    assert version() == extractor_version()
    for changed in (package / "extract.py", package / "lowering" / "lower.py", *package.parent.glob("*.py")):
        before = version()
        changed.write_bytes(changed.read_bytes() + b"# changed\n")
        assert version() != before


def test_the_version_of_the_extractor_is_unknown_without_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "facts" / "cache.py"))
    with pytest.raises(FileNotFoundError):
        extractor_version.__wrapped__()
