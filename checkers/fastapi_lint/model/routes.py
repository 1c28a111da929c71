"""Apps, routers and path operations: who handles which request, in the order in which FastAPI looks for a handler.

Nothing here is guessed: a prefix that depends on a value makes the full paths of what is below it unknown.
"""

from collections.abc import Mapping

from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.modules import Module
from fastapi_lint.model.route_builder import RouteBuilder
from fastapi_lint.model.router_actions import Included
from fastapi_lint.model.routing import Inclusion, Route, Router, full_path
from fastapi_lint.model.symbols import Function

__all__ = ["Inclusion", "Route", "Router", "Routes", "full_path"]


class Routes:
    """The routes of a project."""

    def __init__(self, modules: Mapping[str, Module], lexical: Lexical, constants: Constants) -> None:
        self.constants = constants
        builder = RouteBuilder(modules, lexical, constants)
        builder.build()
        self.routers: tuple[Router, ...] = builder.routers
        self.all: tuple[Route, ...] = builder.routes
        self.unresolved: tuple[Included, ...] = tuple(builder.unresolved)
        self._by_function: dict[str, list[Route]] = {}
        for route in self.all:
            if route.function is not None:
                self._by_function.setdefault(route.function.key, []).append(route)

    def of(self, function: Function) -> tuple[Route, ...]:
        """Return the routes that a function handles."""
        return tuple(item for item in self._by_function.get(function.key, ()) if item.function is function)

    def is_route(self, function: Function) -> bool:
        """Return whether FastAPI calls the function to answer a request."""
        return bool(self.of(function))
