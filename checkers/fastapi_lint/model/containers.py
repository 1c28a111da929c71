"""What lists, sets and dicts hold, and what their methods give."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Attribute, Call, Expr, dotted_name
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.values import NONE, UNKNOWN, Collection, Value, choice

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator


def container_method(
    evaluator: "Evaluator", node: Call, receiver: Collection, method: str, arguments: tuple[Value, ...]
) -> Value:
    """Return what a method of a list, set or dict gives, and let it grow."""
    element = receiver.element
    match method:
        case "append" | "add" | "appendleft" | "extend" | "update" if arguments:
            _take_in(evaluator, node, receiver, method, arguments[0])
            return NONE
        case "values":
            return Collection("iterator", element)
        case "keys":
            return Collection("iterator", receiver.key or UNKNOWN)
        case "items":
            pair = (receiver.key or UNKNOWN, element)
            return Collection("iterator", Collection("tuple", choice(*pair), pair))
        case "popitem":
            pair = (receiver.key or UNKNOWN, element)
            return Collection("tuple", choice(*pair), pair)
        case "get" | "pop" | "setdefault" if receiver.kind == "dict":
            missing = (NONE,) if method == "get" else ()
            return choice(element, *(arguments[1:] or missing))
        case "pop" | "popleft":
            return element
        case "copy" | "union" | "intersection" | "difference":
            return receiver
        case "all" if receiver.kind == "rows":
            return Collection("list", element)
        case "first" | "one_or_none" if receiver.kind == "rows":
            return choice(element, NONE)
        case "one" if receiver.kind == "rows":
            return element
        case _:
            return UNKNOWN


def _take_in(evaluator: "Evaluator", node: Call, receiver: Collection, method: str, given: Value) -> None:
    if not isinstance(node.func, Attribute):
        return
    holder = node.func.value
    if method not in {"extend", "update"}:
        grow(evaluator.frame, holder, receiver, given)
    elif receiver.kind != "dict":
        grow(evaluator.frame, holder, receiver, evaluator.element(given, node.args[0]))
    elif isinstance(given, Collection) and given.kind == "dict":
        grow(evaluator.frame, holder, receiver, given.element, given.key or UNKNOWN)
    else:
        grow(evaluator.frame, holder, receiver, UNKNOWN)


def grow(frame: Frame, holder: Expr, held: Collection, item: Value, key: Value = UNKNOWN) -> None:
    """Let a collection that a name holds contain one more value, a dict under one more key."""
    dotted = dotted_name(holder)
    if dotted is not None and frame.environment.get(dotted) is not None:
        element = choice(held.element, item)
        known = choice(held.key or UNKNOWN, key) if held.kind == "dict" else held.key
        frame.environment[dotted] = Collection(held.kind, element, None, known)
