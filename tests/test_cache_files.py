"""A file that only saves time is read as it was written, or not at all, whatever lies in its place."""

import os
import time
from pathlib import Path

import pytest

from fastapi_lint.cache_files import Stamp, cache_path, read_checked, settled, stamp_of, write_checked

SECOND = 1_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a file with content lies."""
    path = tmp_path / "facts"
    write_checked(path, b"content")
    return path


def test_what_was_written_is_read(path: Path) -> None:
    assert bytes(read_checked(path, 100)) == b"content"


def test_projects_that_share_a_directory_have_files_of_their_own(tmp_path: Path) -> None:
    shared = tmp_path / "cache"
    paths = [cache_path(shared, tmp_path / root, what) for root in "ab" for what in ("facts", "findings")]
    assert len(set(paths)) == 4
    assert {path.parent for path in paths} == {shared}


def test_a_project_that_moves_with_its_cache_keeps_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "somewhere" / "new"
    assert cache_path(old / ".cache", old, "facts").name == cache_path(new / ".cache", new, "facts").name


# Stamps


def test_every_write_changes_the_stamp_of_a_settled_file(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a = 1")
    before = stamp_of(file.stat())
    time.sleep(0.02)  # a tick of the file system's clock
    file.write_bytes(b"a = 2")
    os.utime(file, ns=(before.mtime_ns, before.mtime_ns))
    after = stamp_of(file.stat())
    assert (after.size, after.mtime_ns, after.inode) == (before.size, before.mtime_ns, before.inode)
    assert after != before


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
    assert bytes(read_checked(path, 100)) == b""
    write_checked(path, b"")
    assert precious.read_bytes() == content
    assert not path.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_in_place_of_the_cache_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    os.mkfifo(path)
    assert bytes(read_checked(path, 100)) == b""


def test_a_directory_in_place_of_the_cache_is_an_error_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    path.mkdir()
    assert bytes(read_checked(path, 100)) == b""
    with pytest.raises(OSError, match="directory"):
        write_checked(path, b"content")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_too_large_is_not_read(path: Path) -> None:
    assert bytes(read_checked(path, 10)) == b""


def test_leftovers_of_killed_processes_are_removed_but_not_what_is_being_written(path: Path) -> None:
    old, fresh, other = (path.with_name(name) for name in ("facts.old", "facts.fresh", "other.old"))
    for file in (old, fresh, other):
        file.write_bytes(b"")
    for file in (old, other):
        os.utime(file, (0, 0))
    write_checked(path, b"content")
    assert {file.name for file in path.parent.iterdir()} == {"facts", "facts.fresh", "other.old"}
