"""What calling a function does in the end: which blocking calls a synchronous function reaches, and by which way.

Summaries are computed bottom up over the call graph; each effect carries the witness that caused it.
"""

from typing import Final

from msgspec import Struct

from fastapi_lint.knowledge.blocking import Blocking, Category, Kind, blocking_call
from fastapi_lint.model.analyser import Analyser
from fastapi_lint.model.analysis import DEEPEST_CHAIN, Analysis
from fastapi_lint.model.disk import touches_disk
from fastapi_lint.model.events import CallSite, Witness
from fastapi_lint.model.memory import computed_once
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.values import Callable, ClassObject, Instance, Place, Value, alternatives
from fastapi_lint.source import Span

_DEPTH_LIMIT: Final = 8
_CACHES: Final = frozenset(
    {
        "functools.lru_cache",
        "functools.cache",
        "functools.cached_property",
        "cachetools.cached",
        "cachetools.cachedmethod",
    }
)
_HANDLES: Final = ("io.", "gzip.GzipFile", "codecs.", "tempfile._TemporaryFileWrapper")


class BlockingPath(Struct, frozen=True, eq=False):
    """A blocking call, why it blocks, and the way to it from the function that was asked about."""

    row: Blocking
    callee: str
    witness: Witness


class Effects:
    """Answers what functions do in the end."""

    def __init__(self, analyser: Analyser, known_blocking: frozenset[str], known_offload: frozenset[str]) -> None:
        self._analyser = analyser
        self._known_blocking = known_blocking
        self._known_offload = known_offload
        self._blocking: dict[tuple[str, str], tuple[BlockingPath, ...]] = {}
        self._running: set[tuple[str, str]] = set()

    def blocking_row(self, site: CallSite) -> Blocking | None:
        """Return why one call blocks; None when nothing is known against it, or it runs later."""
        if site.external is None or site.context.deferred or site.awaited:
            return None
        if site.external in self._known_blocking:
            return _configured(site.external)
        if site.external in self._known_offload:
            return None
        return blocking_call(site.external)

    def own_blocking(self, analysis: Analysis) -> tuple[BlockingPath, ...]:
        """Return the blocking calls that a function makes itself, in order.

        What is done with an open file counts where the file is opened.
        """
        found: list[BlockingPath] = []
        opens = False
        for site in analysis.calls:
            row = self.blocking_row(site)
            if row is None or site.external is None:
                continue
            on_handle = site.external.startswith(_HANDLES) and site.receiver is not None
            if on_handle and opens:
                continue
            if row.category is Category.FILE and not touches_disk(site, analysis.calls):
                continue
            opens = opens or row.category is Category.FILE
            place = Place(analysis.function.module.key, site.span)
            found.append(
                BlockingPath(row, site.external, Witness(place, f"{site.external}() {_REASONS[row.category]}"))
            )
        return tuple(found)

    def blocking(self, function: Function, own: Class | None) -> tuple[BlockingPath, ...]:
        """Return the first blocking call of each category that a synchronous function reaches."""
        key = (f"{function.key}@{function.facts.start}", own.key if own is not None else "")
        found = self._blocking.get(key)
        if found is not None:
            return found
        if key in self._running or len(self._running) > DEEPEST_CHAIN:
            return ()
        if _runs_later(function) or _is_cached(function):
            return ()
        if _is_named(function, self._known_offload):
            return ()
        if _is_named(function, self._known_blocking):
            here = Place(function.module.key, function.facts.name_span)
            return (
                BlockingPath(
                    _configured(function.qualname), function.qualname, Witness(here, "blocks, says the configuration")
                ),
            )
        self._running.add(key)
        try:
            found = self._first_of_each(self._reached(self._analyser.analysis(function, own)))
        finally:
            self._running.discard(key)
        self._blocking[key] = found
        return found

    def through_calls(self, analysis: Analysis) -> tuple[tuple[CallSite, Function, BlockingPath], ...]:
        """Return the calls of synchronous project functions that reach a blocking call, each with its way there."""
        found: list[tuple[CallSite, Function, BlockingPath]] = []
        for site in analysis.calls:
            if site.context.deferred:
                continue
            for callee in site.callees:
                if _runs_later(callee):
                    continue
                own = receiver_class(site.target) or receiver_class(site.result)
                paths = self.blocking(callee, own if callee.owner is not None else None)
                found.extend((site, callee, path) for path in paths if path.witness.depth < _DEPTH_LIMIT)
        return tuple(found)

    def _reached(self, analysis: Analysis) -> list[BlockingPath]:
        own, further = self.own_blocking(analysis), self.through_calls(analysis)
        if not own and not further:
            return []
        once = computed_once(analysis.function)
        found = [path for path in own if not _is_within(path.witness.place.span, once)]
        for site, callee, path in further:
            place = Place(analysis.function.module.key, site.span)
            if _is_within(site.span, once):
                continue
            witness = Witness(place, f"calls {callee.qualname}()", path.witness)
            found.append(BlockingPath(path.row, path.callee, witness))
        return found

    def _first_of_each(self, paths: list[BlockingPath]) -> tuple[BlockingPath, ...]:
        shortest: dict[Category, BlockingPath] = {}
        for path in paths:
            present = shortest.get(path.row.category)
            if present is None or path.witness.depth < present.witness.depth:
                shortest[path.row.category] = path
        return tuple(shortest.values())


def _is_within(span: Span, parts: tuple[Span, ...]) -> bool:
    return any(part.start <= span.start < part.end for part in parts)


def receiver_class(target: Value) -> Class | None:
    """Return the project class of the object that a method is called on, or that a constructor makes."""
    for item in alternatives(target):
        match item:
            case Callable(receiver=Instance(of=Class() as of) | ClassObject(of=Class() as of)):
                return of
            case Instance(of=Class() as of):
                return of
            case _:
                pass
    return None


def _configured(name: str) -> Blocking:
    """Return the row of a callable that the user's configuration calls blocking."""
    return Blocking(name, Kind.FUNCTION, (), (), Category.NETWORK, "error", "a thread", "", "configuration")


def _is_named(function: Function, dotted: frozenset[str]) -> bool:
    """Return whether a dotted name means a function of the project, whatever directory its import root is."""
    if not dotted:
        return False
    module = function.module.key.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    name = f".{module}.{function.qualname}"
    return any(name.endswith(f".{item}") for item in dotted)


def _runs_later(function: Function) -> bool:
    """Return whether calling a function runs nothing of it yet."""
    return function.is_async or function.facts.is_generator


def _is_cached(function: Function) -> bool:
    return bool(_CACHES.intersection(function.decorator_names))


_REASONS: Final = {
    Category.SLEEP: "sleeps",
    Category.SUBPROCESS: "waits for a process",
    Category.WAIT: "waits for another thread",
    Category.NETWORK: "waits for the network",
    Category.DATABASE: "waits for the database",
    Category.KDF: "hashes for tens to hundreds of milliseconds",
    Category.CPU: "computes for long",
    Category.FILE: "waits for the disk",
    Category.METADATA: "asks the file system",
}
