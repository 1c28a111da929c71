"""What runners read in the frontmatter of agents and skills, from ``agent_fields.tsv`` and ``agent_tools.tsv``."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from fastapi_lint.knowledge.tables import read_table


class FileKind(StrEnum):
    """What kind of file a coding agent loads."""

    AGENT = "agent"
    SKILL = "skill"


class Values(StrEnum):
    """What a field may hold."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MAPPING = "mapping"
    ANY = "any"
    NAMES = "names"
    CHOICE = "one of some values"


class Field(Struct, frozen=True):
    """A field of the frontmatter: what it may hold, and what a reader must know of it although it exists."""

    kind: FileKind
    name: str
    values: Values
    choices: tuple[str, ...]
    note: str


@cache
def known_fields(kind: FileKind) -> Mapping[str, Field]:
    """Return the fields of a kind of file by name."""
    rows = read_table("agent_fields.tsv", ("kind", "field", "values", "note", "source"))
    fields = (_field(FileKind(of), name, values, note) for of, name, values, note, _ in rows)
    return MappingProxyType({field.name: field for field in fields if field.kind is kind})


def _field(kind: FileKind, name: str, values: str, note: str) -> Field:
    try:
        return Field(kind, name, Values(values), (), note)
    except ValueError:
        return Field(kind, name, Values.CHOICE, tuple(values.split("|")), note)


@cache
def known_tools() -> Mapping[str, str]:
    """Return what became of each tool, by name; empty for a tool that exists."""
    rows = read_table("agent_tools.tsv", ("name", "problem", "source"))
    return MappingProxyType({name: problem for name, problem, _ in rows})
