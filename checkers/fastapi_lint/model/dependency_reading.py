"""Reads ``Depends(...)``: where it may be written, and what FastAPI calls for it."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name, Sequence, Subscript
from fastapi_lint.facts.schema import Parameter
from fastapi_lint.facts.statements import Return, walk_statements
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical, Local, argument
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.router_classes import Written
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.source import Span

_DEPENDS: Final = frozenset({"fastapi.Depends", "fastapi.Security"})
_ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_TRANSPARENT_CALLS: Final = frozenset({"functools.partial", "functools.cache", "functools.lru_cache"})
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


class DependencyReader:
    """Reads parameters and the items of ``dependencies=[...]``."""

    def __init__(self, lexical: Lexical, constants: Constants) -> None:
        self._lexical = lexical
        self._constants = constants
        self._named: dict[tuple[Module, str, str], _Declared | None] = {}

    def of_parameter(self, user: Node, module: Module, scope: str, parameter: Parameter) -> Dependency | None:
        """Return what a parameter or a field asks for, None where it is no dependency."""
        declared = None
        if parameter.default is not None:
            declared = self._depends(Written(module, parameter.default, scope), None)
        if declared is None and parameter.annotation is not None:
            declared = self._annotation(module, parameter.annotation, scope)
        if declared is None:
            return None
        annotation = Written(module, parameter.annotation, scope) if parameter.annotation is not None else None
        return self._dependency(user, parameter.name, declared, annotation)

    def of_item(self, written: Written) -> Dependency | None:
        """Return what an item of ``dependencies=[...]`` asks for."""
        declared = self._depends(written, None)
        return None if declared is None else self._dependency(None, None, declared, None)

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

    def _annotation(self, module: Module, annotation: Expr, scope: str) -> "_Declared | None":
        """Return what an annotation declares: most are bare names, and of those there are few."""
        if not isinstance(annotation, Name):
            return self._annotated(Written(module, annotation, scope), None, 0)
        key = (module, scope, annotation.id)
        if key not in self._named:
            self._named[key] = self._annotated(Written(module, annotation, scope), None, 0)
        return self._named[key]

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
