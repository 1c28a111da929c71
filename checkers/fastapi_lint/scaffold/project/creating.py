"""Writes a new project: all of it, or nothing."""

from collections.abc import Mapping
from pathlib import Path

from fastapi_lint.atomic import replace_files
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.project.answers import Answers
from fastapi_lint.scaffold.project.record import Record, render_record
from fastapi_lint.scaffold.project.rendering import render_project
from fastapi_lint.version import own_version


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


def create_project(path: Path, answers: Answers, additions: Mapping[str, bytes]) -> None:
    """Render a project into a new or empty folder, with what it has to remember, and add files of others.

    Raises:
        ScaffoldError: the folder holds something or cannot be written, or the answers do not go together.

    """
    check_destination(path)
    files = render_project(answers)
    files = {**files, **render_record(Record(own_version(), answers), files), **additions}
    try:
        replace_files({path / name: content for name, content in files.items()})
    except OSError as error:
        raise ScaffoldError(f"{path}: cannot be written: {error.strerror}") from None
