"""Which requests reach a function: the call graph seen backwards, from a function to the path operations above it."""

from collections import deque
from collections.abc import Container, Sequence
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Comprehension, Starred
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.handing_over import HandingOver
from fastapi_lint.model.routes import Routes
from fastapi_lint.model.routing import Route
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Place

_STARTS_TASKS: Final = frozenset(
    {"asyncio.create_task", "asyncio.ensure_future", "asyncio.gather", "asyncio.wait", "asyncio.as_completed"}
    | {"asyncio.TaskGroup.create_task", "asyncio.AbstractEventLoop.create_task", "anyio.abc.TaskGroup.start_soon"}
    | {"asyncio.run_coroutine_threadsafe", "asyncio.AbstractEventLoop.call_soon_threadsafe"}
)


def _ends_with_its_tasks(site: CallSite) -> bool:
    """Return whether a call gathers coroutines that are written in it, and is awaited: nothing runs on behind it."""
    if site.external != "asyncio.gather" or not site.awaited:
        return False
    items = (item.value if isinstance(item, Starred) else item for item in site.node.args)
    return all(isinstance(item, Call | Comprehension) for item in items)


class Caller(Struct, frozen=True, eq=False):
    """One place where a function is called; ``is_gathered`` says that others run beside it until all have ended."""

    function: Function
    place: Place
    is_gathered: bool = False


class Requests:
    """Answers how a request comes to a function."""

    def __init__(self, analyses: Sequence[Analysis], routes: Routes, lifespans: Container[Function]) -> None:
        self._routes = routes
        self._lifespans = lifespans
        self._starting_tasks: set[Function] = set()
        self._alone: dict[Function, bool] = {}
        self._callers: dict[Function, list[Caller]] = {}
        handing_over = HandingOver(analyses)
        for analysis in analyses:
            gathers = [site.span for site in analysis.calls if _ends_with_its_tasks(site)]
            for site in analysis.calls:
                if site.external in _STARTS_TASKS and site.span not in gathers:
                    self._starting_tasks.add(analysis.function)
                if not site.callees:
                    continue
                is_gathered = any(span.start < site.span.start < span.end for span in gathers)
                caller = Caller(analysis.function, Place(analysis.function.module.key, site.span), is_gathered)
                for callee in (*site.callees, *handing_over.handed_over(site)):
                    self._callers.setdefault(callee, []).append(caller)

    def is_route(self, function: Function) -> bool:
        """Return whether requests come to a function itself."""
        return bool(self._routes.of(function))

    def callers(self, function: Function) -> tuple[Caller, ...]:
        """Return the places where a function is called, in the order of files and lines."""
        return tuple(self._callers.get(function, ()))

    def way_to(self, function: Function) -> tuple[Route | None, tuple[Caller, ...]]:
        """Return the shortest way of a request to a function: the route, and each call on the way, outermost first.

        The route is None, and the way empty, where no request is known to come here.
        """
        ways: dict[Function, tuple[Caller, ...]] = {function: ()}
        queue = deque([function])
        while queue:
            current = queue.popleft()
            routes = self._routes.of(current)
            if routes:
                return routes[0], ways[current]
            for caller in self._callers.get(current, ()):
                if caller.function not in ways:
                    ways[caller.function] = (caller, *ways[current])
                    queue.append(caller.function)
        return None, ()

    def runs_alone(self, function: Function) -> bool:
        """Return whether a coroutine function is the only thing that ever runs on its event loop.

        So it is where every way to it begins in plain code, which must run it on a loop of its own (a Celery task, a
        command), or before the first request (a lifespan), and nothing on the way starts a task beside it. A coroutine
        function that nobody is seen to call may be called by anybody.
        """
        found = self._alone.get(function)
        if found is None:
            found = self._alone[function] = self._begins_alone(function)
        return found

    def _begins_alone(self, function: Function) -> bool:
        seen = {function}
        queue = deque([function])
        begins = False
        while queue:
            current = queue.popleft()
            if current in self._lifespans:
                begins = True
                continue
            callers = self._callers.get(current, ())
            if current in self._starting_tasks or self._routes.of(current):
                return False
            if any(caller.is_gathered for caller in callers):
                return False
            if not callers:
                if current.is_async:
                    return False
                begins = True
            for caller in callers:
                if caller.function not in seen:
                    seen.add(caller.function)
                    queue.append(caller.function)
        return begins

    def routes_to(self, function: Function) -> tuple[Route, ...]:
        """Return every path operation that reaches a function."""
        seen = {function}
        queue = deque([function])
        found: list[Route] = []
        while queue:
            current = queue.popleft()
            found.extend(self._routes.of(current))
            for caller in self._callers.get(current, ()):
                if caller.function not in seen:
                    seen.add(caller.function)
                    queue.append(caller.function)
        return tuple(found)
