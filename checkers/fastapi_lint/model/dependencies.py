"""The graph of dependencies: what FastAPI calls, for whom, before a handler runs, and whether on the event loop."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name, Sequence, Subscript
from fastapi_lint.facts.schema import Parameter
from fastapi_lint.facts.statements import Annotate, Return, walk_statements
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical, Local, argument
from fastapi_lint.model.router_classes import Written
from fastapi_lint.model.routes import Route, Routes
from fastapi_lint.model.symbols import Class, External, Function, Module, Symbol, Variable
from fastapi_lint.source import Span

_DEPENDS: Final = frozenset({"fastapi.Depends", "fastapi.Security"})
_ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_TRANSPARENT_CALLS: Final = frozenset({"functools.partial", "functools.cache", "functools.lru_cache"})
_GENERATED_INIT: Final = frozenset({"pydantic.BaseModel", "sqlmodel.SQLModel", "pydantic_settings.BaseSettings"})
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
_DEPTH: Final = 8

Node = Function | Class


class Dependency(Struct, frozen=True, eq=False):
    """One ``Depends(...)``: who asks for what, and where that is written.

    ``user`` and ``parameter`` are None where a route, a router or an app lists it in ``dependencies=[...]``.
    ``target`` is the function or class that is called, None where it is not known; ``external`` names one from outside
    the project. ``alias`` is the variable that holds the ``Annotated[...]`` or the ``Depends(...)``.
    """

    user: Node | None
    parameter: str | None
    target: Node | None
    external: str
    scope: str | None
    use_cache: bool
    module: Module
    span: Span
    alias: Variable | None

    @property
    def function(self) -> Function | None:
        """Return the function of the project that runs: a class's ``__init__`` for a class."""
        return self.target.method("__init__") if isinstance(self.target, Class) else self.target

    @property
    def node(self) -> Node | None:
        """Return whose parameters FastAPI fills in: the function that runs, or a class without ``__init__``."""
        return self.function or self.target


class Use(Struct, frozen=True, eq=False):
    """A route that needs a dependency, and the chain of dependencies that leads there, the route's own first."""

    route: Route
    chain: tuple[Dependency, ...]


