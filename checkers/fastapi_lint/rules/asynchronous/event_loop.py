"""What the blocking-call rules share: which functions run on a busy loop, and how findings are grouped."""

from collections.abc import Iterable
from typing import Final

from fastapi_lint.knowledge.blocking import Category
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function

UNREPORTED: Final = frozenset({Category.METADATA, Category.KDF})
"""Asking for metadata is too short to matter; key derivation has a rule of its own."""

_DATABASE: Final = ("sqlalchemy.", "sqlmodel.")


def is_reported_as_blocking(path: BlockingPath) -> bool:
    """Return whether a blocking call is one for these rules; synchronous SQLAlchemy has a rule of its own."""
    return path.row.category not in UNREPORTED and not is_database(path)


def is_database(path: BlockingPath) -> bool:
    """Return whether a blocking call is one of SQLAlchemy's own."""
    return path.row.name.startswith(_DATABASE)


def runs_on_busy_loop(project: Project, function: Function) -> bool:
    """Return whether a function is a coroutine that may run while something else needs its event loop."""
    if not function.is_async or function in project.lifespans:
        return False
    return not project.requests.runs_alone(function)


def by_category(paths: Iterable[BlockingPath]) -> list[list[BlockingPath]]:
    """Return the paths in groups of one category, in the order in which the categories appear."""
    groups: dict[Category, list[BlockingPath]] = {}
    for path in paths:
        groups.setdefault(path.row.category, []).append(path)
    return list(groups.values())
