"""Writes files as a whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file as a whole or not at all, keeping its mode."""
    target = Path(os.path.realpath(path))
    staged = _stage(target, data)
    try:
        staged.replace(target)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write several files, all of them or none, with the directories that they need; modes are kept.

    What can fail for want of space or of permission is done before the first file is replaced; after a failure there,
    what was replaced is put back.
    """
    staged: dict[Path, Path] = {}
    made: list[Path] = []
    replaced: dict[Path, bytes | None] = {}
    try:
        for path, data in contents.items():
            target = Path(os.path.realpath(path))
            made += _make_directories(target.parent)
            staged[target] = _stage(target, data)
        for target, source in staged.items():
            before = target.read_bytes() if target.exists() else None
            source.replace(target)
            replaced[target] = before
    except BaseException:
        _put_back(replaced)
        for source in staged.values():
            source.unlink(missing_ok=True)
        for directory in reversed(made):
            with suppress(OSError):  # somebody else has put something there
                directory.rmdir()
        raise


def _put_back(replaced: Mapping[Path, bytes | None]) -> None:
    for target, before in replaced.items():
        if before is None:
            target.unlink(missing_ok=True)
        else:
            replace_file(target, before)


def _make_directories(directory: Path) -> Iterator[Path]:
    """Make a directory with those above it, and yield the new ones, outermost first."""
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        yield each


def _stage(target: Path, data: bytes) -> Path:
    """Write data to a new file beside its target, with the mode of what it will replace."""
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    import tempfile  # noqa: PLC0415 - most runs write nothing

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(mode)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
