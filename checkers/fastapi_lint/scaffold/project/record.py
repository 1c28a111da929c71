"""What a project remembers of its making: the answers, and every file as it was rendered, the base of the next merge.

The base is kept in the project itself, since the templates of an older version are in no newer wheel. Both files are
meant to be committed. They are input that anybody can write: sizes and paths are checked.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.project.answers import Answers, check_name
from fastapi_lint.small_files import LARGEST, read_small_file

RECORD: Final = ".fastapi-lint/template.json"
BASE: Final = ".fastapi-lint/base.zip"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answers that a project was rendered from, and the version of fastapi-lint that did it."""

    version: str
    answers: Answers


def render_record(record: Record, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the two files that remember a rendering; the same rendering gives the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as base:
        for path, content in sorted(files.items()):
            base.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    text = msgspec.json.format(msgspec.json.encode(record), indent=2)
    return {RECORD: text + b"\n", BASE: archive.getvalue()}


def read_record(root: Path) -> Record:
    """Return what a project was rendered from.

    Raises:
        ScaffoldError: it was not rendered by us, or by a later version, or the file is damaged.

    """
    try:
        record = msgspec.json.decode(read_small_file(root / RECORD), type=Record)
    except FileNotFoundError:
        raise ScaffoldError(f"{root / RECORD}: not there; only a project that `new` has made can be updated") from None
    except (OSError, msgspec.DecodeError) as error:
        raise ScaffoldError(
            f"{root / RECORD}: {error}; restore it, or update fastapi-lint if a later version wrote it"
        ) from None
    check_name(record.answers.name)
    return record


def read_base(root: Path) -> dict[str, bytes]:
    """Return the files of a project as they were rendered.

    Raises:
        ScaffoldError: the archive is missing, damaged, or names files outside of the project.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(read_small_file(root / BASE))) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise ScaffoldError(f"{root / BASE}: it is too large; restore it")
            base = {member.filename: archive.read(member) for member in members}
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ScaffoldError(f"{root / BASE}: cannot be read: {error}; restore it") from None
    for path in base:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path or "\0" in path:
            raise ScaffoldError(f"{root / BASE}: it names {path!r}, which is not in the project; restore it")
    return base
