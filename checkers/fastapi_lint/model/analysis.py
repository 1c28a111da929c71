"""What one function does, as everybody else may ask for it: values, calls, reads, and effects on sessions."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.events import CallSite, CoroutineUse, EntityRead, Returned, Yielded
from fastapi_lint.model.frame import Environment, SessionEffect
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.values import UNKNOWN, Value

DEEPEST_CHAIN: Final = 64
"""How many functions are followed that each call the next; what lies deeper counts for what it declares."""


class Analysis(Struct, frozen=True, eq=False):
    """What one function does, in the order of its lines.

    ``result`` is what it returns or yields, in terms of its parameters. ``parameter_reads`` are the reads of database
    objects that were handed in, ``parameter_loads`` what is loaded of them by the time it ends, and ``refreshed`` the
    parameters whose objects it refreshes. ``session_effects`` hold the first of each kind on each session.
    ``manages_context`` is the class of the context manager that a decorator makes of it; ``keeps_type`` is false
    where a decorator that nobody knows may have changed what a call gives; ``never_returns`` is true where every way
    ends in an exception.
    """

    function: Function
    own: Class | None
    result: Value
    calls: tuple[CallSite, ...]
    reads: tuple[EntityRead, ...]
    parameter_reads: tuple[EntityRead, ...]
    parameter_loads: frozenset[tuple[str, tuple[str, ...]]]
    refreshed: frozenset[str]
    coroutine_uses: tuple[CoroutineUse, ...]
    returned: tuple[Returned, ...]
    yielded: tuple[Yielded, ...]
    session_effects: tuple[SessionEffect, ...]
    all_session_effects: tuple[SessionEffect, ...]
    values: Mapping[Expr, Value]
    self_attributes: Mapping[str, Value]
    closures: Mapping[str, Environment]
    manages_context: str
    keeps_type: bool
    never_returns: bool

    @property
    def is_deferred(self) -> bool:
        """Return whether calling the function runs nothing yet (a generator)."""
        return self.function.facts.is_generator and not self.manages_context

    def value(self, expression: Expr) -> Value:
        """Return what an expression of the function is."""
        return self.values.get(expression, UNKNOWN)


def empty_analysis(function: Function, own: Class | None) -> Analysis:
    """Return the analysis of a function that does nothing."""
    return Analysis(
        function=function,
        own=own,
        result=UNKNOWN,
        calls=(),
        reads=(),
        parameter_reads=(),
        parameter_loads=frozenset(),
        refreshed=frozenset(),
        coroutine_uses=(),
        returned=(),
        yielded=(),
        session_effects=(),
        all_session_effects=(),
        values={},
        self_attributes={},
        closures={},
        manages_context="",
        keeps_type=True,
        never_returns=False,
    )
