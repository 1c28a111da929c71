"""Writes a new project: all of it, or nothing."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fastapi_lint.scaffold.failure import ScaffoldError


def check_destination(path: Path) -> None:
    """Refuse what is there already.

    Raises:
        ScaffoldError: the path is a file, or a folder that holds anything.

    """
    try:
        if any(path.iterdir()):
            raise ScaffoldError(f"{path}: the folder is not empty; name a new one")
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise ScaffoldError(f"{path}: is no folder; name a new one") from None
    except OSError as error:
        raise ScaffoldError(f"{path}: cannot be read: {error.strerror}") from None


def create_tree(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new or empty folder; on failure the folder is as it was before.

    Raises:
        ScaffoldError: the folder holds something, or cannot be written.

    """
    check_destination(path)
    made = [parent for parent in (path, *path.parents) if not parent.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=path, prefix=".fastapi-lint-new-"))
        try:
            for name, content in files.items():
                target = staging / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            _move_up(staging)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        for parent in made:
            parent.rmdir()
        raise ScaffoldError(f"{path}: cannot be written: {error.strerror}") from error


def _move_up(staging: Path) -> None:
    moved: list[Path] = []
    try:
        for entry in sorted(staging.iterdir()):
            target = staging.parent / entry.name
            os.rename(entry, target)  # noqa: PTH104 - Path.rename is the same; this one reads as the move that it is
            moved.append(target)
    except OSError:
        for target in moved:
            target.rename(staging / target.name)
        raise
