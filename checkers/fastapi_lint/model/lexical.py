"""What a name means inside functions: parameters and local variables hide the names of the module."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from fastapi_lint.facts.expressions import Assignment, Attribute, Call, Expr, Name, Sequence, Starred, walk
from fastapi_lint.facts.schema import Body, Parameter, may_hold
from fastapi_lint.facts.statements import (
    Annotate,
    Assign,
    Augment,
    Declare,
    For,
    Match,
    Try,
    With,
    expressions_of,
    walk_statements,
)
from fastapi_lint.model.modules import Module, Symbol, member
from fastapi_lint.model.symbols import Function


class Local(Struct, frozen=True, eq=False):
    """A parameter or a local variable of a function.

    ``value`` is what the only assignment to a variable assigns; it is None for parameters, loop variables and names
    that are bound more than once.
    """

    function: Function
    name: str
    parameter: Parameter | None = None
    value: Expr | None = None


class Lexical:
    """Resolves names with the scopes around them in view."""

    def __init__(self) -> None:
        self._locals: dict[str, Mapping[str, Local]] = {}

    def resolve(self, module: Module, expression: Expr, scope: str) -> Symbol | Local | None:
        """Return what a name or a dotted name means inside the scope ``scope`` (a qualified name, or empty)."""
        match expression:
            case Name():
                return self._name(module, expression.id, scope)
            case Attribute():
                symbol = self.resolve(module, expression.value, scope)
                return None if isinstance(symbol, Local) else member(symbol, expression.attr)
            case _:
                return None

    def locals_of(self, function: Function) -> Mapping[str, Local]:
        """Return the parameters and the variables that a function binds, by name."""
        found = self._locals.get(function.key)
        if found is None:
            found = _locals(function)
            self._locals[function.key] = found
        return found

    def _name(self, module: Module, name: str, scope: str) -> Symbol | Local | None:
        around = scope
        while around:
            function = module.functions.get(around)
            if function is None:
                around = module.classes[around].facts.parent if around in module.classes else ""
                continue
            if (around, name) in module.imports or _defines(module, around, name):
                return module.resolve_name(name, around)
            local = self.locals_of(function).get(name)
            if local is not None:
                return local
            around = function.facts.parent
        return module.resolve_name(name, scope)


def _defines(module: Module, scope: str, name: str) -> bool:
    nested = f"{scope}.<locals>.{name}"
    return nested in module.functions or nested in module.classes


def _locals(function: Function) -> Mapping[str, Local]:
    found = {item.name: Local(function, item.name, item) for item in function.facts.parameters}
    encoded = function.facts.body
    bound = bindings if may_hold(encoded, Assignment) else statement_bindings
    for name, value in bound(function.body):
        bound_before = name in found
        found[name] = Local(function, name, None, None if bound_before else value)
    if not may_hold(encoded, Declare):
        return found
    outer: set[str] = set()
    for statement in walk_statements(function.body):
        if isinstance(statement, Declare):
            outer.update(statement.names)
    return {name: local for name, local in found.items() if name not in outer}


def expressions(body: Body) -> Iterator[Expr]:
    """Yield all expressions in the statements of a body, outer ones before their parts; nested definitions apart."""
    for statement in walk_statements(body):
        for expression in expressions_of(statement):
            yield from walk(expression)


def bindings(body: Body) -> Iterator[tuple[str, Expr | None]]:
    """Yield the names that statements bind by assignment, each with the value where it is a plain one."""
    yield from statement_bindings(body)
    for expression in expressions(body):
        if isinstance(expression, Assignment):
            yield expression.target.id, expression.value


def statement_bindings(body: Body) -> Iterator[tuple[str, Expr | None]]:
    """Yield the same without the names that are bound within expressions (``:=``)."""
    for statement in walk_statements(body):
        match statement:
            case Assign(targets=targets, value=value):
                for target in targets:
                    yield from _targets(target, value)
            case Annotate(target=target, value=value):
                yield from _targets(target, value)
            case Augment(target=target):
                yield from _targets(target, None)
            case For(target=target):
                yield from _targets(target, None)
            case With(items=items):
                for item in items:
                    if item.target is not None:
                        yield from _targets(item.target, None)
            case Try(handlers=handlers):
                for handler in handlers:
                    if handler.name is not None:
                        yield handler.name, None
            case Match(cases=cases):
                for case in cases:
                    for name in case.names:
                        yield name, None
            case _:
                pass


def _targets(target: Expr, value: Expr | None) -> Iterator[tuple[str, Expr | None]]:
    match target:
        case Name():
            yield target.id, value
        case Sequence():
            for item in target.items:
                yield from _targets(item, None)
        case Starred():
            yield from _targets(target.value, None)
        case _:
            pass


def argument(call: Call, position: int, name: str) -> Expr | None:
    """Return what a call passes for a parameter, by position or by name; None where it passes nothing readable."""
    if position < len(call.args):
        positional = call.args[: position + 1]
        if any(isinstance(item, Starred) for item in positional):
            return None
        return positional[-1]
    return call.keyword(name)
