"""What lists, tuples, sets and dicts hold that are written out, and what comprehensions make."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import (
    Comprehension,
    Expr,
    Mapping,
    Sequence,
    Starred,
    bound_names,
)
from fastapi_lint.model.events import Loop
from fastapi_lint.model.targets import bind
from fastapi_lint.model.values import (
    NOTHING,
    UNKNOWN,
    Collection,
    Value,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator


def sequence(evaluator: "Evaluator", node: Sequence) -> Value:
    """Return what ``[one, *others]`` holds, and a tuple or set that is written so."""
    items = evaluator.all_values(node.items)
    if node.kind == "tuple" and not any(isinstance(item, Starred) for item in node.items):
        return Collection("tuple", choice(*items), items)
    elements = [
        evaluator.element(value, item) if isinstance(item, Starred) else value
        for item, value in zip(node.items, items, strict=True)
    ]
    return Collection(node.kind, choice(*elements) if elements else NOTHING)


def mapping(evaluator: "Evaluator", node: Mapping) -> Value:
    """Return what ``{key: value, **others}`` holds."""
    keys: list[Value] = []
    values: list[Value] = []
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluator.value(item)
        if key is not None:
            keys.append(evaluator.value(key))
            values.append(value)
        elif isinstance(value, Collection) and value.kind == "dict":
            keys.append(value.key or UNKNOWN)
            values.append(value.element)
        else:
            keys.append(UNKNOWN)
            values.append(UNKNOWN)
    return Collection("dict", choice(*values) if values else NOTHING, None, choice(*keys) if keys else NOTHING)


def comprehension(evaluator: "Evaluator", node: Comprehension) -> Value:
    """Return what a comprehension or generator expression gives."""
    outer = dict(evaluator.frame.environment)
    context = evaluator.frame.context
    for clause in node.generators:
        iterable = evaluator.value(clause.iter)
        _enter_clause(evaluator, node, clause.target, clause.iter, iterable, is_async=clause.is_async)
        for condition in clause.conditions:
            evaluator.use(condition, evaluator.value(condition), "truth")
    key = None if node.key is None else evaluator.value(node.key)
    element = evaluator.value(node.element)
    evaluator.frame.context = context
    names = {name for clause in node.generators for name in bound_names(clause.target)}
    for name in names:
        if name in outer:
            evaluator.frame.environment[name] = outer[name]
        else:
            evaluator.frame.environment.pop(name, None)
    kind = "iterator" if node.kind == "generator" else node.kind
    return Collection(kind, element, None, key)


def _enter_clause(
    evaluator: "Evaluator", node: Comprehension, target: Expr, source: Expr, iterable: Value, *, is_async: bool
) -> None:
    bind(evaluator, target, evaluator.element(iterable, source))
    loop = Loop(node, iterable, source, bound_names(target), is_async)
    context = evaluator.frame.context
    evaluator.frame.context = type(context)(
        (*context.loops, loop), context.handlers, context.deferred, context.after_yield, context.in_handler
    )
