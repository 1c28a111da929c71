"""What the blocking-call rules share: which functions run on a busy loop, and how findings are grouped."""

from collections.abc import Iterable
from typing import Final

from fastapi_lint.knowledge.blocking import Category
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.symbols import Function

UNREPORTED: Final = frozenset({Category.METADATA, Category.KDF})
"""Asking for metadata is too short to matter; key derivation has a rule of its own."""

_MANAGERS: Final = "contextlib.asynccontextmanager"
_APPLICATIONS: Final = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})


_DATABASE: Final = ("sqlalchemy.", "sqlmodel.")


def is_reported_as_blocking(path: BlockingPath) -> bool:
    """Return whether a blocking call is one for these rules; synchronous SQLAlchemy has a rule of its own."""
    return path.row.category not in UNREPORTED and not is_database(path)


def is_database(path: BlockingPath) -> bool:
    """Return whether a blocking call is one of SQLAlchemy's own."""
    return path.row.name.startswith(_DATABASE)


def runs_on_busy_loop(function: Function) -> bool:
    """Return whether a function is a coroutine that may run while requests are served."""
    return function.is_async and not _is_lifespan(function)


def _is_lifespan(function: Function) -> bool:
    """Return whether a function is an application's lifespan: it runs before the first request and after the last."""
    if _MANAGERS not in function.decorator_names or not function.facts.parameters:
        return False
    annotation = function.facts.parameters[0].annotation
    if annotation is None:
        return function.name == "lifespan"
    symbol = function.module.resolve(annotation, function.qualname)
    name = getattr(symbol, "name", "")
    return name in _APPLICATIONS or function.name == "lifespan"


def by_category(paths: Iterable[BlockingPath]) -> list[list[BlockingPath]]:
    """Return the paths in groups of one category, in the order in which the categories appear."""
    groups: dict[Category, list[BlockingPath]] = {}
    for path in paths:
        groups.setdefault(path.row.category, []).append(path)
    return list(groups.values())
