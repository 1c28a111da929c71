"""Where a callable that is handed over runs, and which argument it is: the table ``offload.tsv``, asked by name."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from fastapi_lint.knowledge.canonical import ancestors, member_path
from fastapi_lint.knowledge.tables import read_table

_COLUMNS = ("name", "position", "keyword", "runs_in", "wraps", "result", "source")


class RunsIn(StrEnum):
    """Where the callable runs; in a ``GREENLET`` only SQLAlchemy's own I/O leaves the event loop free."""

    THREAD = "thread"
    PROCESS = "process"
    GREENLET = "greenlet"
    LOOP = "loop"


class ResultOf(StrEnum):
    """How the callable's own result is had: by awaiting the call, from the call, from its future, or not at all."""

    AWAITED = "awaited"
    RETURNED = "returned"
    FUTURE = "future"
    NOTHING = ""


class Offload(Struct, frozen=True):
    """One row: where the callable runs, and which argument it is; ``position`` is None when this call is not given it.

    With ``wraps`` the call only returns a function, which runs the callable there when it is called itself; ``result``
    then speaks of that second call.
    """

    name: str
    position: int | None
    keyword: str
    runs_in: RunsIn
    wraps: bool
    result: ResultOf
    source: str

    @property
    def leaves_loop(self) -> bool:
        """Say whether blocking calls in the callable leave the event loop free."""
        return self.runs_in in {RunsIn.THREAD, RunsIn.PROCESS}


@cache
def offload_table() -> Mapping[str, Offload]:
    """Return every row by its canonical name."""
    rows = (
        Offload(
            name=name,
            position=int(position) if position else None,
            keyword=keyword,
            runs_in=RunsIn(runs_in),
            wraps=wraps == "wraps",
            result=ResultOf(result),
            source=source,
        )
        for name, position, keyword, runs_in, wraps, result, source in read_table("offload.tsv", _COLUMNS)
    )
    return MappingProxyType({row.name: row for row in rows})


@cache
def offload_call(callee: str) -> Offload | None:
    """Return what ``callee`` does with the callable it is given, or None when it is not known to run one elsewhere.

    ``callee`` is a function or class, or a class followed by a method, which is also looked for in the known bases.
    """
    name = member_path(callee)
    table = offload_table()
    owner, _, member = name.rpartition(".")
    candidates = (name, *(f"{base}.{member}" for base in ancestors(owner)))
    return next((table[candidate] for candidate in candidates if candidate in table), None)