class Dependencies:
    """Everything the project asks FastAPI to inject."""

    def __init__(self, modules: Mapping[str, Module], routes: Routes, lexical: Lexical, constants: Constants) -> None:
        self._modules = modules
        self._routes = routes
        self._constants = constants
        self._lexical = lexical
        self._of: dict[str, tuple[Dependency, ...]] = {}
        self._of_route: dict[Route, tuple[Dependency, ...]] = {}
        self._users: dict[str, list[Dependency]] = {}
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
        found = [*self._users.get(key, ()), *(item for _, item in self._route_users.get(key, ()))]
        return tuple({(item.module.key, item.span, item.user): item for item in found}.values())

    def users_of(self, target: Node) -> tuple[Use, ...]:
        """Return the routes that reach a dependency, each with the shortest chain, in the order of files."""
        start = (target.method("__init__") or target) if isinstance(target, Class) else target
        queue: deque[tuple[str, tuple[Dependency, ...]]] = deque([(start.key, ())])
        seen = {start.key}
        found: dict[Route, Use] = {}
        while queue:
            key, chain = queue.popleft()
            for route, dependency in self._route_users.get(key, ()):
                found.setdefault(route, Use(route, (dependency, *chain)))
            for dependency in self._users.get(key, ()):
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
            symbol = self._resolve(function.module, parameter.annotation, function.facts.parent)
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
            users = self._users.setdefault(dependency.node.key, [])
            if dependency not in users:
                users.append(dependency)

    def _of_function(self, function: Function) -> Iterator[Dependency]:
        scope = function.facts.parent
        for parameter in function.facts.parameters:
            if parameter.annotation is not None or parameter.default is not None:
                found = self._of_parameter(function, function.module, scope, parameter)
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
                found = self._of_parameter(owner, ancestor.module, ancestor.facts.qualname, parameter)
                if found is not None:
                    yield found

    def _of_parameter(self, user: Node, module: Module, scope: str, parameter: Parameter) -> Dependency | None:
        declared = None
        if parameter.default is not None:
            declared = self._depends(Written(module, parameter.default, scope), None)
        if declared is None and parameter.annotation is not None:
            declared = self._annotated(Written(module, parameter.annotation, scope), None, 0)
        if declared is None:
            return None
        annotation = Written(module, parameter.annotation, scope) if parameter.annotation is not None else None
        return self._dependency(user, parameter.name, declared, annotation)

    def _route_dependencies(self, route: Route) -> Iterator[Dependency]:
        function = route.function
        if function is not None:
            yield from self.of(function)
            if function.owner is not None and not function.is_static:
                yield from self._of_view(function.owner)
        for written in route.extra_dependencies:
            declared = self._depends(written, None)
            if declared is not None:
                yield self._dependency(None, None, declared, None)

    def _of_view(self, owner: Class) -> Iterator[Dependency]:
        """Yield what a class-based view asks for: with its ``__init__``, and with its attributes."""
        init = owner.method("__init__")
        if init is not None:
            yield from self.of(init)
        for name, statement in owner.own_assignments.items():
            annotation = statement.annotation if isinstance(statement, Annotate) else None
            parameter = Parameter(name, "keyword", annotation, statement.value, statement.start, statement.end)
            found = self._of_parameter(owner, owner.module, owner.facts.qualname, parameter)
            if found is not None:
                yield found

    # Reading declarations

    def _resolve(self, module: Module, expression: Expr | None, scope: str) -> Symbol | Local | None:
        return None if expression is None else self._lexical.resolve(module, expression, scope)

    def _depends(self, written: Written, alias: Variable | None, depth: int = 0) -> "_Declared | None":
        """Return the ``Depends(...)`` that an expression is, also by name or made by a function of the project."""
        if depth > _DEPTH:
            return None
        match written.expression:
            case Call(func=func) as call:
                symbol = self._resolve(written.module, func, written.scope)
                if isinstance(symbol, External) and symbol.name in _DEPENDS:
                    return _Declared(written, call, alias, None)
                if isinstance(symbol, Function):
                    return self._first(
                        self._depends(Written(symbol.module, value, symbol.qualname), alias, depth + 1)
                        for value in returned(symbol)
                    )
                return None
            case Name() | Attribute():
                followed, variable = self._follow(written)
                return None if followed is None else self._depends(followed, variable or alias, depth + 1)
            case _:
                return None

    def _annotated(self, written: Written, alias: Variable | None, depth: int) -> "_Declared | None":
        """Return the ``Depends(...)`` in the metadata of ``Annotated[...]``, also behind an alias."""
        if depth > _DEPTH:
            return None
        match written.expression:
            case Subscript(value=value, index=index):
                symbol = self._resolve(written.module, value, written.scope)
                if isinstance(symbol, External) and symbol.name in _ANNOTATED and isinstance(index, Sequence):
                    return self._metadata(written, index, alias, depth)
                if isinstance(symbol, Variable):
                    return self._annotated(Written(written.module, value, written.scope), alias, depth + 1)
                return None
            case Name() | Attribute():
                followed, variable = self._follow(written)
                return None if followed is None else self._annotated(followed, variable or alias, depth + 1)
            case _:
                return None

    def _metadata(self, written: Written, index: Sequence, alias: Variable | None, depth: int) -> "_Declared | None":
        kind, *metadata = (Written(written.module, item, written.scope) for item in index.items)
        for item in reversed(metadata):
            found = self._depends(item, alias)
            if found is not None:
                return _Declared(found.written, found.call, alias or found.alias, kind)
        return self._annotated(kind, alias, depth + 1)

    def _follow(self, written: Written) -> tuple[Written | None, Variable | None]:
        symbol = self._resolve(written.module, written.expression, written.scope)
        match symbol:
            case Variable(value=value) if value is not None:
                return Written(symbol.module, value, ""), symbol
            case Local(value=value) if value is not None:
                return Written(symbol.function.module, value, symbol.function.qualname), None
            case None if isinstance(written.expression, Attribute):
                source = self._constants.follow(written.module, written.expression, written.scope)
                if source.expression is written.expression:
                    return None, None
                return Written(source.module, source.expression, source.scope), None
            case _:
                return None, None

    def _first(self, found: Iterable["_Declared | None"]) -> "_Declared | None":
        return next((item for item in found if item is not None), None)

    def _dependency(
        self, user: Node | None, parameter: str | None, declared: "_Declared", annotation: Written | None
    ) -> Dependency:
        call, written = declared.call, declared.written
        given = argument(call, 0, "dependency")
        what = declared.kind or annotation if given is None else Written(written.module, given, written.scope)
        target = self._target(what, 0) if what is not None else None
        scope, cached = call.keyword("scope"), call.keyword("use_cache")
        return Dependency(
            user=user,
            parameter=parameter,
            target=target if isinstance(target, Function | Class) else None,
            external=target.name if isinstance(target, External) else "",
            scope=scope.value if isinstance(scope, Constant) and isinstance(scope.value, str) else None,
            use_cache=not (isinstance(cached, Constant) and cached.value is False),
            module=written.module,
            span=call.span,
            alias=declared.alias,
        )

    # What is called

    def _target(self, written: Written, depth: int) -> Symbol | None:
        """Return what FastAPI calls for ``Depends(expression)``."""
        module, expression, scope = written.module, written.expression, written.scope
        if depth > _DEPTH:
            return None
        match expression:
            case Name() | Attribute():
                symbol = self._resolve(module, expression, scope)
                if isinstance(symbol, Function | Class | External):
                    return symbol
                bound = self._bound_method(written) if symbol is None else None
                if bound is not None:
                    return bound
                followed, _ = self._follow(written)
                return None if followed is None else self._target(followed, depth + 1)
            case Call(func=func, args=args):
                made_by = self._resolve(module, func, scope)
                if isinstance(made_by, External) and made_by.name in _TRANSPARENT_CALLS and args:
                    return self._target(Written(module, args[0], scope), depth + 1)
                if isinstance(made_by, External):
                    return External(f"{made_by.name}()")
                if isinstance(made_by, Class):
                    return made_by.method("__call__")
                function = (
                    made_by if isinstance(made_by, Function) else self._bound_method(Written(module, func, scope))
                )
                return self._made_by(function, depth) if function is not None else None
            case Subscript(value=value):
                return self._target(Written(module, value, scope), depth + 1)
            case _:
                return None

    def _bound_method(self, written: Written) -> Function | None:
        """Return the method that ``instance.method`` is."""
        if not isinstance(written.expression, Attribute):
            return None
        owner = self._constants.class_of(written.module, written.expression.value, written.scope)
        return owner.method(written.expression.attr) if owner is not None else None

    def _made_by(self, factory: Function, depth: int) -> Symbol | None:
        """Return the function or callable object that a factory returns, where all its returns agree."""
        found = {
            id(target): target
            for value in returned(factory)
            if (target := self._target(Written(factory.module, value, factory.qualname), depth + 1)) is not None
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _has_async_wrapper(self, function: Function, decorator: Expr) -> bool:
        """Return whether a decorator of the project puts an ``async def`` around the function."""
        called = decorator.func if isinstance(decorator, Call) else decorator
        made_by: object = self._resolve(function.module, called, function.facts.parent)
        for _ in range(3):
            if not isinstance(made_by, Function):
                return False
            inner = [self._resolve(made_by.module, value, made_by.qualname) for value in returned(made_by)]
            wrappers = [item for item in inner if isinstance(item, Function)]
            if any(item.is_async for item in wrappers):
                return True
            made_by = wrappers[0] if wrappers else None
        return False


class _Declared(Struct, frozen=True, eq=False):
    """A ``Depends(...)`` call, where it is written, and the type that its ``Annotated[...]`` names."""

    written: Written
    call: Call
    alias: Variable | None
    kind: Written | None


def returned(function: Function) -> Iterator[Expr]:
    """Yield the expressions that a function returns."""
    for statement in walk_statements(function.body):
        if isinstance(statement, Return) and statement.value is not None:
            yield statement.value
