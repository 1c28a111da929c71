"""What blocks an event loop when a coroutine calls it: the table ``blocking.tsv``, asked by qualified name."""

from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from msgspec import Struct

from fastapi_lint.knowledge.canonical import BASES, ancestors, member_path, prefixes
from fastapi_lint.knowledge.tables import read_table

Level = Literal["error", "warning", "info"]

_LEVELS: dict[str, Level] = {"error": "error", "warning": "warning", "info": "info"}
_COLUMNS = ("name", "kind", "calls", "category", "level", "instead", "since", "source")


class Kind(StrEnum):
    """Which calls a row speaks of; the head of ``blocking.tsv`` says it in full."""

    FUNCTION = "function"
    MODULE = "module"
    CLASS = "class"
    CLIENT = "client"
    API = "api"


class Category(StrEnum):
    """Why the loop stands still.

    ``KDF`` is a password hash or key derivation (it has a rule of its own), ``METADATA`` a file system call that reads
    or changes no content, ``WAIT`` waits for another thread, process or person.
    """

    SLEEP = "sleep"
    SUBPROCESS = "subprocess"
    WAIT = "wait"
    NETWORK = "network"
    DATABASE = "database"
    KDF = "kdf"
    CPU = "cpu"
    FILE = "file"
    METADATA = "metadata"


class Blocking(Struct, frozen=True):
    """One row: what blocks, why, how much it hurts, and what a coroutine calls instead."""

    name: str
    kind: Kind
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    category: Category
    level: Level
    instead: str
    since: str
    source: str

    def covers(self, path: Sequence[str]) -> bool:
        """Say whether calling ``name`` followed by the attributes ``path`` is meant."""
        if not path:
            return self.kind is Kind.FUNCTION
        match self.kind:
            case Kind.FUNCTION:
                return False
            case Kind.MODULE | Kind.CLASS:
                return len(path) == 1 and self._names(path[0]) and not self._leaves_out(path)
            case Kind.CLIENT:
                whole = "*" in self.includes
                return (
                    (whole or len(path) > 1)
                    and self._names(path[0])
                    and _is_public_method(path[-1])
                    and not self._leaves_out(path)
                )
            case Kind.API:
                return self._names(path[-1]) and not self._leaves_out(path)

    def _names(self, word: str) -> bool:
        return any(_fits(word, pattern) for pattern in self.includes)

    def _leaves_out(self, path: Sequence[str]) -> bool:
        return any(fnmatchcase(word, pattern) for pattern in self.excludes for word in path)


def _fits(word: str, pattern: str) -> bool:
    return word == pattern or ("*" in pattern and word[:1] != "_" and fnmatchcase(word, pattern))


def _is_public_method(word: str) -> bool:
    return word[:1].islower()


class _Table(Struct, frozen=True):
    """The rows by their name, and those with a wildcard in their last word by what stands in front of it.

    A call has a row only if one of the beginnings of its name is ``known``.
    """

    known: frozenset[str]
    exact: dict[str, tuple[Blocking, ...]]
    wildcard: dict[str, tuple[Blocking, ...]]

    def rows(self, name: str) -> tuple[Blocking, ...]:
        """Return the rows of a name, those that spell it out first."""
        found = self.exact.get(name, ())
        parent, _, last = name.rpartition(".")
        patterns = self.wildcard.get(parent, ())
        return found + tuple(row for row in patterns if fnmatchcase(last, row.name.rpartition(".")[2]))


@cache
def blocking_table() -> tuple[Blocking, ...]:
    """Return every row, in the order of the table."""
    return tuple(_row(cells) for cells in read_table("blocking.tsv", _COLUMNS))


@cache
def blocking_call(callee: str) -> Blocking | None:
    """Return why a call of ``callee`` blocks, or None when nothing is known against it.

    ``callee`` is a qualified name: a function (``requests.get``), a class (``smtplib.SMTP``: building one connects), or
    a class followed by the attributes down to the method (``openai.OpenAI.chat.completions.create``). Methods are found
    through the known bases of a class.
    """
    name = member_path(callee)
    beginnings, table = prefixes(name), _index()
    if table.known.isdisjoint(beginnings):
        return None
    for beginning in reversed(beginnings):
        path = name[len(beginning) + 1 :].split(".") if beginning != name else []
        for owner in (beginning, *ancestors(beginning)) if path else (beginning,):
            for row in table.rows(owner):
                if row.covers(path):
                    return row
    return None


def _row(cells: list[str]) -> Blocking:
    name, kind, calls, category, level, instead, since, source = cells
    names = calls.split()
    return Blocking(
        name=name,
        kind=Kind(kind),
        includes=tuple(word for word in names if not word.startswith("-")),
        excludes=tuple(word[1:] for word in names if word.startswith("-")),
        category=Category(category),
        level=_LEVELS[level],
        instead=instead,
        since=since,
        source=source,
    )


@cache
def _index() -> _Table:
    exact: dict[str, tuple[Blocking, ...]] = {}
    wildcard: dict[str, tuple[Blocking, ...]] = {}
    for row in blocking_table():
        parent, _, last = row.name.rpartition(".")
        table, key = (wildcard, parent) if "*" in last else (exact, row.name)
        table[key] = (*table.get(key, ()), row)
    return _Table(frozenset({*exact, *wildcard, *BASES}), exact, wildcard)
