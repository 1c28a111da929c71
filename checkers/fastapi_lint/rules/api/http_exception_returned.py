"""FL604: an HTTPException is returned to the client as if it were data."""

from collections.abc import Iterable, Iterator

from fastapi_lint.facts.expressions import Await, Call, Conditional, Expr, Yield
from fastapi_lint.facts.statements import Assign, Evaluate, Return, Stmt, walk_statements
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.http_exceptions import HttpExceptions, is_http_exception
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.rules.api.http_exception_returned_examples import EXAMPLES
from fastapi_lint.rules.base import Family, Rule, Step, Violation


class HttpExceptionReturned(Rule):
    """HTTP exception that is returned, not raised.

    ## What it does
    Reports a path operation or a dependency that returns (or yields) an `HTTPException`.

    ## Why is this bad
    Only a raised exception becomes an error response. A returned one is data: the client gets a 200 with the
    exception's fields as JSON. In a dependency it is worse: the check that should refuse the request lets it pass.

    ## Known limits
    Functions that make exceptions for their callers to raise are right, and silent: only what FastAPI itself calls is
    looked at.

    ## Fix safety
    Replace `return` by `raise`.

    ## References
    - [FastAPI: handling errors](https://fastapi.tiangolo.com/tutorial/handling-errors/#raise-an-httpexception-in-your-code)
    """

    code = "FL604"
    name = "http-exception-returned"
    family = Family.API
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the statements that hand an HTTP exception back to FastAPI."""
        exceptions = HttpExceptions(project.routes.constants.lexical)
        for function in project.application_functions():
            is_route = project.routes.is_route(function)
            if is_route or project.dependencies.is_dependency(function):
                for statement in walk_statements(function.body):
                    for value in _handed_back(statement):
                        yield from _violations(exceptions, function, statement, value, is_route=is_route)


def _handed_back(statement: Stmt) -> Iterator[Expr]:
    """Yield what a statement returns or yields; of a conditional expression both sides."""
    match statement:
        case Return(value=value) if value is not None:
            yield from _alternatives(value)
        case Evaluate(value=Yield(value=value)) | Assign(value=Yield(value=value)) if value is not None:
            yield from _alternatives(value)
        case _:
            pass


def _alternatives(value: Expr) -> Iterator[Expr]:
    if isinstance(value, Conditional):
        yield from _alternatives(value.body)
        yield from _alternatives(value.orelse)
    else:
        yield value


def _violations(
    exceptions: HttpExceptions, function: Function, statement: Stmt, value: Expr, *, is_route: bool
) -> Iterator[Violation]:
    made = exceptions.constructed(function.module, value, function.qualname)
    helper = None if made is not None else _maker(exceptions, function, value)
    if made is None and helper is None:
        return
    status = exceptions.status(function.module, made, function.qualname) if made is not None else None
    what = f"HTTPException({status})" if status is not None else "an HTTPException"
    harm = (
        "the client gets a 200 with the exception as JSON"
        if is_route
        else "the request goes on as if nothing were wrong"
    )
    evidence: tuple[Step, ...] = ()
    if made is not None and made is not value:
        evidence = (Step(function.module.key, made.span, "the exception is made here"),)
    if helper is not None:
        evidence = (Step(helper.module.key, helper.facts.name_span, f"{helper.name} returns an exception"),)
    yield Violation(
        module=function.module.key,
        span=statement.span,
        message=f"{what} is returned, not raised: {harm}",
        evidence=evidence,
        help="write `raise` in place of `return`",
        confidence=Confidence.EXACT if made is not None else Confidence.INFERRED,
    )


def _maker(exceptions: HttpExceptions, function: Function, value: Expr) -> Function | None:
    """Return the project's function that a call calls, where its annotation says that it returns an HTTP exception."""
    call = value.value if isinstance(value, Await) else value
    if not isinstance(call, Call):
        return None
    made_by = exceptions.lexical.resolve(function.module, call.func, function.qualname)
    if not isinstance(made_by, Function) or made_by.facts.returns is None:
        return None
    returned = exceptions.lexical.resolve(made_by.module, made_by.facts.returns, made_by.facts.parent)
    return made_by if is_http_exception(returned) else None
