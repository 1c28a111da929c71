"""The branches of a function that only run with Pydantic 1: where `hasattr(model, "model_dump")` is false."""

from collections.abc import Iterator
from typing import Final

from fastapi_lint.facts.expressions import Call, Conditional, Constant, Expr, Name, UnaryOperation, walk
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import If, Jump, Raise, Return, Stmt, blocks, expressions_of
from fastapi_lint.source import Span

_NEW: Final = "model_"
"""How the members that Pydantic 2 has brought begin."""


def older_branches(body: Body) -> tuple[Span, ...]:
    """Return what runs only where an object has no member of Pydantic 2."""
    return tuple(_in_body(body))


def _in_body(body: Body) -> Iterator[Span]:
    for index, statement in enumerate(body):
        for part in expressions_of(statement):
            yield from (
                Span(branch.start, branch.end)
                for item in walk(part)
                if isinstance(item, Conditional)
                for branch in (item.orelse if _asks(item.test) is True else item.body,)
                if _asks(item.test) is not None
            )
        if isinstance(statement, If):
            yield from _of_if(statement, body[index + 1 :])
        for block in blocks(statement):
            yield from _in_body(block)


def _of_if(statement: If, rest: Body) -> Iterator[Span]:
    has_new = _asks(statement.test)
    if has_new is None:
        return
    for branch, other in ((statement.body, not has_new), (statement.orelse, has_new)):
        if other and branch:
            yield Span(branch[0].start, branch[-1].end)
    if has_new and rest and _leaves(statement.body):
        yield Span(rest[0].start, rest[-1].end)


def _asks(test: Expr) -> bool | None:
    """Return whether a test is true with Pydantic 2; None where it does not ask for that."""
    match test:
        case UnaryOperation(operator="not", operand=operand):
            found = _asks(operand)
            return None if found is None else not found
        case Call(func=Name(id="hasattr"), args=(_, Constant(value=str(name)))) if name.startswith(_NEW):
            return True
        case _:
            return None


def _leaves(body: tuple[Stmt, ...]) -> bool:
    return bool(body) and isinstance(body[-1], Return | Raise | Jump)
