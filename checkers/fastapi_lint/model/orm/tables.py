"""Tables that are made without a class: ``link = Table("link", metadata, Column(...))``."""

from collections.abc import Iterator

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Constant
from fastapi_lint.model.constructs import construct
from fastapi_lint.model.symbols import Module
from fastapi_lint.model.values import Place


class Table(Struct, frozen=True):
    """A table bound to a module-level name; ``columns`` are the names of those written out in the call."""

    name: str
    variable: str
    columns: tuple[str, ...]
    place: Place


def tables(module: Module) -> Iterator[Table]:
    """Yield the tables that a module's variables hold."""
    if not any(item.name == "Table" or item.module.startswith(_LIBRARIES) for item in module.facts.imports):
        return
    for variable in module.variables.values():
        if not isinstance(variable.value, Call):
            continue
        made = construct(module, variable.value)
        if made is None or made.name != "sqlalchemy.Table" or not made.call.args:
            continue
        name = made.call.args[0]
        if isinstance(name, Constant) and isinstance(name.value, str):
            columns = (construct(module, item) for item in made.call.args[1:])
            names = (
                item.call.args[0] for item in columns if item is not None and _is_column(item.name) and item.call.args
            )
            known = tuple(item.value for item in names if isinstance(item, Constant) and isinstance(item.value, str))
            yield Table(name.value, variable.name, known, Place(module.key, variable.span))


_LIBRARIES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")


def _is_column(name: str) -> bool:
    return name in {"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"}
