"""What operators give, and which of them take a coroutine for its result."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import (
    BinaryOperation,
    BooleanOperation,
    Comparison,
    Conditional,
    UnaryOperation,
)
from fastapi_lint.model.values import (
    UNKNOWN,
    Collection,
    Instance,
    Literal,
    MappedAttribute,
    Value,
    choice,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator


def boolean(evaluator: "Evaluator", node: BooleanOperation) -> Value:
    """Return what ``and`` and ``or`` give."""
    values = evaluator.all_values(node.values)
    for item, value in zip(node.values[:-1], values[:-1], strict=True):
        evaluator.use(item, value, "truth")
    if node.operator == "or":
        return choice(*[without_none(value) for value in values[:-1]], values[-1])
    return values[-1]


def comparison(evaluator: "Evaluator", node: Comparison) -> Value:
    """Return what a comparison gives: a bool, or a condition in SQL."""
    operands = (node.left, *node.comparators)
    values = evaluator.all_values(operands)
    for item, value in zip(operands, values, strict=True):
        evaluator.use(item, value, "comparison")
    if any(isinstance(value, MappedAttribute) for value in values):
        return Instance("sqlalchemy.ColumnElement")
    return Instance("builtins.bool")


def unary(evaluator: "Evaluator", node: UnaryOperation) -> Value:
    """Return what ``not``, ``-``, ``+`` and ``~`` give."""
    value = evaluator.value(node.operand)
    if node.operator == "not":
        evaluator.use(node.operand, value, "truth")
        return Instance("builtins.bool")
    evaluator.use(node.operand, value, "operand")
    if isinstance(value, Literal):
        number = value.value
        return Literal(-number) if node.operator == "-" and isinstance(number, int | float) else UNKNOWN
    return value


def binary(evaluator: "Evaluator", node: BinaryOperation) -> Value:
    """Return what an arithmetic operator gives."""
    left, right = evaluator.value(node.left), evaluator.value(node.right)
    evaluator.use(node.left, left, "operand")
    evaluator.use(node.right, right, "operand")
    known = _joined(left, node.operator, right)
    return UNKNOWN if known is None else known


def conditional(evaluator: "Evaluator", node: Conditional) -> Value:
    """Return what ``one if test else other`` gives."""
    evaluator.use(node.test, evaluator.value(node.test), "truth")
    return choice(evaluator.value(node.body), evaluator.value(node.orelse))


def _joined(left: Value, operator: str, right: Value) -> Value | None:
    """Return what a binary operator gives where that matters: paths joined by ``/``, lists joined by ``+``."""
    match left, operator, right:
        case Instance(of="pathlib.Path"), "/", _:
            return left
        case _, "/", Instance(of="pathlib.Path"):
            return right
        case Collection(), "+", Collection():
            return Collection(left.kind, choice(left.element, right.element))
        case Instance(of="builtins.str"), _, _:
            return left
        case _:
            return None
