"""What loader options load: ``selectinload(A.b).joinedload(B.c)``."""

from typing import Final

from fastapi_lint.model.substitution import passed_loads
from fastapi_lint.model.values import (
    ANYTHING,
    LoaderOptions,
    Loads,
    MappedAttribute,
    Value,
)

_LOADING: Final = frozenset(
    {"selectinload", "joinedload", "subqueryload", "immediateload", "contains_eager", "undefer"}
)
_NOT_LOADING: Final = frozenset(
    {"defaultload", "load_only", "defer", "raiseload", "noload", "lazyload", "Load"}
    | {"with_loader_criteria", "with_expression", "selectin_polymorphic"}
)
LOADER_OPTIONS: Final = _LOADING | _NOT_LOADING
"""The functions and methods that make an option or lead one on."""


def loader_option(method: str, arguments: tuple[Value, ...]) -> Value:
    """Return the option that a function of SQLAlchemy makes."""
    return _extended(LoaderOptions(Loads()), method, arguments)


def chained_option(option: LoaderOptions, method: str, arguments: tuple[Value, ...]) -> Value:
    """Return what a method of an option makes of it."""
    if method == "options":
        loads = option.loads
        for value in arguments:
            loads = loads.joined(_prefixed(passed_loads(value), option.tip))
        return LoaderOptions(loads, option.tip)
    return _extended(option, method, arguments)


def _extended(option: LoaderOptions, method: str, arguments: tuple[Value, ...]) -> LoaderOptions:
    """Return an option with one more step: ``selectinload(A.b).joinedload(B.c)``."""
    if method in _NOT_LOADING - {"defaultload"}:
        return option
    loads, tip = option.loads, option.tip
    if not arguments:
        return LoaderOptions(Loads(loads.paths, loads.parameters, complete=False), tip)
    for value in arguments:
        name = _attribute_name(value)
        if name is None:
            return LoaderOptions(Loads(loads.paths, loads.parameters, complete=False), tip)
        tip = (*tip, name)
        if method in _LOADING:
            loads = loads.joined(Loads(frozenset({tip})))
    return LoaderOptions(loads, tip)


def _attribute_name(value: Value) -> str | None:
    match value:
        case MappedAttribute(name=name):
            return name
        case _:
            return None


def _prefixed(loads: Loads, tip: tuple[str, ...]) -> Loads:
    """Return options as they load from the end of a path; what a parameter holds may load anything there."""
    below = (*loads.paths, (ANYTHING,)) if loads.parameters else loads.paths
    return Loads(frozenset((*tip, *path) for path in below), frozenset(), loads.complete)
