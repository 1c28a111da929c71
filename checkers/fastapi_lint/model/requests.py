"""Which requests reach a function: the call graph seen backwards, from a function to the path operations above it."""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from fastapi_lint.model.analyser import Analysis
from fastapi_lint.model.routes import Routes
from fastapi_lint.model.routing import Route
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Place


class Caller(Struct, frozen=True, eq=False):
    """One place where a function is called."""

    function: Function
    place: Place


class Requests:
    """Answers how a request comes to a function."""

    def __init__(self, analyses: Iterable[Analysis], routes: Routes) -> None:
        self._routes = routes
        self._callers: dict[Function, list[Caller]] = {}
        for analysis in analyses:
            for site in analysis.calls:
                caller = Caller(analysis.function, Place(analysis.function.module.key, site.span))
                for callee in site.callees:
                    self._callers.setdefault(callee, []).append(caller)

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
