"""Whether what a running program holds is what the model says that it holds."""

import inspect
from collections.abc import Iterable, Mapping
from pydoc import locate
from typing import Any, Final

from sqlalchemy import ClauseElement, Result, Row
from sqlalchemy.engine import ScalarResult
from sqlalchemy.ext.asyncio import AsyncResult, AsyncScalarResult
from sqlalchemy.orm import Query
from sqlalchemy.sql import Executable

from fastapi_lint.model import values as model
from fastapi_lint.model.symbols import Class

_RESULTS: Final = {
    (False, False): Result,
    (True, False): ScalarResult,
    (False, True): AsyncResult,
    (True, True): AsyncScalarResult,
}
_ABSTRACT: Final[dict[str, type[Any]]] = {
    "iterator": Iterable,
    "list": Iterable,
    "rows": ScalarResult,
    "set": Iterable,
}


def fits(said: model.Value, held: Any) -> bool:
    """Return whether an object is one that a value stands for; what is unknown stands for all."""
    match said:
        case model.Choice(values=values):
            return any(fits(item, held) for item in values)
        case model.Literal(value=constant):
            return type(held) is type(constant) and held == constant
        case model.Instance(of=of):
            return _is_of(of, type(held))
        case model.ClassObject(of=of):
            return isinstance(held, type) and _is_of(of, held)
        case model.Callable(function=function):
            return callable(held) and held.__qualname__ == function.qualname
        case model.Coroutine():
            return inspect.isawaitable(held)
        case model.Collection():
            return _fits_collection(said, held)
        case model.Statement(kind=kind):
            return isinstance(held, Query if kind == "query" else Executable)
        case model.Result(scalars=scalars, is_async=is_async):
            return isinstance(held, _RESULTS[scalars, is_async])
        case model.MappedAttribute():
            return isinstance(held, ClauseElement) or hasattr(held, "__clause_element__")
        case model.LambdaObject():
            return inspect.isfunction(held)
        case _:
            return True


def _is_of(of: Class | str, held: type) -> bool:
    if isinstance(of, Class):
        return any(item.__qualname__ == of.facts.qualname for item in held.__mro__)
    if any(f"{item.__module__}.{item.__qualname__}" == of for item in held.__mro__):
        return True
    external = locate(of)
    assert isinstance(external, type), of
    return issubclass(held, external)


def _fits_collection(said: model.Collection, held: Any) -> bool:
    if said.kind == "dict":
        return isinstance(held, Mapping) and all(
            fits(said.key or model.UNKNOWN, key) and fits(said.element, value) for key, value in held.items()
        )
    if said.kind == "tuple":
        if not isinstance(held, tuple | Row):
            return False
        if said.items is not None:
            return len(said.items) == len(held) and all(map(fits, said.items, held))
    if said.kind == "iterator" and hasattr(held, "__aiter__"):
        return True
    if said.kind == "tuple":
        return all(fits(said.element, item) for item in held)
    if not isinstance(held, _ABSTRACT[said.kind]):
        return False
    items: Iterable[Any] = held
    return all(fits(said.element, item) for item in items)
