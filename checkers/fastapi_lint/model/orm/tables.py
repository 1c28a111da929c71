"""Tables that are made without a class: ``link = Table("link", metadata, Column(...))``."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.model.constructs import Construct, constant, construct
from fastapi_lint.model.symbols import Module
from fastapi_lint.model.values import Place

LIBRARIES: Final = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")
"""Who imports none of these (by its own name or a submodule's) declares neither columns nor tables itself."""
_COLUMNS: Final = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"})


class Table(Struct, frozen=True, eq=False):
    """A table bound to a module-level name; ``constructs`` are the columns that are written out in the call."""

    name: str
    variable: str
    constructs: tuple[Construct, ...]
    place: Place

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        names = (_text(item, item.call.args[0]) for item in self.constructs if item.call.args)
        return tuple(name for name in names if name is not None)


def tables(module: Module) -> Iterator[Table]:
    """Yield the tables that a module's variables hold."""
    if not any(item.module.startswith(LIBRARIES) for item in module.facts.imports):
        return
    for variable in module.variables.values():
        made = construct(module, variable.value) if isinstance(variable.value, Call) else None
        if made is None or made.name != "sqlalchemy.Table" or not made.call.args:
            continue
        name = _text(made, made.call.args[0])
        if name is not None:
            arguments = (construct(made.module, item, made.scope) for item in made.call.args[1:])
            columns = tuple(item for item in arguments if item is not None and item.name in _COLUMNS)
            yield Table(name, variable.name, columns, Place(module.key, variable.span))


def _text(made: Construct, expression: Expr) -> str | None:
    found = constant(made.module, expression, made.scope)
    return found.value if found is not None and isinstance(found.value, str) else None
