"""Classes that are mapped by a call: ``registry.map_imperatively(User, users, properties={...})``."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.schema import Body, Import
from fastapi_lint.model.constructs import Construct, called_name, calls_in, construct, entries
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm.reading import Declaration, columns_of_table
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Place

_MAPPERS: Final = frozenset({"sqlalchemy.orm.registry.map_imperatively", "sqlalchemy.orm.mapper"})
_NAMES: Final = frozenset({"map_imperatively", "mapper"})


class Mapping(Struct, frozen=True, eq=False):
    """One call: the class that it maps, and the attributes that the class gets."""

    cls: Class
    declarations: tuple[Declaration, ...]


def imperative_mappings(module: Module) -> Iterator[Mapping]:
    """Yield the classes that a module maps by calls, at its top level or in its functions."""
    if any(_may_bind_mapper(item) for item in module.facts.imports):
        yield from _in_body(module, module.body, "")
    for function in module.all_functions:
        if not _NAMES.isdisjoint(function.facts.called):
            yield from _in_body(module, function.body, function.qualname)


def _may_bind_mapper(item: Import) -> bool:
    """Return whether an import binds a registry, from the library or from where the project keeps it, or ``mapper``."""
    if item.module.startswith("sqlalchemy"):
        return item.name in {None, "orm", "registry", "mapper", "*"}
    return "mapper" in item.bound or "registry" in item.bound


def _in_body(module: Module, body: Body, scope: str) -> Iterator[Mapping]:
    for call in calls_in(body):
        if called_name(call) in _NAMES:
            made = construct(module, call, scope)
            if made is not None and made.name in _MAPPERS and made.arguments:
                yield from _mapping(made)


def _mapping(made: Construct) -> Iterator[Mapping]:
    cls = made.module.resolve(made.arguments[0], made.scope)
    if isinstance(cls, Class):
        table = made.arguments[1] if len(made.arguments) > 1 else made.keywords.get("local_table")
        columns = columns_of_table(cls, made.module, table, made.scope)
        yield Mapping(cls, (*columns, *_properties(cls, made)))


def _properties(cls: Class, made: Construct) -> Iterator[Declaration]:
    given = made.keywords.get("properties")
    for name, value in ({} if given is None else entries(made.module, given, made.scope) or {}).items():
        inner = construct(made.module, value, made.scope)
        if inner is not None:
            yield Declaration(name, cls, Place(inner.module.key, inner.call.span), None, inner)
