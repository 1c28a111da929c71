"""What calls of Python's own functions give."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Call, Starred
from fastapi_lint.model.values import (
    NOTHING,
    UNKNOWN,
    ClassObject,
    Collection,
    Instance,
    Literal,
    Super,
    Value,
    alternatives,
    choice,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator

_COPIES: Final = frozenset({"list", "sorted", "reversed", "set", "frozenset", "iter"})
_ITERATING: Final = _COPIES | {"tuple", "enumerate", "next", "min", "max", "anext"}
_BUILTIN_RESULTS: Final = {
    "repr": "str",
    "len": "int",
    "any": "bool",
    "all": "bool",
    "isinstance": "bool",
}


def builtin_call(evaluator: "Evaluator", node: Call, name: str, arguments: tuple[Value, ...]) -> Value | None:
    """Return what a function of ``builtins`` gives; None where its declared type says it all."""
    first = without_none(arguments[0]) if arguments else UNKNOWN
    element = evaluator.element(first, node.args[0]) if arguments and name in _ITERATING else UNKNOWN
    match name:
        case "super":
            own = evaluator.frame.own
            receiver = evaluator.frame.environment.get("self") or evaluator.frame.environment.get("cls")
            return UNKNOWN if own is None or receiver is None else Super(receiver, own)
        case "filter" if len(node.args) == 2:
            return Collection("iterator", evaluator.element(arguments[1], node.args[1]))
        case _ if name in _COPIES and arguments:
            items = first.items if isinstance(first, Collection) and name == "list" else None
            kind = "set" if name in {"set", "frozenset"} else "list"
            return Collection(kind, element, items)
        case "tuple" if arguments:
            return Collection("tuple", element)
        case "list" | "set" | "dict" if not arguments:
            return Collection(name, NOTHING, None, NOTHING if name == "dict" else None)
        case "enumerate":
            pair = (Instance("builtins.int"), element)
            return Collection("iterator", Collection("tuple", choice(*pair), pair))
        case "zip" if not any(isinstance(item, Starred) for item in node.args):
            parts = tuple(evaluator.element(value, item) for value, item in zip(arguments, node.args, strict=True))
            return Collection("iterator", Collection("tuple", choice(*parts), parts))
        case "min" | "max" if len(arguments) > 1:
            return choice(*arguments)
        case "next" | "min" | "max" | "anext" if arguments:
            default = [evaluator.frame.values[item.value] for item in node.keywords if item.name == "default"]
            return choice(element, *arguments[1:], *default)
        case "getattr" if len(arguments) >= 2 and isinstance(arguments[1], Literal):
            return _named_attribute(evaluator, node, first, arguments[1].value)
        case "type" if len(arguments) == 1:
            return choice(*[_class_of(item) for item in alternatives(arguments[0])])
        case "str" | "repr" | "int" | "float" | "bool" | "bytes" | "len" | "any" | "all" | "isinstance":
            return Instance(f"builtins.{_BUILTIN_RESULTS.get(name, name)}")
        case _:
            return None


def _named_attribute(evaluator: "Evaluator", node: Call, base: Value, name: object) -> Value:
    """Return what ``getattr(base, "name")`` gives."""
    if not isinstance(name, str):
        return UNKNOWN
    return choice(*[evaluator.members.member(item, name, node) for item in alternatives(without_none(base))])


def _class_of(value: Value) -> Value:
    return ClassObject(value.of) if isinstance(value, Instance) else UNKNOWN
