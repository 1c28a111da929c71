"""The graph of dependencies: what FastAPI calls, for whom, before a handler runs, and whether on the event loop."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.facts.schema import Parameter
from fastapi_lint.facts.statements import Annotate
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.dependency_reading import Dependency, DependencyReader, Node, returned
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.modules import Module
from fastapi_lint.model.routes import Route, Routes
from fastapi_lint.model.symbols import Class, Function

__all__ = ["Dependencies", "Dependency", "Use"]

_SPECIAL: Final = frozenset(
    {
        "starlette.requests.Request",
        "starlette.requests.HTTPConnection",
        "starlette.responses.Response",
        "starlette.websockets.WebSocket",
        "starlette.background.BackgroundTasks",
        "fastapi.BackgroundTasks",
        "fastapi.security.SecurityScopes",
    }
)


class Use(Struct, frozen=True, eq=False):
    """A route that needs a dependency, and the chain of dependencies that leads there, the route's own first."""

    route: Route
    chain: tuple[Dependency, ...]


class Dependencies:
    """Everything the project asks FastAPI to inject."""

    def __init__(self, modules: Mapping[str, Module], routes: Routes, lexical: Lexical, constants: Constants) -> None:
        self._modules = modules
        self._routes = routes
        self._lexical = lexical
        self._reader = DependencyReader(lexical, constants)
        self._of: dict[str, tuple[Dependency, ...]] = {}
        self._of_route: dict[Route, tuple[Dependency, ...]] = {}
        self._users: dict[str, dict[Dependency, None]] = {}
        self._route_users: dict[str, list[tuple[Route, Dependency]]] = {}
        self._index()

    # Queries

    @property
    def all(self) -> Iterator[Dependency]:
        """Yield every declaration, those of routers once for each route that they apply to."""
        for declared in self._of.values():
            yield from declared
        for route, declared in self._of_route.items():
            yield from (item for item in declared if item.user is None or item.user is not route.function)

    def of(self, user: Node) -> tuple[Dependency, ...]:
        """Return what the parameters of a function or the fields of a class without ``__init__`` ask for."""
        found = self._of.get(user.key)
        if found is None:
            found = tuple(self._of_function(user) if isinstance(user, Function) else self._of_class(user))
            self._of[user.key] = found
        return found

    def of_route(self, route: Route) -> tuple[Dependency, ...]:
        """Return what a route asks for: its parameters, its class, its routers and its apps."""
        found = self._of_route.get(route)
        if found is None:
            found = tuple(self._route_dependencies(route))
            self._of_route[route] = found
        return found

    def is_dependency(self, function: Function) -> bool:
        """Return whether FastAPI calls the function to fill in somebody's parameter."""
        return function.key in self._users or function.key in self._route_users

    def declarations_of(self, target: Node) -> tuple[Dependency, ...]:
        """Return every ``Depends`` that names a function or class, of parameters and of routers."""
        key = (target.method("__init__") or target).key if isinstance(target, Class) else target.key
        found = [*self._users.get(key, {}), *(item for _, item in self._route_users.get(key, ()))]
        return tuple({(item.module.key, item.span, item.user): item for item in found}.values())

    def users_of(self, target: Node, asked: Callable[[Dependency], bool] = lambda _: True) -> tuple[Use, ...]:
        """Return the routes that reach a dependency, each with the shortest chain, in the order of files.

        ``asked`` chooses the declarations of the dependency itself that count: a route may reach it by several.
        """
        start = (target.method("__init__") or target) if isinstance(target, Class) else target
        queue: deque[tuple[str, tuple[Dependency, ...]]] = deque([(start.key, ())])
        seen = {start.key}
        found: dict[Route, Use] = {}
        while queue:
            key, chain = queue.popleft()
            for route, dependency in self._route_users.get(key, ()):
                if chain or asked(dependency):
                    found.setdefault(route, Use(route, (dependency, *chain)))
            for dependency in self._users.get(key, {}):
                if not chain and not asked(dependency):
                    continue
                if dependency.user is not None and dependency.user.key not in seen:
                    seen.add(dependency.user.key)
                    queue.append((dependency.user.key, (dependency, *chain)))
        return tuple(sorted(found.values(), key=lambda use: (use.route.module.key, use.route.call.start)))

    def event_loop(self, function: Function) -> bool | None:
        """Return whether FastAPI runs a route or a dependency on the event loop, or in the thread pool.

        None for a function that FastAPI does not call, and where a decorator hides what FastAPI sees.
        """
        if not self._routes.is_route(function) and not self.is_dependency(function):
            return None
        if function.is_async:
            return True
        return any(self._has_async_wrapper(function, decorator) for decorator in function.facts.decorators)

    def special(self, function: Function) -> Mapping[str, str]:
        """Return the parameters that FastAPI fills with an object of its own, by name: ``request`` and its class."""
        found = {}
        for parameter in function.facts.parameters:
            if parameter.annotation is None:
                continue
            symbol = self._lexical.resolve(function.module, parameter.annotation, function.facts.parent)
            bases = symbol.external_bases if isinstance(symbol, Class) else ()
            matching = [name for name in (*bases, getattr(symbol, "name", "")) if name in _SPECIAL]
            if matching:
                found[parameter.name] = matching[0]
        return found

    # Building

    def _index(self) -> None:
        for module in self._modules.values():
            for function in module.all_functions:
                for dependency in self.of(function):
                    self._add(dependency)
        for route in self._routes.all:
            for dependency in self.of_route(route):
                if dependency.node is not None:
                    self._route_users.setdefault(dependency.node.key, []).append((route, dependency))
        queue = deque(self._fieldwise())
        seen: set[str] = set()
        while queue:
            node = queue.popleft()
            if node.key in seen:
                continue
            seen.add(node.key)
            for dependency in self.of(node):
                self._add(dependency)
                if isinstance(dependency.node, Class):
                    queue.append(dependency.node)

    def _fieldwise(self) -> list[Class]:
        """Return the classes without ``__init__`` that something depends on."""
        found = [item.node for declared in self._of.values() for item in declared]
        found.extend(item.node for declared in self._of_route.values() for item in declared)
        return [node for node in found if isinstance(node, Class)]

    def _add(self, dependency: Dependency) -> None:
        if dependency.node is not None:
            self._users.setdefault(dependency.node.key, {})[dependency] = None

    def _of_function(self, function: Function) -> Iterator[Dependency]:
        scope = function.facts.parent
        for parameter in function.facts.parameters:
            if parameter.annotation is not None or parameter.default is not None:
                found = self._reader.of_parameter(function, function.module, scope, parameter)
                if found is not None:
                    yield found

    def _of_class(self, owner: Class) -> Iterator[Dependency]:
        """Yield what the fields of a dataclass or a model ask for, or the attributes of a class-based view."""
        init = owner.method("__init__")
        if init is not None:
            yield from self.of(init)
            return
        for ancestor in owner.ancestors:
            for name, statement in ancestor.own_assignments.items():
                annotation = statement.annotation if isinstance(statement, Annotate) else None
                parameter = Parameter(name, "keyword", annotation, statement.value, statement.start, statement.end)
                found = self._reader.of_parameter(owner, ancestor.module, ancestor.facts.qualname, parameter)
                if found is not None:
                    yield found

    def _route_dependencies(self, route: Route) -> Iterator[Dependency]:
        function = route.function
        if function is not None:
            yield from self.of(function)
            if function.owner is not None and not function.is_static:
                yield from self._of_view(function.owner)
        for written in route.extra_dependencies:
            declared = self._reader.of_item(written)
            if declared is not None:
                yield declared

    def _of_view(self, owner: Class) -> Iterator[Dependency]:
        """Yield what a class-based view asks for: with its ``__init__``, and with its attributes."""
        init = owner.method("__init__")
        if init is not None:
            yield from self.of(init)
        for name, statement in owner.own_assignments.items():
            annotation = statement.annotation if isinstance(statement, Annotate) else None
            parameter = Parameter(name, "keyword", annotation, statement.value, statement.start, statement.end)
            found = self._reader.of_parameter(owner, owner.module, owner.facts.qualname, parameter)
            if found is not None:
                yield found

    def _has_async_wrapper(self, function: Function, decorator: Expr) -> bool:
        """Return whether a decorator of the project puts an ``async def`` around the function."""
        called = decorator.func if isinstance(decorator, Call) else decorator
        made_by: object = self._lexical.resolve(function.module, called, function.facts.parent)
        for _ in range(3):
            if not isinstance(made_by, Function):
                return False
            inner = [self._lexical.resolve(made_by.module, value, made_by.qualname) for value in returned(made_by)]
            wrappers = [item for item in inner if isinstance(item, Function)]
            if any(item.is_async for item in wrappers):
                return True
            made_by = wrappers[0] if wrappers else None
        return False
