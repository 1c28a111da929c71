"""What idioms of Pydantic 1 do under Pydantic 2, and what replaces them: the table ``pydantic_v1.tsv``."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.knowledge.tables import read_table

_COLUMNS = ("kind", "name", "behaviour", "replacement", "fix", "package", "versions", "source", "note")


class Kind(StrEnum):
    """Where a name stands; the head of ``pydantic_v1.tsv`` says it in full."""

    CONFIG_KEY = "config-key"
    CURRENT_KEY = "current-key"
    MEMBER = "member"
    INSTANCE_MEMBER = "instance-member"
    MEMBER_ARGUMENT = "member-argument"
    CLASS_NAME = "class-name"
    FIELD_ARGUMENT = "field-argument"
    CURRENT_FIELD_ARGUMENT = "current-field-argument"
    CONSTRAINT_ARGUMENT = "constraint-argument"
    DECORATOR_ARGUMENT = "decorator-argument"
    VALIDATOR_PARAMETER = "validator-parameter"
    PARAMETER_ARGUMENT = "parameter-argument"
    NAME = "name"


class Behaviour(StrEnum):
    """What happens today; ``SILENT`` is the most dangerous: it means something else, or nothing, without an error."""

    RAISES_AT_DEFINITION = "raises-at-definition"
    RAISES_AT_CALL = "raises-at-call"
    WARNS = "warns"
    SILENT = "silent"
    CURRENT = ""


class Fix(StrEnum):
    """Whether the replacement can be written without looking: it means the same, or may not, or there is none."""

    SAFE = "safe"
    REVIEW = "review"
    NONE = "none"


class Idiom(Struct, frozen=True):
    """One row. It holds where ``package`` (``pydantic`` or ``fastapi``) may be in ``versions`` (``">=2,<2.11"``)."""

    kind: Kind
    name: str
    behaviour: Behaviour
    replacement: str | None
    fix: Fix
    package: str
    versions: str
    source: str
    note: str


def idioms(kind: Kind, name: str) -> tuple[Idiom, ...]:
    """Return what is known of a name: nothing, one row, or several for different versions, oldest first.

    Arguments are asked for with their function (``json.indent``, ``conlist.min_items``). An argument of ``Field`` that
    is not one of today gets the row of extra arguments. A qualified name is looked for as it is written, then by its
    canonical name, then by its module.
    """
    table = _by_name()
    found = table.get((kind, name), ())
    if found:
        return found
    if kind is Kind.FIELD_ARGUMENT and (Kind.CURRENT_FIELD_ARGUMENT, name) not in table:
        return table[kind, "*"]
    if kind is Kind.NAME:
        return table.get((kind, canonical(name)), ()) or table.get((kind, f"{name.rpartition('.')[0]}.*"), ())
    return ()


@cache
def idiom_table() -> tuple[Idiom, ...]:
    """Return every row, in the order of the table."""
    return tuple(_row(cells) for cells in read_table("pydantic_v1.tsv", _COLUMNS))


@cache
def current_config_keys() -> Mapping[str, str]:
    """Return the keys that ``ConfigDict`` knows, each with the versions of Pydantic that have it."""
    return MappingProxyType({row.name: row.versions for row in idiom_table() if row.kind is Kind.CURRENT_KEY})


def _row(cells: list[str]) -> Idiom:
    kind, name, behaviour, replacement, fix, package, versions, source, note = cells
    how = Behaviour(behaviour)
    return Idiom(
        kind=Kind(kind),
        name=name,
        behaviour=how,
        replacement=replacement or None,
        fix=Fix.NONE if how is Behaviour.CURRENT else Fix(fix),
        package=package,
        versions=versions,
        source=source,
        note=note,
    )


@cache
def _by_name() -> dict[tuple[Kind, str], tuple[Idiom, ...]]:
    table: dict[tuple[Kind, str], tuple[Idiom, ...]] = {}
    for row in idiom_table():
        table[row.kind, row.name] = (*table.get((row.kind, row.name), ()), row)
    return table
