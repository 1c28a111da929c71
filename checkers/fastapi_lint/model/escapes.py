"""Whether a session leaves what can be seen: handed to something unresolved, kept by a closure, behind a decorator.

Rules that conclude from the absence of something ("nobody commits") hold only in a closed world.
"""

from typing import Final

from fastapi_lint.model.analyser import Analyser
from fastapi_lint.model.analysis import DEEPEST_CHAIN, Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import (
    Built,
    Callable,
    Collection,
    ExternalObject,
    Instance,
    Literal,
    SessionOrigin,
    Symbolic,
    Unknown,
    Value,
    alternatives,
)

_SEES_ONLY: Final = (
    "builtins.",
    "typing.",
    "logging.",
    "sqlalchemy.",
    "sqlmodel.",
    "asyncio.",
    "fastapi.",
    "contextlib.",
)
_ENGINES: Final = frozenset({"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine"})
ENGINE_NAMES: Final = frozenset(name.rpartition(".")[2] for name in _ENGINES)
"""What a function that makes an engine calls, unless it is imported under another name."""


class Escapes:
    """Answers whether everything that a function does to its sessions is known."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._known: dict[Function, bool] = {}
        self._running: set[Function] = set()
        self._passing: dict[Function, frozenset[str]] = {}
        self._asking: set[Function] = set()

    def from_function(self, function: Function) -> bool:
        """Return whether calling a function may do something to a session that cannot be seen."""
        found = self._known.get(function)
        if found is not None:
            return found
        if function in self._running:
            return False
        if len(self._running) >= DEEPEST_CHAIN:
            return True
        self._running.add(function)
        try:
            found = self.from_analysis(self._analyser.analysis(function))
        finally:
            self._running.discard(function)
        self._known[function] = found
        return found

    def from_analysis(self, analysis: Analysis) -> bool:
        """Return whether what a function does may do something to a session that cannot be seen."""
        # A decorator of the project's own may do anything around the call.
        decorated = any(":" in name for name in analysis.function.decorator_names)
        if (
            decorated
            or not analysis.keeps_type
            or any(self._mentions_session(scope) for scope in analysis.closures.values())
        ):
            return True
        return any(self._by_call(site) for site in analysis.calls)

    def _by_call(self, site: CallSite) -> bool:
        if site.context.deferred and site.receiver is not None and self.carries_session(site.receiver):
            # A lambda holds the session, and nobody knows who calls it.
            return True
        if site.callees:
            given = {name for name, value in site.bound if self.carries_session(value)}
            return any(self.from_function(item) or not given.isdisjoint(self._passed_on(item)) for item in site.callees)
        carried = any(self.carries_session(value) for value in site.values)
        if site.external is not None:
            return carried and not site.external.startswith(_SEES_ONLY)
        if isinstance(site.target, Unknown | Symbolic):
            return carried or site.awaited
        return carried and not isinstance(site.result, Instance)

    def _passed_on(self, function: Function) -> frozenset[str]:
        """Return the parameters of no known type that a function hands to what cannot be seen."""
        found = self._passing.get(function)
        if found is not None:
            return found
        if function in self._asking:
            return frozenset()  # what it passes to itself adds nothing
        if len(self._asking) >= DEEPEST_CHAIN:
            return function.parameter_names
        self._asking.add(function)
        try:
            found = frozenset[str]().union(*map(self._handed_on, self._analyser.analysis(function).calls))
        finally:
            self._asking.discard(function)
        self._passing[function] = found
        return found

    def _handed_on(self, site: CallSite) -> frozenset[str]:
        if site.callees:
            passed = frozenset[str]().union(*map(self._passed_on, site.callees))
            return frozenset[str]().union(*(_symbols(value) for name, value in site.bound if name in passed))
        if site.external is not None and site.external.startswith(_SEES_ONLY):
            return frozenset()
        return frozenset[str]().union(*map(_symbols, site.values))

    def _mentions_session(self, scope: dict[str, Value]) -> bool:
        return any(self.carries_session(value) for value in scope.values())

    def carries_session(self, value: Value) -> bool:
        """Return whether a value is a session, or holds one."""
        for item in alternatives(value):
            match item:
                case Instance(origin=SessionOrigin()):
                    return True
                case Instance(origin=Built(bound=bound)):
                    if any(self.carries_session(inner) for _, inner in bound):
                        return True
                case Callable(receiver=receiver) | ExternalObject(receiver=receiver):
                    if receiver is not None and self.carries_session(receiver):
                        return True
                case Collection(element=element) if self.carries_session(element):
                    return True
                case _:
                    continue
        return False

    def commits_by_itself(self, analysis: Analysis) -> bool:
        """Return whether a function makes an engine that commits each statement."""
        return any(
            site.external in _ENGINES and Literal("AUTOCOMMIT") in (value for _, value in site.keywords)
            for site in analysis.calls
        )


def _symbols(value: Value) -> frozenset[str]:
    return frozenset(item.name for item in alternatives(value) if isinstance(item, Symbolic))
