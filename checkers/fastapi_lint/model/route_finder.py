"""Finds out which app or router an expression is, with the whole program in view."""

from collections import deque
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical, Local
from fastapi_lint.model.modules import Module
from fastapi_lint.model.registrations import Scanner
from fastapi_lint.model.router_actions import Created, Scan
from fastapi_lint.model.router_classes import RouterClasses, Written, router_kind
from fastapi_lint.model.routing import Router, items_of
from fastapi_lint.model.symbols import Class, Function, Variable

_DEPTH: Final = 16


class RouterFinder:
    """Scans bodies on demand and keeps the routers that they make.

    ``pending`` are scans whose actions nobody has looked at; ``parameters`` are parameters that turned out to be given
    routers, with the router that stands for each.
    """

    def __init__(self, lexical: Lexical, constants: Constants) -> None:
        self.routers: dict[Call | tuple[str, str], Router] = {}
        self.pending: deque[tuple[Module, Scan]] = deque()
        self.parameters: deque[tuple[Function, str, Router]] = deque()
        self._lexical = lexical
        self._constants = constants
        self._classes = RouterClasses(lexical)
        self._scans: dict[str, Scan] = {}
        self._resolving: set[int] = set()

    def scan_module(self, module: Module) -> Scan:
        """Return what a module's own code does to routers."""
        found = self._scans.get(module.key)
        if found is None:
            found = Scanner(module, "", self._lexical, self._classes).scan(module.body)
            self._scans[module.key] = found
            self.pending.append((module, found))
        return found

    def scan_function(self, function: Function) -> Scan:
        """Return what a function does to routers."""
        key = f"{function.key}@{function.facts.start}"
        found = self._scans.get(key)
        if found is None:
            found = Scanner(function.module, function.qualname, self._lexical, self._classes).scan(function.body)
            self._scans[key] = found
            self.pending.append((function.module, found))
        return found

    def text(self, written: Written | Created | None) -> str | None:
        """Return the text that an expression comes to, None where it is not known."""
        if not isinstance(written, Written):
            return None
        return self._constants.string(written.module, written.expression, written.scope)

    def listed(self, module: Module, call: Call, scope: str) -> tuple[Written, ...]:
        """Return the items of the option ``dependencies`` of a call."""
        written = call.keyword("dependencies")
        if written is None:
            return ()
        source = self._constants.follow(module, written, scope)
        return tuple(items_of(Written(source.module, source.expression, source.scope)))

    def router(self, reference: Written | Created) -> Router | None:
        """Return the app or router that an expression is, None for anything else."""
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
        found = self.routers.get(created.call)
        if found is not None:
            return found
        name = created.name or f"@{created.call.start}"
        key = f"{created.module.key}:{created.scope}:{name}"
        router = Router(
            key, created.made_by.kind, created.module, scope=created.scope, name=created.name, call=created.call
        )
        router.prefix = self._own_prefix(created)
        router.dependencies = self.listed(created.module, created.call, created.scope)
        router.route_class, router.has_own_matching = self._route_class(created)
        self.routers[created.call] = router
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
            return None if option is None else self.text(option)
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
                owner = self.owner(module, value, scope)
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
            owner = self.owner(module, func.value, scope)
            return owner.method(func.attr) if owner is not None else None
        return None

    def _named(self, symbol: object) -> Router | None:
        match symbol:
            case Variable(module=module, name=name):
                bound = self.scan_module(module).bound.get(name)
                return self.router(bound) if bound is not None else None
            case Local(parameter=None, function=function, name=name):
                bound = self.scan_function(function).bound.get(name)
                return self.router(bound) if bound is not None else None
            case Local(function=function, name=name):
                return self._parameter(function, name)
            case _:
                return None

    def _parameter(self, function: Function, name: str) -> Router | None:
        """Return what stands for a parameter on which the function registers routes."""
        key = (function.key, name)
        found = self.routers.get(key)
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
            self.routers[key] = found
            self.parameters.append((function, name, found))
        return found

    def _returned(self, function: Function) -> Router | None:
        for reference in self.scan_function(function).returned:
            found = self.router(reference)
            if found is not None:
                return found
        return None

    def owner(self, module: Module, expression: Expr, scope: str) -> Class | None:
        """Return the class whose attributes an expression has: a class, ``self``, or an instance that is made here."""
        symbol = self._lexical.resolve(module, expression, scope)
        if isinstance(symbol, Class):
            return symbol
        if isinstance(symbol, Local) and symbol.parameter is not None:
            function = symbol.function
            is_self = function.owner is not None and function.facts.parameters[0].name == symbol.name
            return function.owner if is_self else None
        return self._constants.class_of(module, expression, scope)

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
                    bound = self.scan_function(method).bound.get(f"{first}.{attr}")
                    found = self.router(bound) if bound is not None else None
                    if found is not None:
                        return found
        return None
