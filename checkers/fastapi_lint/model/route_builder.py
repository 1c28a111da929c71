"""Builds the routes of a project from what its modules and functions do to routers."""

from collections.abc import Mapping
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.modules import Module
from fastapi_lint.model.registrations import REGISTERING
from fastapi_lint.model.route_finder import RouterFinder
from fastapi_lint.model.router_actions import VERBS, WEBSOCKET, Action, Created, Included, Passed, Registered
from fastapi_lint.model.router_classes import router_kind
from fastapi_lint.model.routing import Inclusion, Route, Router
from fastapi_lint.model.symbols import External, Function

_FACTORY_NAMES: Final = frozenset({"FastAPI", "APIRouter", "Starlette"}) | (REGISTERING - {*VERBS, "route"})
_DEPTH: Final = 16


class RouteBuilder:
    """The second pass: gives each action to the router that it is about."""

    def __init__(self, modules: Mapping[str, Module], lexical: Lexical, constants: Constants) -> None:
        self._modules = modules
        self._lexical = lexical
        self._constants = constants
        self._finder = RouterFinder(lexical, constants)
        self._passed: dict[str, list[tuple[Module, Passed]]] = {}
        self._links: list[tuple[Module, Passed, Router, Router]] = []
        self._included_parameters: set[Router] = set()
        self._callers_of: frozenset[str] = frozenset()
        self._routes: list[Route] = []
        self.unresolved: list[Included] = []

    @property
    def routers(self) -> tuple[Router, ...]:
        return tuple(sorted(self._finder.routers.values(), key=lambda item: item.key))

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(sorted(self._routes, key=_route_order))

    def build(self) -> None:
        factories = self._factory_names()
        for module in self._modules.values():
            self._finder.scan_module(module)
            with_routes = {
                function.facts.parent
                for function in module.all_functions
                if function.facts.parent and any(_is_registration(item) for item in function.facts.decorators)
            }
            for function in module.all_functions:
                if function.qualname in with_routes or not factories.isdisjoint(function.facts.called):
                    self._finder.scan_function(function)
        self._drain()
        self._connect()
        for router in self._finder.routers.values():
            router.entries.sort(key=lambda item: (item.position.module, item.position.scope, item.position.index))
            router.inclusions.sort(key=lambda item: (item.position.module, item.position.scope, item.position.index))

    def _drain(self) -> None:
        """Look at all actions, and at the callers of functions that turn out to be given routers."""
        finder = self._finder
        while finder.pending or finder.parameters:
            while finder.pending:
                module, scan = finder.pending.popleft()
                for reference in scan.bound.values():
                    if isinstance(reference, Created):
                        finder.router(reference)
                for action in scan.actions:
                    self._act(module, action)
            found = list(finder.parameters)
            finder.parameters.clear()
            for function, name, router in found:
                for module, action in self._passed.get(function.key, ()):
                    self._link(module, action, name, router)
            self._scan_callers(frozenset(_called_as(function) for function, _, _ in found) - self._callers_of)

    def _scan_callers(self, names: frozenset[str]) -> None:
        self._callers_of |= names
        for module in self._modules.values() if names else ():
            for function in module.all_functions:
                if not names.isdisjoint(function.facts.called):
                    self._finder.scan_function(function)

    def _factory_names(self) -> frozenset[str]:
        """Return the names of calls that make or fill routers, those of the project's own router classes included."""
        own = {
            item.name
            for module in self._modules.values()
            for item in module.classes.values()
            if router_kind(item) is not None
        }
        return _FACTORY_NAMES | own

    # Actions

    def _act(self, module: Module, action: Action) -> None:
        match action:
            case Registered():
                self._register(module, action)
            case Included():
                self._include(module, action)
            case Passed():
                self._passed.setdefault(action.function.key, []).append((module, action))
                for name, _ in action.arguments:
                    parameter = self._finder.routers.get((action.function.key, name))
                    if parameter is not None:
                        self._link(module, action, name, parameter)

    def _register(self, module: Module, action: Registered) -> None:
        router = self._finder.router(action.target)
        if router is None:
            return
        path = self._finder.text(action.path)
        handler = action.handler
        function = handler if isinstance(handler, Function) else self._handler(module, handler, action.position.scope)
        route = Route(
            router, function, self._methods(module, action) if path is not None else frozenset(), path, action
        )
        router.entries.append(route)
        self._routes.append(route)

    def _methods(self, module: Module, action: Registered) -> frozenset[str]:
        if "websocket" in action.verb:
            return frozenset({WEBSOCKET})
        if action.verb in VERBS:
            return frozenset({action.verb.upper()})
        written = action.call.keyword("methods")
        if written is None:
            return frozenset({"GET"})
        names = self._constants.strings(module, written, action.position.scope)
        return frozenset(name.upper() for name in names or ())

    def _handler(self, module: Module, handler: Expr | None, scope: str) -> Function | None:
        if isinstance(handler, Call) and handler.args:
            wrapper = self._lexical.resolve(module, handler.func, scope)
            if isinstance(wrapper, External) and wrapper.name == "functools.partial":
                return self._handler(module, handler.args[0], scope)
            return None
        if isinstance(handler, Attribute) and isinstance(handler.value, Name):
            owner = self._finder.owner(module, handler.value, scope)
            if owner is not None and owner.method(handler.attr) is not None:
                return owner.method(handler.attr)
        found = self._lexical.resolve(module, handler, scope) if handler is not None else None
        return found if isinstance(found, Function) else None

    def _include(self, module: Module, action: Included) -> None:
        parent = self._finder.router(action.target)
        router = self._finder.router(action.router)
        if parent is None:
            return
        if router is None:
            self.unresolved.append(action)
            if not action.mounted:
                return
        if router is not None and router.kind == "parameter":
            self._included_parameters.add(router)
        prefix = "" if action.prefix is None else self._finder.text(action.prefix)
        if prefix is not None and action.mounted:
            prefix = prefix.rstrip("/")
        dependencies = self._finder.listed(module, action.call, action.position.scope)
        inclusion = Inclusion(parent, router, action, module, prefix=prefix, dependencies=dependencies)
        parent.entries.append(inclusion)
        if router is not None:
            router.inclusions.append(inclusion)

    def _link(self, module: Module, action: Passed, name: str, parameter: Router) -> None:
        given = next(
            (self._finder.router(value) for argument_name, value in action.arguments if argument_name == name), None
        )
        if given is not None and given is not parameter:
            self._links.append((module, action, given, parameter))

    def _connect(self) -> None:
        """Let what is given to a function take part in what the function does with its parameter.

        A parameter on which routes are registered is included in what is given. A parameter that is itself included
        somewhere includes what is given.
        """
        included = self._included_parameters
        targets = {router for router in self._finder.routers.values() if router.entries}
        for _ in range(_DEPTH):
            more = {
                given for _, _, given, parameter in self._links if parameter in included and given.kind == "parameter"
            }
            if more <= included:
                break
            included |= more
        for module, action, given, parameter in self._links:
            parent, router = given, parameter
            if parameter in included and parameter not in targets:
                parent, router = parameter, given
            inclusion = Inclusion(parent, router, action, module)
            parent.entries.append(inclusion)
            router.inclusions.append(inclusion)


def _called_as(function: Function) -> str:
    """Return the name by which a function is called: its class's for ``__init__``."""
    return function.owner.name if function.name == "__init__" and function.owner is not None else function.name


def _is_registration(decorator: Expr) -> bool:
    return isinstance(decorator, Call) and isinstance(decorator.func, Attribute) and decorator.func.attr in REGISTERING


def _route_order(route: Route) -> tuple[str, int, int, str]:
    return (route.module.key, route.call.start, route.position.index, route.router.key)
