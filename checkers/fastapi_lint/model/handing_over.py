"""Which coroutine functions a plain function is handed to run them on an event loop of its own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from fastapi_lint.facts.expressions import Call, Expr, Name
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Callable, alternatives

_RUNS: Final = frozenset(
    {"asyncio.run", "asyncio.Runner.run", "asyncio.AbstractEventLoop.run_until_complete", "anyio.run"}
    | {"asgiref.sync.async_to_sync", "trio.run", "uvloop.run"}
)


class HandingOver:
    """Answers which coroutine functions a call hands to a function that runs them to their end."""

    def __init__(self, analyses: Iterable[Analysis]) -> None:
        found: dict[Function, list[Analysis]] = {}
        for analysis in analyses:
            found.setdefault(analysis.function, []).append(analysis)
        self._analyses: Mapping[Function, list[Analysis]] = found
        self._running: dict[tuple[Function, str], bool] = {}

    def handed_over(self, site: CallSite) -> Iterator[Function]:
        """Yield the coroutine functions that a call passes and its callee runs."""
        for callee in site.callees:
            for name, value in site.bound:
                for item in alternatives(value):
                    if isinstance(item, Callable) and item.function.is_async and self._runs(callee, name):
                        yield item.function

    def _runs(self, function: Function, parameter: str) -> bool:
        """Return whether a plain function runs what a parameter makes, itself or by handing it on."""
        key = (function, parameter)
        if key not in self._running:
            self._running[key] = False
            sites = [site for analysis in self._analyses.get(function, ()) for site in analysis.calls]
            self._running[key] = not function.is_async and any(self._runs_at(site, parameter) for site in sites)
        return self._running[key]

    def _runs_at(self, site: CallSite, parameter: str) -> bool:
        if site.external in _RUNS:
            return any(_is_made_by(argument, parameter) for argument in site.node.args)
        return any(
            self._runs(callee, name) for callee in site.callees for name in _passed_as(site.node, callee, parameter)
        )


def _passed_as(call: Call, callee: Function, parameter: str) -> Iterator[str]:
    """Yield the parameters of a callee that a call passes a parameter of the caller for."""
    takes_self = callee.owner is not None and not callee.is_static
    positional = [item.name for item in callee.facts.parameters if item.kind.startswith("positional")][takes_self:]
    for name, given in zip(positional, call.args, strict=False):
        if _is_made_by(given, parameter):
            yield name
    for keyword in call.keywords:
        if keyword.name is not None and _is_made_by(keyword.value, parameter):
            yield keyword.name


def _is_made_by(argument: Expr, parameter: str) -> bool:
    made = argument.func if isinstance(argument, Call) else argument
    return isinstance(made, Name) and made.id == parameter
