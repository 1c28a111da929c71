"""Which parameter of a function holds which argument of a call."""

from fastapi_lint.facts.expressions import Call, Starred
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import NOTHING, Collection, Value, choice


def bind(
    function: Function,
    receiver: Value | None,
    arguments: tuple[Value, ...],
    keywords: tuple[tuple[str | None, Value], ...],
    node: Call | None,
) -> dict[str, Value]:
    """Return what each parameter holds in this call, as far as it is given."""
    parameters = function.facts.parameters
    positional = [item for item in parameters if item.kind in {"positional", "positional-only"}]
    bound: dict[str, Value] = {}
    takes_self = function.owner is not None and not function.is_static
    if takes_self and positional and receiver is not None:
        bound[positional[0].name] = receiver
        positional = positional[1:]
    starred = [] if node is None else [isinstance(item, Starred) for item in node.args]
    for index, value in enumerate(arguments[: len(positional)]):
        if index < len(starred) and starred[index]:
            break
        bound[positional[index].name] = value
    else:
        bound.update(_rest(function, arguments[len(positional) :], starred[len(positional) :]))
    if keywords:
        names = function.parameter_names
        bound.update((name, value) for name, value in keywords if name is not None and name in names)
    return bound


def _rest(function: Function, arguments: tuple[Value, ...], starred: list[bool]) -> dict[str, Value]:
    """Return what ``*names`` holds: the arguments that no other parameter takes."""
    for parameter in function.facts.parameters:
        if parameter.kind == "*":
            if not any(starred):
                return {parameter.name: Collection("tuple", choice(*arguments) if arguments else NOTHING, arguments)}
            items = zip(arguments, starred, strict=True)
            held = [item.element if many and isinstance(item, Collection) else item for item, many in items]
            return {parameter.name: Collection("tuple", choice(*held))}
    return {}
