"""Classes that are mapped by a call: ``registry.map_imperatively(User, users, properties={...})``."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Name, walk
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import expressions_of, walk_statements
from fastapi_lint.model.constructs import Construct, construct, entries
from fastapi_lint.model.orm.reading import Declaration, columns_of_table
from fastapi_lint.model.symbols import Class, Module
from fastapi_lint.model.values import Place

_MAPPERS: Final = frozenset({"sqlalchemy.orm.registry.map_imperatively", "sqlalchemy.orm.mapper"})
_NAMES: Final = frozenset({"map_imperatively", "mapper"})


class Mapping(Struct, frozen=True, eq=False):
    """One call: the class that it maps, and the attributes that the class gets."""

    cls: Class
    declarations: tuple[Declaration, ...]


def imperative_mappings(module: Module) -> Iterator[Mapping]:
    """Yield the classes that a module maps by calls, at its top level or in its functions."""
    # A registry or ``mapper`` is imported by name, from the library or from where the project keeps it.
    if any(item.module.startswith("sqlalchemy.orm") or "mapper" in item.bound for item in module.facts.imports):
        yield from _in_body(module, module.body, "")
    for function in module.all_functions:
        if not _NAMES.isdisjoint(function.facts.called):
            yield from _in_body(module, function.body, function.qualname)


def _in_body(module: Module, body: Body, scope: str) -> Iterator[Mapping]:
    for statement in walk_statements(body):
        for expression in expressions_of(statement):
            for part in walk(expression):
                if isinstance(part, Call) and _may_map(part):
                    made = construct(module, part, scope)
                    if made is not None and made.name in _MAPPERS and made.arguments:
                        yield from _mapping(made)


def _may_map(call: Call) -> bool:
    match call.func:
        case Name(id=name) | Attribute(attr=name):
            return name in _NAMES
        case _:
            return False


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
