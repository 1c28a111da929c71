"""The cache file is data that holds for one version of the extractor; anything else in its place is as good as none."""

import os
import pickle
import shutil
import time
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.facts import cache
from fastapi_lint.facts.cache import (
    Entry,
    Stamp,
    cache_path,
    digest_of,
    extractor_version,
    read_cache,
    settled,
    stamp_of,
    write_cache,
)

STAMP = Stamp(size=10, mtime_ns=1, ctime_ns=2, inode=3)
ENTRIES = [
    Entry("a.py", digest_of(b"a"), STAMP, memoryview(b"facts of a")),
    Entry("ä/b.py", digest_of(b"b"), None, memoryview(b"")),
]
SECOND = 1_000_000_000


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
    shutil.copy(Path(cache.__file__).parent.parent / "source.py", package.parent)

    def version() -> bytes:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "__file__", str(package / "cache.py"))
            return extractor_version.__wrapped__()

    assert version() == extractor_version()
    for changed in (package / "extract.py", package / "lowering" / "lower.py", package.parent / "source.py"):
        before = version()
        changed.write_bytes(changed.read_bytes() + b"# changed\n")
        assert version() != before


def test_the_version_of_the_extractor_is_unknown_without_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "facts" / "cache.py"))
    with pytest.raises(FileNotFoundError):
        extractor_version.__wrapped__()


def test_projects_that_share_a_directory_have_files_of_their_own(tmp_path: Path) -> None:
    shared = tmp_path / "cache"
    assert cache_path(shared, tmp_path / "a") != cache_path(shared, tmp_path / "b")
    assert cache_path(shared, tmp_path / "a").parent == shared


def test_a_project_that_moves_with_its_cache_keeps_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "somewhere" / "new"
    assert cache_path(old / ".cache", old).name == cache_path(new / ".cache", new).name


# Stamps


def test_every_write_changes_the_stamp_of_a_settled_file(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a = 1")
    before = stamp_of(file)
    assert before is not None
    time.sleep(0.02)  # a tick of the file system's clock
    file.write_bytes(b"a = 2")
    os.utime(file, ns=(before.mtime_ns, before.mtime_ns))
    after = stamp_of(file)
    assert after is not None
    assert (after.size, after.mtime_ns, after.inode) == (before.size, before.mtime_ns, before.inode)
    assert after != before


def test_a_file_that_is_gone_has_no_stamp(tmp_path: Path) -> None:
    assert stamp_of(tmp_path / "gone.py") is None
    assert settled(None, 0) is None


@pytest.mark.parametrize(
    ("mtime", "ctime", "is_settled"), [(0, 0, True), (99, 0, False), (0, 99, False), (200, 0, False)]
)
def test_a_file_that_changed_a_moment_ago_has_no_settled_stamp(mtime: int, ctime: int, *, is_settled: bool) -> None:
    stamp = Stamp(1, mtime * SECOND, ctime * SECOND, 1)
    assert settled(stamp, 100 * SECOND) == (stamp if is_settled else None)


# Hostile places


def test_a_link_in_place_of_the_cache_is_neither_read_nor_followed(path: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    path.rename(precious)
    content = precious.read_bytes()
    path.symlink_to(precious)
    assert read_cache(path) == {}
    write_cache(path, [])
    assert precious.read_bytes() == content
    assert not path.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_in_place_of_the_cache_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    os.mkfifo(path)
    assert read_cache(path) == {}


def test_a_directory_in_place_of_the_cache_is_an_error_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    path.mkdir()
    assert read_cache(path) == {}
    with pytest.raises(OSError, match="directory"):
        write_cache(path, ENTRIES)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_too_large_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_LARGEST", 10)
    assert read_cache(path) == {}


def test_leftovers_of_killed_processes_are_removed_but_not_what_is_being_written(path: Path) -> None:
    old, fresh, other = (path.with_name(name) for name in ("facts.old", "facts.fresh", "other.old"))
    for file in (old, fresh, other):
        file.write_bytes(b"")
    for file in (old, other):
        os.utime(file, (0, 0))
    write_cache(path, ENTRIES)
    assert {file.name for file in path.parent.iterdir()} == {"facts", "facts.fresh", "other.old"}
