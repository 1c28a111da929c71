"""Whether a decorator only wraps a function, or also hands it to something that may call it."""

from collections.abc import Iterator
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Mapping, Name, Sequence, Starred, Subscript, walk
from fastapi_lint.facts.statements import Assign, Return, Stmt, expressions_of, walk_statements
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import External, Function

_WRAPPING_LIBRARIES: Final = (
    "abc.",
    "async_lru.",
    "asyncer.",
    "backoff.",
    "cachetools.",
    "contextlib.",
    "dataclasses.",
    "deprecated.",
    "functools.",
    "langsmith.",
    "logfire.",
    "opentelemetry.",
    "sentry_sdk.",
    "tenacity.",
    "typing.",
    "typing_extensions.",
    "warnings.",
)
_WRAPPING_BUILTINS: Final = frozenset({"builtins.classmethod", "builtins.property", "builtins.staticmethod"})
_LOOKS_ONLY: Final = ("builtins.", "functools.", "inspect.", "typing.", "asyncio.iscoroutinefunction")


def only_wraps(module: Module, scope: str, decorator: Expr) -> bool:
    """Return whether a decorator gives the function to nobody but its caller."""
    target = decorator
    while isinstance(target, Call):
        target = target.func
    match module.resolve(target, scope):
        case External(name=name):
            return name in _WRAPPING_BUILTINS or name.startswith(_WRAPPING_LIBRARIES)
        case Function() as function:
            return _gives_back(function)
        case _:
            return False


def _gives_back(decorator: Function) -> bool:
    """Return whether a decorator of the project calls what it decorates, and keeps or passes on nothing of it."""
    tree = [decorator, *_nested(decorator)]
    expressions = [item for function in tree for item in _expressions(function)]
    parameters = {parameter.name for function in tree for parameter in function.facts.parameters}
    handled = parameters & {
        item.func.id for item in expressions if isinstance(item, Call) and isinstance(item.func, Name)
    }
    if not handled:
        return False
    inner = {function.name for function in tree}
    # A wrapper that calls it stands for it: who is given the wrapper may call it.
    handled |= inner - {decorator.name}
    calls = [item for item in expressions if isinstance(item, Call)]
    if any(_passes(call, handled) and not _only_looks(decorator, call, inner) for call in calls):
        return False
    return not any(_stores(statement, handled) for function in tree for statement in walk_statements(function.body))


def _nested(function: Function) -> Iterator[Function]:
    inside = f"{function.qualname}.<locals>."
    for name, item in function.module.functions.items():
        if name.startswith(inside):
            yield item


def _expressions(function: Function) -> Iterator[Expr]:
    for decorator in function.facts.decorators:
        yield from walk(decorator)
    for statement in walk_statements(function.body):
        for expression in expressions_of(statement):
            yield from walk(expression)


def _passes(call: Call, handled: set[str]) -> bool:
    return any(_holds(given, handled) for given in (*call.args, *(keyword.value for keyword in call.keywords)))


def _holds(given: Expr, handled: set[str]) -> bool:
    match given:
        case Name(id=name):
            return name in handled
        case Sequence(items=items) | Mapping(values=items):
            return any(_holds(item, handled) for item in items)
        case Starred(value=value):
            return _holds(value, handled)
        case _:
            return False


def _only_looks(decorator: Function, call: Call, inner: set[str]) -> bool:
    if isinstance(call.func, Name) and call.func.id in inner:
        return True
    match decorator.module.resolve(call.func, decorator.qualname):
        case External(name=name):
            return name.startswith(_LOOKS_ONLY)
        case _:
            return False


def _stores(statement: Stmt, handled: set[str]) -> bool:
    match statement:
        case Assign(targets=targets, value=value):
            return _holds(value, handled) and any(isinstance(item, Subscript | Attribute) for item in targets)
        case Return(value=Name()):
            return False
        case _:
            return False
