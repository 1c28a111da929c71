"""FL309: a dependency with ``yield`` keeps the exception of the route for itself."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from fastapi_lint.facts.expressions import Await, Call, Expr, Sequence, Yield, children
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import (
    Annotate,
    Assign,
    Evaluate,
    Handler,
    Raise,
    Stmt,
    Try,
    With,
    blocks,
    walk_statements,
)
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import Severity
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class, External, Function
from fastapi_lint.model.termination import Termination
from fastapi_lint.rules.base import Family, Rule, Step, Violation
from fastapi_lint.rules.transactions.dependency_swallows_exception_examples import EXAMPLES
from fastapi_lint.source import Span

_NOT_FROM_ROUTES = frozenset(
    {
        "builtins.GeneratorExit",
        "builtins.StopIteration",
        "builtins.StopAsyncIteration",
        "builtins.KeyboardInterrupt",
        "builtins.SystemExit",
        "asyncio.CancelledError",
        "asyncio.exceptions.CancelledError",
    }
)
_CONTEXT_MANAGERS = frozenset({"contextlib.asynccontextmanager", "contextlib.contextmanager"})


class DependencySwallowsException(Rule):
    """Dependency that swallows the exceptions of its route.

    ## What it does
    Reports an `except` around the `yield` of a dependency from which the exception does not go on, and a context
    manager around the `yield` that keeps it.

    ## Why is this bad
    FastAPI throws the exception of the route into the dependency at its `yield`, to let it clean up. When it does not
    come out again there is neither a response nor an error: instead of the 404 or 409 that the route raised, the client
    gets a 500, and the log has "No response object was returned" (or an `UnboundLocalError`) in place of the reason.

    ## Known limits
    A handler for one exception is reported as well: that exception is then lost. Whether code behind the `try` raises
    the exception again is not followed; any `raise` there silences the rule.

    ## Fix safety
    Add `raise` as the handler's last statement.

    ## References
    - [FastAPI: dependencies with yield and except](https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/#always-raise-in-dependencies-with-yield-and-except)
    """

    code = "FL309"
    name = "dependency-swallows-exception"
    family = Family.TRANSACTIONS
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the handlers from which the exception of a route does not come out."""
        search = _Search(project.routes.constants.lexical)
        for function in project.functions:
            if not function.facts.is_generator or not project.dependencies.is_dependency(function):
                continue
            if project.kind(function.module) is not FileKind.APP:
                continue
            users = project.dependencies.users_of(function)
            if users and all(use.route.is_websocket for use in users):
                continue
            for swallowed in search.swallows(function):
                yield _violation(function, swallowed, len(users))


class _Swallow(Struct, frozen=True, eq=False):
    """Where an exception gets stuck: the handler or the call, and the function that holds it.

    ``entered`` is the ``with`` by which the dependency enters that function, None where it is the dependency itself.
    """

    function: Function
    span: Span
    what: str
    entered: tuple[Function, Span] | None = None


def _violation(dependency: Function, swallowed: _Swallow, users: int) -> Violation:
    steps = [
        Step(dependency.module.key, dependency.facts.name_span, f"{dependency.name} is a dependency of {users} routes")
    ]
    if swallowed.entered is not None:
        function, span = swallowed.entered
        steps.append(Step(function.module.key, span, f"the yield stands inside {swallowed.function.name}"))
    return Violation(
        module=swallowed.function.module.key,
        span=swallowed.span,
        message=f"the exception of the route ends in {swallowed.what}: the client gets a 500 whatever was raised",
        evidence=tuple(steps),
        help="end the handler with `raise`",
    )


class _Search:
    """Looks for what stands around a ``yield``."""

    def __init__(self, lexical: Lexical) -> None:
        self._lexical = lexical
        self._termination = Termination(lexical)

    def swallows(self, function: Function) -> Iterator[_Swallow]:
        """Yield what keeps an exception that is thrown in at a ``yield`` of the function."""
        yield from self._in_body(function, function.body, may_raise_later=False)

    def _in_body(self, function: Function, body: Body, *, may_raise_later: bool) -> Iterator[_Swallow]:
        for index, statement in enumerate(body):
            if not _holds_yield(statement):
                continue
            later = may_raise_later or any(isinstance(item, Raise) for item in walk_statements(body[index + 1 :]))
            match statement:
                case Try(body=inner, final=final) if any(_holds_yield(item) for item in inner):
                    later = later or any(isinstance(item, Raise) for item in walk_statements(final))
                    if not later:
                        yield from self._handlers(function, statement)
                    yield from self._in_body(function, inner, may_raise_later=later)
                case With(items=items, body=inner):
                    if not later:
                        for item in items:
                            yield from self._context(function, item.context)
                    yield from self._in_body(function, inner, may_raise_later=later)
                case _:
                    for block in blocks(statement):
                        yield from self._in_body(function, block, may_raise_later=later)

    def _handlers(self, function: Function, statement: Try) -> Iterator[_Swallow]:
        for handler in statement.handlers:
            if self._catches(function, handler) and self._termination.completes(
                function.module, handler.body, function.qualname
            ):
                end = handler.type.end if handler.type is not None else handler.start + len("except")
                yield _Swallow(function, Span(handler.start, end), "this handler")

    def _catches(self, function: Function, handler: Handler) -> bool:
        """Return whether a route can raise what a handler is for."""
        if handler.type is None:
            return True
        types = handler.type.items if isinstance(handler.type, Sequence) else (handler.type,)
        for written in types:
            symbol = self._lexical.resolve(function.module, written, function.qualname)
            if isinstance(symbol, Class) or (isinstance(symbol, External) and symbol.name not in _NOT_FROM_ROUTES):
                return True
        return False

    def _context(self, function: Function, context: Expr) -> Iterator[_Swallow]:
        """Yield what keeps the exception in a context manager that is written as a function."""
        if not isinstance(context, Call):
            return
        symbol = self._lexical.resolve(function.module, context.func, function.qualname)
        if isinstance(symbol, External) and symbol.name == "contextlib.suppress":
            yield _Swallow(function, context.span, "contextlib.suppress")
        if isinstance(symbol, Function) and symbol is not function and symbol.facts.is_generator:
            if _CONTEXT_MANAGERS.isdisjoint(symbol.decorator_names):
                return
            for inner in self._in_body(symbol, symbol.body, may_raise_later=False):
                if inner.entered is None:
                    yield _Swallow(symbol, inner.span, inner.what, (function, context.span))


def _holds_yield(statement: Stmt) -> bool:
    """Return whether a ``yield`` stands in a statement, nested functions apart."""
    return any(_yields(value) for item in walk_statements((statement,)) for value in _values(item))


def _values(statement: Stmt) -> tuple[Expr, ...]:
    match statement:
        case Evaluate(value=value) | Assign(value=value):
            return (value,)
        case Annotate(value=value) if value is not None:
            return (value,)
        case _:
            return ()


def _yields(expression: Expr) -> bool:
    if isinstance(expression, Yield):
        return True
    return isinstance(expression, Await | Call) and any(_yields(item) for item in children(expression))
