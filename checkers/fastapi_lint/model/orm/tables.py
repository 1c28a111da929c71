"""Tables that are made without a class: ``link = Table("link", metadata, Column(...))``."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.facts.schema import Import
from fastapi_lint.model.constructs import Construct, constant, construct
from fastapi_lint.model.modules import Module
from fastapi_lint.model.values import Place

LIBRARIES: Final = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")
"""Who imports none of these (by its own name or a submodule's) declares neither columns nor tables itself."""
_COLUMNS: Final = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"})


class Table(Struct, frozen=True, eq=False):
    """A table; ``constructs`` are the columns written out in the call, ``name`` is None if it is no literal."""

    name: str | None
    constructs: tuple[Construct, ...]
    place: Place

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(name for item in self.constructs if (name := column_name(item)) is not None)


def tables(module: Module) -> Iterator[Table]:
    """Yield the tables that a module's own names hold."""
    # The extension's object has ``db.Table``: its module is one of the project's own.
    if not any(item.name in {"Table", "db"} or _is_library(item) for item in module.facts.imports):
        return
    for variable in sorted(module.variables.values(), key=lambda item: item.span):
        found = read_table(module, variable.value, "")
        if found is not None:
            yield found


def _is_library(item: Import) -> bool:
    return item.name is None and item.module.startswith(LIBRARIES)


def read_table(module: Module, expression: Expr | None, scope: str) -> Table | None:
    """Return the table that an expression makes."""
    made = construct(module, expression, scope)
    if made is None or made.name != "sqlalchemy.Table" or not made.arguments:
        return None
    arguments = (construct(made.module, item, made.scope) for item in made.arguments[1:])
    columns = tuple(item for item in arguments if item is not None and item.name in _COLUMNS)
    return Table(_text(made, made.arguments[0]), columns, Place(module.key, made.call.span))


def column_name(made: Construct) -> str | None:
    """Return the name that is written in a column's call."""
    return _text(made, made.arguments[0]) if made.arguments else None


def _text(made: Construct, expression: Expr) -> str | None:
    found = constant(made.module, expression, made.scope)
    return found.value if found is not None and isinstance(found.value, str) else None
