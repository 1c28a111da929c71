"""What a scaffold would write into a project: shown as a diff, or written, all of it or nothing."""

import difflib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from fastapi_lint.atomic import replace_files
from fastapi_lint.scaffold.failure import ScaffoldError


class Change(Struct, frozen=True):
    """A file of a project, by its path below the project's root; ``before`` is None for a file that is not there."""

    path: str
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        """Return whether the file is not there yet."""
        return self.before is None


def read_text(root: Path, path: str) -> str | None:
    """Return the text of a file of the project, with its own line endings, None where there is no such file.

    Raises:
        ScaffoldError: the file cannot be read, or is not UTF-8.

    """
    try:
        return (root / path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise ScaffoldError(f"{path}: not UTF-8; save it as UTF-8 and run this again") from None
    except OSError as error:
        raise ScaffoldError(f"{path}: cannot be read: {error.strerror}") from None


def effective(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes that change something, in the order of paths."""
    return tuple(sorted((item for item in changes if item.before != item.after), key=lambda item: item.path))


def as_diff(changes: Sequence[Change]) -> str:
    """Return changes as a unified diff that ``git apply`` and ``patch -p1`` take."""
    return "".join(line for item in changes for line in _diff(item))


def _diff(change: Change) -> Iterable[str]:
    yield f"diff --git a/{change.path} b/{change.path}\n"
    if change.is_new:
        yield "new file mode 100644\n"
    before = (change.before or "").splitlines(keepends=True)
    after = change.after.splitlines(keepends=True)
    old = "/dev/null" if change.is_new else f"a/{change.path}"
    for line in difflib.unified_diff(before, after, old, f"b/{change.path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def write(root: Path, changes: Sequence[Change]) -> None:
    """Write all changes, or none of them.

    Raises:
        ScaffoldError: a file cannot be written, or lies outside the project because a directory is a link.

    """
    real = Path(os.path.realpath(root))
    for item in changes:
        if not Path(os.path.realpath(root / item.path)).is_relative_to(real):
            raise ScaffoldError(f"{item.path}: leads out of the project; nothing was written")
    try:
        replace_files({root / item.path: item.after.encode("utf-8") for item in changes})
    except OSError as error:
        place = Path(error.filename).parent if error.filename else root
        raise ScaffoldError(f"{place}: cannot be written: {error.strerror}; nothing was changed") from None
