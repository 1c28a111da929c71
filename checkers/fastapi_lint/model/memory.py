"""What a function computes once and keeps: in an attribute of its object, in a global name, in a mapping of either."""

from collections.abc import Iterable, Iterator

from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    BooleanOperation,
    Call,
    Comparison,
    Constant,
    Expr,
    Name,
    Subscript,
    UnaryOperation,
    dotted_name,
)
from fastapi_lint.facts.statements import Annotate, Assign, Declare, If, Return, Stmt, With, walk_statements
from fastapi_lint.model.symbols import Function
from fastapi_lint.source import Span


def computed_once(function: Function) -> tuple[Span, ...]:
    """Return the parts of a function that run only until what they compute is kept.

    ``if self.client is None: ...`` that ends with the attribute set, and what follows ``if self.client is not None:
    return self.client``.
    """
    kept = frozenset(_kept(function))
    return tuple(_parts(function.body, kept)) if kept else ()


def _kept(function: Function) -> Iterator[str]:
    """Yield what the function sets and what outlives the call, as written."""
    declared = {
        name
        for statement in walk_statements(function.body)
        if isinstance(statement, Declare) and statement.is_global
        for name in statement.names
    }
    local = {parameter.name for parameter in function.facts.parameters} - {"self", "cls"}
    local |= {target.id for target in _targets(function.body) if isinstance(target, Name)} - declared
    for target in _targets(function.body):
        match target:
            case Name(id=name) if name in declared:
                yield name
            case Attribute() | Subscript():
                dotted = dotted_name(target.value if isinstance(target, Subscript) else target)
                if dotted is not None and dotted.partition(".")[0] not in local:
                    yield dotted
            case _:
                pass


def _targets(body: Iterable[Stmt]) -> Iterator[Expr]:
    for statement in walk_statements(body):
        match statement:
            case Assign():
                yield from statement.targets
            case Annotate(target=target):
                yield target
            case _:
                pass


def _parts(body: tuple[Stmt, ...], kept: frozenset[str]) -> Iterator[Span]:
    """Yield the parts of one block."""
    for index, statement in enumerate(body):
        match statement:
            case With():
                yield from _parts(statement.body, kept)
            case If(test=test):
                if kept & _absent(test) & _set_in(statement.body):
                    yield Span(statement.body[0].start, statement.body[-1].end)
                rest = body[index + 1 :]
                if rest and isinstance(statement.body[-1], Return) and kept & _present(test) & _set_in(rest):
                    yield Span(rest[0].start, rest[-1].end)
            case _:
                pass


def _set_in(body: Iterable[Stmt]) -> frozenset[str]:
    names = (dotted_name(target.value if isinstance(target, Subscript) else target) for target in _targets(body))
    return frozenset(name for name in names if name is not None)


def _absent(test: Expr) -> frozenset[str]:
    """Return the names that are not set yet where a test holds."""
    match test:
        case UnaryOperation(operator="not", operand=operand):
            return _present(operand)
        case Comparison(left=left, operators=("is" | "==",), comparators=(Constant(value=None),)):
            return _named(left)
        case Comparison(operators=("not in",), comparators=(container,)):
            return _named(container)
        case BooleanOperation(operator="and", values=values):
            return frozenset[str]().union(*map(_absent, values))
        case BooleanOperation(values=values):
            parts = [_absent(value) for value in values]
            return frozenset[str]().union(*parts) if all(parts) else frozenset()
        case _:
            return frozenset()


def _present(test: Expr) -> frozenset[str]:
    """Return the names that are set already where a test holds."""
    match test:
        case Comparison(left=left, operators=("is not" | "!=",), comparators=(Constant(value=None),)):
            return _named(left)
        case Comparison(operators=("in",), comparators=(container,)):
            return _named(container)
        case Name() | Attribute() | Call() | Assignment():
            return _named(test)
        case _:
            return frozenset()


def _named(expression: Expr) -> frozenset[str]:
    """Return the name of what an expression reads: ``x``, ``x.get(key)``, ``x[key]``."""
    match expression:
        case Assignment(value=value) | Subscript(value=value) | Call(func=Attribute(value=value, attr="get")):
            return _named(value)
        case _:
            name = dotted_name(expression)
            return frozenset() if name is None else frozenset({name})
