"""What lists, sets and dicts hold, and what their methods give."""

from fastapi_lint.facts.expressions import Expr, dotted_name
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.values import UNKNOWN, Collection, Value, choice


def grow(frame: Frame, holder: Expr, held: Collection, item: Value, key: Value = UNKNOWN) -> None:
    """Let a collection that a name holds contain one more value, a dict under one more key."""
    dotted = dotted_name(holder)
    if dotted is not None and frame.environment.get(dotted) is not None:
        element = choice(held.element, item)
        known = choice(held.key or UNKNOWN, key) if held.kind == "dict" else held.key
        frame.environment[dotted] = Collection(held.kind, element, None, known)
