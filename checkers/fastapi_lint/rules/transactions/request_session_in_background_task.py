"""FL304: a request's session that a background task uses."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.facts.expressions import Attribute, Await, Call, Expr, Name, walk
from fastapi_lint.facts.statements import Assign, Evaluate, expressions_of, walk_statements
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import (
    Built,
    Callable,
    Collection,
    Coroutine,
    EntityOrigin,
    Instance,
    SessionOrigin,
    Value,
    alternatives,
)
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, steps
from fastapi_lint.rules.transactions.request_session_in_background_task_examples import EXAMPLES

_BACKGROUND: Final = frozenset({"fastapi.BackgroundTasks.add_task", "starlette.background.BackgroundTasks.add_task"})
_SPAWNING: Final = frozenset({"asyncio.create_task", "asyncio.ensure_future"})


class RequestSessionInBackgroundTask(Rule):
    """Request's session used by a background task.

    ## What it does
    Finds a session that was handed in, an object loaded with it, or a service that holds it, given to
    `BackgroundTasks.add_task`, `asyncio.create_task` or `ensure_future`.

    ## Why is this bad
    The task outlives the request. With `create_task` the session is closed under it, or silently begins a transaction
    that nobody commits: the job reports success, no row is written, and the connection stays checked out. In a
    background task of FastAPI 0.106 to 0.117 the session is closed; since 0.118 it is open, holds its connection
    until the task is done, and an error in the task rolls the request's own writes back.

    ## Known limits
    A task that the same function awaits is not reported. What the task does with plain values is its own affair.

    ## Fix safety
    No automatic fix: pass ids and open a session of the task's own.

    ## References
    - FastAPI, Background Tasks: <https://fastapi.tiangolo.com/tutorial/background-tasks/>
    - Executed on FastAPI 0.105 to 0.165: rows lost after a failing task, connections left checked out
    """

    code: ClassVar[str] = "FL304"
    name: ClassVar[str] = "request-session-in-background-task"
    family: ClassVar[Family] = Family.TRANSACTIONS
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each task that takes the session along."""
        for analysis in project.analyses:
            for site in analysis.calls:
                if site.external in _BACKGROUND:
                    yield from self._added(project, analysis, site)
                elif site.external in _SPAWNING and _is_left_alone(analysis, site):
                    yield from self._spawned(project, analysis, site)

    def _added(self, project: Project, analysis: Analysis, site: CallSite) -> Iterator[Violation]:
        for value in site.values:
            what = _carried(project, value)
            if what is not None:
                yield self._violation(project, analysis, site, what, ())
                return

    def _spawned(self, project: Project, analysis: Analysis, site: CallSite) -> Iterator[Violation]:
        library = project.analyser.library
        places = {item.place for value in site.arguments for item in alternatives(value) if isinstance(item, Coroutine)}
        for effect in analysis.all_session_effects:
            session = effect.session
            if (
                effect.witness.place in places
                and library.session_kind(session) == "async"
                and isinstance(session, Instance)
                and isinstance(session.origin, SessionOrigin)
                and session.origin.kind in {"parameter", "attribute"}
            ):
                yield self._violation(project, analysis, site, "the session", steps(effect.witness)[1:])
                return

    def _violation(
        self, project: Project, analysis: Analysis, site: CallSite, what: str, more: tuple[Step, ...]
    ) -> Violation:
        return Violation(
            module=analysis.function.module.key,
            span=site.span,
            message=f"a background task takes {what} of the request along in `{analysis.function.qualname}`",
            evidence=(
                *request_steps(project, analysis.function),
                Step(analysis.function.module.key, site.span, "the task is started here and outlives the request"),
                *more,
            ),
            help="pass ids, and open a session of its own in the task",
            confidence=Confidence.INFERRED,
        )


def _carried(project: Project, value: Value) -> str | None:
    """Return what of the request a value takes along: its session, a row, or an object that holds the session."""
    library = project.analyser.library
    for item in alternatives(value):
        match item:
            case Instance(origin=SessionOrigin(kind="parameter" | "attribute")):
                return "the session"
            case Instance(origin=EntityOrigin(kind="query", session=Instance() as session)) if (
                library.session_kind(session) is not None
            ):
                return "a row"
            case Instance(origin=Built(bound=bound)):
                if any(_carried(project, inner) == "the session" for _, inner in bound):
                    return "an object that holds the session"
            case Callable(receiver=Instance() as receiver):
                carried = _carried(project, receiver)
                if carried is not None:
                    return carried
                if _uses_what_its_object_was_given(project, item, receiver):
                    return "an object that holds the session"
            case Collection(element=element):
                return _carried(project, element)
            case _:
                pass
    return None


def _uses_what_its_object_was_given(project: Project, method: Callable, receiver: Instance) -> bool:
    """Return whether a method works with a session that its object was given, not with one that it has opened."""
    if not isinstance(receiver.of, Class):
        return False
    effects = project.analyser.analysis(method.function, receiver.of).session_effects
    return any(
        isinstance(effect.session, Instance)
        and isinstance(effect.session.origin, SessionOrigin)
        and effect.session.origin.kind == "attribute"
        and not effect.session.origin.key.startswith("self.")
        for effect in effects
    )


def _is_left_alone(analysis: Analysis, site: CallSite) -> bool:
    """Return whether nobody in the function waits for the task that a call starts."""
    name: str | None = None
    for statement in walk_statements(analysis.function.body):
        match statement:
            case Evaluate(value=Call() as call) if call is site.node:
                return True
            case Assign(targets=(Name(id=target),), value=Call() as call) if call is site.node:
                name = target
            case _:
                pass
    if name is None:
        return False
    return not any(
        _waits_for(expression, name)
        for statement in walk_statements(analysis.function.body)
        for outer in expressions_of(statement)
        for expression in walk(outer)
    )


def _keeps_a_reference(func: Expr) -> bool:
    """Return whether a call only stores the task on an object that outlives the function (``self.tasks.add(task)``)."""
    return isinstance(func, Attribute) and func.attr in {"add", "append"} and isinstance(func.value, Attribute)


def _waits_for(expression: object, name: str) -> bool:
    match expression:
        case Await(value=value):
            return any(isinstance(item, Name) and item.id == name for item in walk(value))
        case Call(args=args, func=func) if not _keeps_a_reference(func):
            return any(isinstance(item, Name) and item.id == name for item in args)
        case _:
            return False
