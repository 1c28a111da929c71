"""Finds out which router each registration is about, with the whole program in view."""

from collections import deque
from collections.abc import Mapping
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical, Local
from fastapi_lint.model.registrations import (
    REGISTERING,
    VERBS,
    WEBSOCKET,
    Action,
    Created,
    Included,
    Passed,
    Registered,
    Scan,
    Scanner,
)
from fastapi_lint.model.router_classes import RouterClasses, Written, router_kind
from fastapi_lint.model.routing import Inclusion, Route, Router, items_of
from fastapi_lint.model.symbols import Class, External, Function, Module, Variable

_FACTORY_NAMES: Final = frozenset({"FastAPI", "APIRouter", "Starlette"}) | (REGISTERING - {*VERBS, "route"})
_DEPTH: Final = 16


class RouteBuilder:
    """Second pass: finds out which router each action is about."""

    def __init__(self, modules: Mapping[str, Module], lexical: Lexical, constants: Constants) -> None:
        self._modules = modules
        self._lexical = lexical
        self._constants = constants
        self._classes = RouterClasses(lexical)
        self._routers: dict[Call | tuple[str, str], Router] = {}
        self._scans: dict[str, Scan] = {}
        self._queue: deque[tuple[Module, Scan]] = deque()
        self._passed: dict[str, list[tuple[Module, Passed]]] = {}
        self._links: list[tuple[Module, Passed, Router, Router]] = []
        self._included_parameters: set[Router] = set()
        self._routes: list[Route] = []
        self._resolving: set[int] = set()
        self.unresolved: list[Included] = []

    @property
    def routers(self) -> tuple[Router, ...]:
        return tuple(sorted(self._routers.values(), key=lambda item: item.key))

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(sorted(self._routes, key=_route_order))

    def build(self) -> None:
        factories = self._factory_names()
        for module in self._modules.values():
            self._scan_module(module)
            with_routes = {
                function.facts.parent
                for function in module.all_functions
                if function.facts.parent and any(_is_registration(item) for item in function.facts.decorators)
            }
            for function in module.all_functions:
                if function.qualname in with_routes or not factories.isdisjoint(function.facts.called):
                    self._scan_function(function)
        while self._queue:
            module, scan = self._queue.popleft()
            for action in scan.actions:
                self._act(module, action)
        self._connect()
        for router in self._routers.values():
            router.entries.sort(key=lambda item: (item.position.module, item.position.scope, item.position.index))
            router.inclusions.sort(key=lambda item: (item.position.module, item.position.scope, item.position.index))

    def _factory_names(self) -> frozenset[str]:
        """Return the names of calls that make or fill routers, those of the project's own router classes included."""
        own = {
            item.name
            for module in self._modules.values()
            for item in module.classes.values()
            if router_kind(item) is not None
        }
        return _FACTORY_NAMES | own

    def _scan_module(self, module: Module) -> Scan:
        found = self._scans.get(module.key)
        if found is None:
            found = Scanner(module, "", self._lexical, self._classes).scan(module.body)
            self._scans[module.key] = found
            self._queue.append((module, found))
        return found

    def _scan_function(self, function: Function) -> Scan:
        key = f"{function.key}@{function.facts.start}"
        found = self._scans.get(key)
        if found is None:
            found = Scanner(function.module, function.qualname, self._lexical, self._classes).scan(function.body)
            self._scans[key] = found
            self._queue.append((function.module, found))
        return found

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
                    parameter = self._routers.get((action.function.key, name))
                    if parameter is not None:
                        self._link(module, action, name, parameter)

    def _register(self, module: Module, action: Registered) -> None:
        router = self.router(action.target)
        if router is None:
            return
        path = self._text(action.path)
        handler = action.handler
        function = handler if isinstance(handler, Function) else self._handler(module, handler, action.position.scope)
        route = Route(
            router, function, self._methods(module, action) if path is not None else frozenset(), path, action
        )
        router.entries.append(route)
        self._routes.append(route)

    def _text(self, written: Written | Created | None) -> str | None:
        if not isinstance(written, Written):
            return None
        return self._constants.string(written.module, written.expression, written.scope)

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
            owner = self._own_class(module, handler.value, scope) or self._constants.class_of(
                module, handler.value, scope
            )
            if owner is not None:
                return owner.method(handler.attr)
        found = self._lexical.resolve(module, handler, scope) if handler is not None else None
        return found if isinstance(found, Function) else None

    def _include(self, module: Module, action: Included) -> None:
        parent = self.router(action.target)
        router = self.router(action.router)
        if parent is None:
            return
        if router is None:
            self.unresolved.append(action)
            if not action.mounted:
                return
        if router is not None and router.kind == "parameter":
            self._included_parameters.add(router)
        prefix = "" if action.prefix is None else self._text(action.prefix)
        if prefix is not None and action.mounted:
            prefix = prefix.rstrip("/")
        dependencies = self._listed(module, action.call, action.position.scope)
        inclusion = Inclusion(parent, router, action, module, prefix=prefix, dependencies=dependencies)
        parent.entries.append(inclusion)
        if router is not None:
            router.inclusions.append(inclusion)

    def _link(self, module: Module, action: Passed, name: str, parameter: Router) -> None:
        given = next((self.router(value) for argument_name, value in action.arguments if argument_name == name), None)
        if given is not None and given is not parameter:
            self._links.append((module, action, given, parameter))

    def _connect(self) -> None:
        """Let what is given to a function take part in what the function does with its parameter.

        A parameter on which routes are registered is included in what is given. A parameter that is itself included
        somewhere includes what is given.
        """
        included = self._included_parameters
        targets = {router for router in self._routers.values() if router.entries}
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

    def _listed(self, module: Module, call: Call, scope: str) -> tuple[Written, ...]:
        written = call.keyword("dependencies")
        if written is None:
            return ()
        source = self._constants.follow(module, written, scope)
        return tuple(items_of(Written(source.module, source.expression, source.scope)))

    # Which router an expression is

    def router(self, reference: Written | Created) -> Router | None:
        if isinstance(reference, Created):
            return self._made(reference)
        if id(reference) in self._resolving or len(self._resolving) > _DEPTH:
            return None
        self._resolving.add(id(reference))
        try:
            return self._referenced(reference)
        finally:
            self._resolving.discard(id(reference))

    def _made(self, created: Created) -> Router:
        found = self._routers.get(created.call)
        if found is not None:
            return found
        name = created.name or f"@{created.call.start}"
        key = f"{created.module.key}:{created.scope}:{name}"
        router = Router(
            key, created.made_by.kind, created.module, scope=created.scope, name=created.name, call=created.call
        )
        router.prefix = self._own_prefix(created)
        router.dependencies = self._listed(created.module, created.call, created.scope)
        router.route_class, router.has_own_matching = self._route_class(created)
        self._routers[created.call] = router
        return router

    def _route_class(self, created: Created) -> tuple[Class | None, bool]:
        """Return the project's ``route_class`` of a router, and whether its routes may match in their own way."""
        given = created.call.keyword("route_class")
        options = [Written(created.module, given, created.scope)] if given is not None else []
        for option in [*options, *self._classes.options(created.made_by, "route_class")]:
            if option is None:
                return None, True
            symbol = self._lexical.resolve(option.module, option.expression, option.scope)
            if isinstance(symbol, Class):
                return symbol, symbol.method("matches") is not None or symbol.has_unknown_base
            return None, True
        return None, False

    def _own_prefix(self, created: Created) -> str | None:
        written = created.call.keyword("prefix")
        if written is not None:
            return self._constants.string(created.module, written, created.scope)
        for option in self._classes.options(created.made_by, "prefix"):
            return None if option is None else self._text(option)
        return None if any(item.name is None for item in created.call.keywords) else ""

    def _referenced(self, reference: Written) -> Router | None:
        module, expression, scope = reference.module, reference.expression, reference.scope
        match expression:
            case Name():
                return self._named(self._lexical.resolve(module, expression, scope))
            case Attribute(value=value, attr=attr):
                found = self._named(self._lexical.resolve(module, expression, scope))
                if found is not None:
                    return found
                if attr == "router":
                    app = self.router(Written(module, value, scope))
                    if app is not None and app.kind != "router":
                        return app
                owner = self._own_class(module, value, scope) or self._constants.class_of(module, value, scope)
                return self._attribute(owner, attr) if owner is not None else None
            case Call(func=func):
                function = self._called(module, func, scope)
                return self._returned(function) if function is not None else None
            case _:
                return None

    def _called(self, module: Module, func: Expr, scope: str) -> Function | None:
        found = self._lexical.resolve(module, func, scope)
        if isinstance(found, Function):
            return found
        if found is None and isinstance(func, Attribute):
            value = func.value
            owner = self._own_class(module, value, scope) or self._constants.class_of(module, value, scope)
            return owner.method(func.attr) if owner is not None else None
        return None

    def _named(self, symbol: object) -> Router | None:
        match symbol:
            case Variable(module=module, name=name):
                bound = self._scan_module(module).bound.get(name)
                return self.router(bound) if bound is not None else None
            case Local(parameter=None, function=function, name=name):
                bound = self._scan_function(function).bound.get(name)
                return self.router(bound) if bound is not None else None
            case Local(function=function, name=name):
                return self._parameter(function, name)
            case _:
                return None

    def _parameter(self, function: Function, name: str) -> Router | None:
        """Return what stands for a parameter on which the function registers routes."""
        key = (function.key, name)
        found = self._routers.get(key)
        if found is None:
            first = function.facts.parameters[0].name if function.facts.parameters else ""
            if (
                name == first
                and function.owner is not None
                and not function.is_static
                and router_kind(function.owner) is None
            ):
                return None
            found = Router(
                f"{function.key}:{name}", "parameter", function.module, scope=function.qualname, name=name, call=None
            )
            self._routers[key] = found
            for module, action in self._passed.get(function.key, ()):
                self._link(module, action, name, found)
        return found

    def _returned(self, function: Function) -> Router | None:
        for reference in self._scan_function(function).returned:
            found = self.router(reference)
            if found is not None:
                return found
        return None

    def _own_class(self, module: Module, expression: Expr, scope: str) -> Class | None:
        """Return the class around a method where an expression is the method's own ``self``."""
        if not isinstance(expression, Name):
            return None
        local = self._lexical.resolve(module, expression, scope)
        if not isinstance(local, Local) or local.parameter is None or local.function.owner is None:
            return None
        return local.function.owner if local.function.facts.parameters[0].name == expression.id else None

    def _attribute(self, owner: Class, attr: str) -> Router | None:
        """Return the router that a class keeps in an attribute."""
        assigned = owner.assignment(attr)
        if assigned is not None and assigned[1].value is not None:
            where = assigned[0]
            scanner = Scanner(where.module, where.facts.qualname, self._lexical, self._classes)
            bound = scanner.scan((assigned[1],)).bound.get(attr)
            return self.router(bound) if bound is not None else None
        for ancestor in owner.ancestors:
            for method in ancestor.own_methods.values():
                if method.facts.parameters:
                    first = method.facts.parameters[0].name
                    bound = self._scan_function(method).bound.get(f"{first}.{attr}")
                    found = self.router(bound) if bound is not None else None
                    if found is not None:
                        return found
        return None


def _is_registration(decorator: Expr) -> bool:
    return isinstance(decorator, Call) and isinstance(decorator.func, Attribute) and decorator.func.attr in REGISTERING


def _route_order(route: Route) -> tuple[str, int, int, str]:
    return (route.module.key, route.call.start, route.position.index, route.router.key)
