"""What names and attributes hold once a target has been assigned to."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import (
    Attribute,
    Expr,
    Name,
    Sequence,
    Slice,
    Starred,
    Subscript,
    dotted_name,
)
from fastapi_lint.model.containers import grow
from fastapi_lint.model.values import (
    UNKNOWN,
    Collection,
    Value,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator


def bind(evaluator: "Evaluator", target: Expr, value: Value) -> None:
    """Let a target hold a value: a name, an attribute, or a sequence that is unpacked."""
    match target:
        case Name():
            evaluator.frame.environment[target.id] = value
            _forget_attributes(evaluator, target.id)
        case Attribute():
            _bind_attribute(evaluator, target, value)
        case Sequence():
            _unpack(evaluator, target, value)
        case Starred():
            bind(evaluator, target.value, Collection("list", UNKNOWN))
        case Subscript():
            held, index = evaluator.value(target.value), evaluator.value(target.index)
            if isinstance(held, Collection) and not isinstance(target.index, Slice):
                grow(evaluator.frame, target.value, held, value, index)
        case _:
            pass


def _bind_attribute(evaluator: "Evaluator", target: Attribute, value: Value) -> None:
    base = evaluator.value(target.value)
    dotted = dotted_name(target)
    if dotted is not None:
        evaluator.frame.narrowed = True
        evaluator.frame.environment[dotted] = value
        if dotted.count(".") == 1 and dotted.startswith("self."):
            known = evaluator.frame.self_attributes.get(target.attr)
            evaluator.frame.self_attributes[target.attr] = value if known is None else choice(known, value)
    evaluator.unit_of_work.assigned(base, target.attr, value)


def _unpack(evaluator: "Evaluator", target: Sequence, value: Value) -> None:
    items: tuple[Value, ...] | None = None
    if isinstance(value, Collection) and value.items is not None and len(value.items) == len(target.items):
        items = value.items
    element = UNKNOWN if items is not None else evaluator.element(value, target)
    for index, item in enumerate(target.items):
        bind(evaluator, item, items[index] if items is not None else element)


def _forget_attributes(evaluator: "Evaluator", name: str) -> None:
    if not evaluator.frame.narrowed:
        return
    prefix = f"{name}."
    for key in [key for key in evaluator.frame.environment if key.startswith(prefix)]:
        del evaluator.frame.environment[key]
