"""What a project is rendered from: the answers to a few questions, each checked."""

import re
from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct
from packaging.utils import InvalidName, canonicalize_name

from fastapi_lint.scaffold.failure import ScaffoldError

PythonVersion = Literal["3.12", "3.13", "3.14"]
"""The minor versions of Python that the templates are written for."""
_ASCII_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


class Engine(StrEnum):
    """The database of a project."""

    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """The options of ``fastapi-lint new``; what a template sees, under the same names."""

    name: str
    python: PythonVersion = "3.12"
    database: Engine = Engine.POSTGRESQL
    items: bool = True


def check_name(name: str) -> str:
    """Return the name of a distribution as tools write it, in lower case and with hyphens.

    Raises:
        ScaffoldError: no distribution can have this name (https://packaging.python.org/specifications/name-normalization/).

    """
    if _ASCII_NAME.fullmatch(name):
        try:
            return str(canonicalize_name(name, validate=True))
        except InvalidName:
            pass
    raise ScaffoldError(
        f"{name!r} cannot be the name of a project: letters, digits and hyphens, with a letter or digit at both ends"
    )
