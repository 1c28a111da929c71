"""What decorators make of a function: what calling it gives then, and whether that is a context manager."""

from typing import Final

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.model import subjects
from fastapi_lint.model.questions import Questions
from fastapi_lint.model.symbols import Function

_CONTEXT_MANAGERS: Final = {
    "contextlib.asynccontextmanager": "contextlib.AbstractAsyncContextManager",
    "contextlib.contextmanager": "contextlib.AbstractContextManager",
}
_KEEPS_TYPE: Final = (
    "functools.",
    "tenacity.",
    "backoff.",
    "typing.",
    "typing_extensions.",
    "abc.",
    "pytest.",
    "fastapi.",
    "starlette.",
    "sqlalchemy.",
    "pydantic.",
    "builtins.",
    "contextlib.",
    "opentelemetry.",
    "slowapi.",
    "sentry_sdk.",
    "logfire.",
    "async_lru.",
    "strawberry.",
    "mcp.",
    "langsmith.",
    "deprecated.",
    "warnings.",
)
_ROUTE_METHODS: Final = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "trace",
        "api_route",
        "websocket",
        "route",
        "middleware",
    }
    | {"exception_handler", "on_event", "start_as_current_span", "limit", "setter", "tool"}
)
_RUNS_COROUTINES: Final = frozenset(
    {"run", "run_until_complete", "async_to_sync", "run_coroutine_threadsafe", "create_task", "ensure_future", "delay"}
    | {"from_thread", "run_sync", "syncify", "Task", "Actor", "actor"}
)
_ASKS_WHETHER_ASYNC: Final = "iscoroutinefunction"


def decorated(function: Function, questions: Questions) -> tuple[bool, str]:
    """Return whether calling the decorated function gives what it returns, and the context manager it became."""
    keeps, manages = True, ""
    for name, decorator in zip(function.decorator_names, function.facts.decorators, strict=True):
        if name in _CONTEXT_MANAGERS:
            manages = _CONTEXT_MANAGERS[name]
        elif ":" in name:
            keeps = keeps and _project_decorator_keeps(function, decorator, questions)
        elif not name.startswith(_KEEPS_TYPE) and name.rpartition(".")[2] not in _ROUTE_METHODS:
            keeps = False
    return keeps, manages


def _project_decorator_keeps(function: Function, decorator: Expr, questions: Questions) -> bool:
    target = decorator.func if isinstance(decorator, Call) else decorator
    symbol = function.module.resolve(target, function.facts.parent)
    if not isinstance(symbol, Function):
        return False
    questions.depend(subjects.of_body(symbol))
    within = f"{symbol.qualname}."
    bodies = [
        item for name, item in symbol.module.functions.items() if name == symbol.qualname or name.startswith(within)
    ]
    running = {item.qualname for item in bodies if _RUNS_COROUTINES.intersection(item.facts.called)}
    chooses = any(_ASKS_WHETHER_ASYNC in item.facts.called for item in bodies)
    if function.is_async and chooses and any(item.is_async and item.facts.parent not in running for item in bodies):
        # One wrapper for plain functions, which may run a loop, and an asynchronous one for coroutine functions.
        return True
    return not running
