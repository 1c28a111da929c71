"""FL606: ``except Exception`` turns an HTTPException from its own ``try`` into something else."""

from collections.abc import Iterable, Iterator

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, walk
from fastapi_lint.facts.schema import may_hold
from fastapi_lint.facts.statements import Evaluate, Handler, Raise, Return, Try, expressions_of, walk_statements
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.http_exceptions import HttpExceptions
from fastapi_lint.model.project import Project
from fastapi_lint.model.raised_exceptions import RaisedHttpException, RaisedHttpExceptions, raises_again
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.termination import Termination
from fastapi_lint.rules.api.broad_except_swallows_http_exception_examples import EXAMPLES
from fastapi_lint.rules.base import Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import step
from fastapi_lint.source import Span

_LOOKS_AT_THE_STATUS = frozenset({"status_code", "detail", "headers"})
_LOOKS_AT_THE_CLASS = frozenset({"isinstance", "getattr", "hasattr", "issubclass", "type"})
_MOST_STEPS = 3
_SERVER_ERROR = 500


class BroadExceptSwallowsHttpException(Rule):
    """Broad `except` that answers in place of the HTTP exception raised in its `try`.

    ## What it does
    Reports an `except Exception` (or a bare `except`) that catches an `HTTPException` raised in its `try`, there or in
    a function of the project that is called there, and answers with something else.

    ## Why is this bad
    The client gets a 500, or a 200, in place of the 404 or 403 that was meant: errors of the caller look like errors
    of the server, raise alarms, and are tried again.

    ## Known limits
    A handler that may raise again what it caught, looks at its class or its status, or gives it to a function that
    raises, is silent. So is one that answers with the same status, and below the route one that raises an exception of
    the application. What a called function raises counts only where a 4xx becomes a 5xx.

    ## Fix safety
    Add `except HTTPException: raise` before the handler.

    ## References
    - [FastAPI: handling errors](https://fastapi.tiangolo.com/tutorial/handling-errors/)
    """

    code = "FL606"
    name = "broad-except-swallows-http-exception"
    family = Family.API
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the handlers that replace an HTTP exception."""
        search = _Search(project)
        for function in project.application_functions():
            if not may_hold(function.facts.body, Try):
                continue
            for statement in walk_statements(function.body):
                if isinstance(statement, Try):
                    yield from search.violations(function, statement)


class _Search:
    """Looks at one ``try`` after the other."""

    def __init__(self, project: Project) -> None:
        lexical = project.routes.constants.lexical
        self._lexical = lexical
        self._project = project
        self._exceptions = HttpExceptions(lexical)
        self._escapes = RaisedHttpExceptions(project.analyser, self._exceptions)
        self._termination = Termination(lexical)

    def violations(self, function: Function, statement: Try) -> Iterator[Violation]:
        """Yield what is wrong with one ``try``."""
        handler = next((item for item in statement.handlers if self._escapes.catches(function, item)), None)
        if handler is None or not self._escapes.is_broad(function, handler) or self._is_careful(function, handler):
            return
        answers = self._answers(function, handler)
        if answers is None:
            return
        escaping = self._escapes.of_body(function, statement.body)
        lost = [item for item in escaping if item.status not in answers and self._is_lost(function, item, answers)]
        if lost:
            yield _violation(function, handler, lost, answers)

    def _is_lost(self, function: Function, escaping: RaisedHttpException, answers: frozenset[int | str]) -> bool:
        """Return whether the exception is replaced by mistake.

        One that is raised in the ``try`` itself was meant to come out. What a function may raise can be translated on
        purpose; an error of the caller that becomes an error of the server is not.
        """
        if escaping.status is None:
            return False
        if not escaping.calls:
            return True
        blames_server = any(isinstance(answer, int) and answer >= _SERVER_ERROR for answer in answers)
        return blames_server and escaping.status < _SERVER_ERROR and self._is_part_of_a_request(function)

    def _is_part_of_a_request(self, function: Function) -> bool:
        if self._project.routes.is_route(function) or self._project.dependencies.is_dependency(function):
            return True
        return self._project.requests.way_to(function)[0] is not None

    def _answers(self, function: Function, handler: Handler) -> frozenset[int | str] | None:
        """Return with which statuses the handler answers, or None where what it does is nobody's answer."""
        raised = [item.exception for item in walk_statements(handler.body) if isinstance(item, Raise)]
        found: set[int | str] = set()
        for exception in raised:
            made = self._exceptions.constructed(function.module, exception, function.qualname)
            status = self._exceptions.status(function.module, made, function.qualname) if made is not None else None
            if status is None and (made is not None or not self._project.routes.is_route(function)):
                return None
            found.add("another exception" if status is None else status)
        if self._termination.completes(function.module, handler.body, function.qualname):
            returned = [item.value for item in walk_statements(handler.body) if isinstance(item, Return)]
            if not returned or not self._project.routes.is_route(function):
                return None
            if any(self._exceptions.constructed(function.module, value, function.qualname) for value in returned):
                # That an exception is returned is another rule's concern.
                return None
            found.add("an answer of its own")
        return frozenset(found)

    def _is_careful(self, function: Function, handler: Handler) -> bool:
        """Return whether the handler may tell HTTP exceptions from others, or give the exception on."""
        if raises_again(handler):
            return True
        for statement in walk_statements(handler.body):
            logged = isinstance(statement, Evaluate)
            for expression in expressions_of(statement):
                for part in walk(expression):
                    if self._looks(function, part, handler.name, logged=logged):
                        return True
        return False

    def _looks(self, function: Function, part: Expr, caught: str | None, *, logged: bool) -> bool:
        match part:
            case Attribute(value=Name(id=name), attr=attr):
                return name == caught and attr in _LOOKS_AT_THE_STATUS
            case Call(func=Name(id=called), args=(Name(id=name), *_)) if called in _LOOKS_AT_THE_CLASS:
                return name == caught and not logged
            case Call(func=func, args=args):
                given = [*args, *(keyword.value for keyword in part.keywords)]
                if caught is None or not any(isinstance(item, Name) and item.id == caught for item in given):
                    return False
                callee = self._lexical.resolve(function.module, func, function.qualname)
                if isinstance(callee, Function):
                    return not logged or any(isinstance(item, Raise) for item in walk_statements(callee.body))
                return False
            case _:
                return False


def _violation(
    function: Function, handler: Handler, lost: list[RaisedHttpException], answers: frozenset[int | str]
) -> Violation:
    statuses = sorted({item.status for item in lost if item.status is not None})
    evidence: list[Step] = []
    for item in lost[:_MOST_STEPS]:
        evidence.extend(step(place, "called in the try") for place in item.calls)
        evidence.append(step(item.raised, f"HTTPException({item.status}) is raised"))
    end = handler.type.end if handler.type is not None else handler.start + len("except")
    meant = " and ".join(str(status) for status in statuses)
    got = " or ".join(sorted(str(answer) for answer in answers))
    return Violation(
        module=function.module.key,
        span=Span(handler.start, end),
        message=f"the HTTPException({meant}) from this try ends here: the client gets {got}",
        evidence=tuple(evidence),
        help="add `except HTTPException: raise` before this handler",
        confidence=Confidence.INFERRED if all(item.calls for item in lost) else Confidence.EXACT,
    )
