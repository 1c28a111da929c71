"""FL303: one session used by several concurrent tasks."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Constant, Expr, Name, dotted_name
from fastapi_lint.facts.statements import With, walk_statements
from fastapi_lint.findings import Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Variable
from fastapi_lint.model.values import (
    Collection,
    Coroutine,
    Instance,
    Literal,
    Place,
    SessionOrigin,
    Value,
    alternatives,
)
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, step, steps
from fastapi_lint.rules.transactions.session_shared_across_tasks_examples import EXAMPLES

_TOGETHER: Final = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed"})
_STARTED: Final = frozenset({"asyncio.TaskGroup.create_task", "anyio.abc.TaskGroup.start_soon"})
_GROUPS: Final = frozenset({"asyncio.TaskGroup", "anyio.create_task_group"})
_LIMITERS: Final = frozenset({"asyncio.Semaphore", "anyio.Semaphore", "anyio.CapacityLimiter"})
"""They let as many in as they are made for: one at a time only where they are made for one."""
_LOCKS: Final = _LIMITERS | {"asyncio.Lock", "anyio.Lock"}
_WRITES: Final = frozenset({"write", "stage", "flush", "commit", "rollback"})


class Task(Struct, frozen=True, eq=False):
    """A coroutine that runs beside others; ``many`` when there is one for each item of something."""

    place: Place
    many: bool


class SessionSharedAcrossTasks(Rule):
    """Session used by several tasks at the same time.

    ## What it does
    Finds `asyncio.gather`, `TaskGroup` and the like whose coroutines work on one `AsyncSession`.

    ## Why is this bad
    A session is one connection in one transaction. It often seems to work; then a cold pool, a flush or a commit
    meets another statement: "This session is provisioning a new connection", "Session is already flushing", "another
    operation is in progress", and the connection goes back to the pool poisoned, so that the next, innocent request
    fails.

    ## Known limits
    The session must be seen to be the same object in two of the coroutines, or in one of them that is started for each
    item, and each must be seen to use the database. A session of its own for each task is right.

    ## Fix safety
    No automatic fix: await one after the other, or open a session for each task.

    ## References
    - SQLAlchemy, Is the AsyncSession safe to share in concurrent tasks?:
      <https://docs.sqlalchemy.org/en/20/orm/session_basics.html#is-the-session-thread-safe-is-asyncsession-safe-to-share-in-concurrent-tasks>
    - Executed on SQLAlchemy 2.1.9 with asyncpg: execute beside commit poisons the pooled connection
    """

    code: ClassVar[str] = "FL303"
    name: ClassVar[str] = "session-shared-across-tasks"
    family: ClassVar[Family] = Family.TRANSACTIONS
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each session that concurrent tasks share."""
        for analysis in project.analyses:
            for site, tasks in _concurrent(analysis):
                yield from self._of(project, analysis, site, tasks)

    def _of(self, project: Project, analysis: Analysis, site: CallSite, tasks: list[Task]) -> Iterator[Violation]:
        library = project.analyser.library
        users: dict[Value, list[tuple[Task, SessionEffect]]] = {}
        for task in tasks:
            for session, effect in _sessions_of(analysis, task).items():
                used = effect.witness.place
                if library.session_kind(session) != "async" or not _is_shared(session, task, analysis, used):
                    continue
                if not _takes_turns(analysis, task, project):
                    users.setdefault(session, []).append((task, effect))
        for found in users.values():
            if len(found) < 2 and not found[0][0].many:
                continue
            writes = any(effect.kind in _WRITES for _, effect in found)
            yield Violation(
                module=analysis.function.module.key,
                span=site.span,
                message=f"tasks that run at the same time share one session in `{analysis.function.qualname}`",
                evidence=(
                    *request_steps(project, analysis.function),
                    *(part for task, effect in found[:2] for part in _task_steps(task, effect)),
                ),
                help="open a session for each task, or await them one after the other",
                severity=Severity.ERROR if writes else Severity.WARNING,
            )


def _task_steps(task: Task, effect: SessionEffect) -> tuple[Step, ...]:
    started = "started for each item" if task.many else "started here"
    return (step(task.place, f"a task on the session is {started}"), *steps(effect.witness)[-1:])


def _concurrent(analysis: Analysis) -> Iterator[tuple[CallSite, list[Task]]]:
    """Yield the places where coroutines are started together, and the coroutines."""
    groups: dict[str, tuple[CallSite, list[Task]]] = {}
    for site in analysis.calls:
        if site.external in _TOGETHER:
            yield site, [task for value in site.arguments for task in _tasks(value, many=False)]
        elif site.external in _STARTED and site.arguments:
            opened = [
                other for other in analysis.calls if other.external in _GROUPS and other.node.end <= site.node.start
            ]
            _, tasks = groups.setdefault((dotted_name(site.node.func) or ""), (opened[-1] if opened else site, []))
            tasks.extend(_tasks(site.arguments[0], many=bool(site.context.loops)))
    yield from groups.values()


def _tasks(value: Value, *, many: bool) -> Iterator[Task]:
    for item in alternatives(value):
        match item:
            case Coroutine(place=place):
                yield Task(place, many)
            case Instance(of="asyncio.Task", arguments=(_, Coroutine(place=place))):
                yield Task(place, many)
            case Collection(items=tuple() as items):
                for inner in items:
                    yield from _tasks(inner, many=many)
            case Collection(element=element):
                yield from _tasks(element, many=True)
            case _:
                pass


def _sessions_of(analysis: Analysis, task: Task) -> dict[Value, SessionEffect]:
    """Return the sessions that calling a coroutine works on, with the effect that shows it; a write tells most.

    What a coroutine is handed to wait for is part of it: ``limited(load(session))``.
    """
    inside = {
        Place(task.place.module, site.span)
        for site in analysis.calls
        if not site.awaited
        and isinstance(site.result, Coroutine)
        and task.place.span.start <= site.span.start
        and site.span.end <= task.place.span.end
    }
    found: dict[Value, SessionEffect] = {}
    for effect in analysis.all_session_effects:
        if effect.witness.place == task.place or effect.witness.place in inside:
            present = found.get(effect.session)
            if present is None or (effect.kind in _WRITES and present.kind not in _WRITES):
                found[effect.session] = effect
    return found


def _takes_turns(analysis: Analysis, task: Task, project: Project) -> bool:
    """Return whether what a task runs holds a lock wherever it uses a session."""
    return any(
        _holds_lock(project.analyser.analysis(callee, callee.owner), analysis)
        for site in analysis.calls
        if site.span == task.place.span
        for callee in site.callees
    )


def _holds_lock(running: Analysis, starter: Analysis) -> bool:
    acquired = {f"{name}.acquire" for name in _LOCKS}
    if any(site.external in acquired and _lets_one_in(site.receiver, starter) for site in running.calls):
        return True
    module = running.function.module
    locked = [
        block
        for block in walk_statements(running.function.body)
        if isinstance(block, With)
        and any(
            _lets_one_in(running.value(item.context), starter) and not _admits_several(module, item.context)
            for item in block.items
        )
    ]
    places = [effect.witness.place.span for effect in running.all_session_effects]
    # What waits for a coroutine that it is handed does not see what that does.
    return bool(locked) and all(any(block.start <= place.start < block.end for block in locked) for place in places)


def _lets_one_in(value: Value | None, starter: Analysis) -> bool:
    """Return whether one task at a time gets past a lock, or past a limiter that was not made for more."""
    if not isinstance(value, Instance) or value.of not in _LOCKS:
        return False
    made = [site.argument(0, "value") for site in starter.calls if site.external == value.of]
    return value.of not in _LIMITERS or all(limit in {None, Literal(1)} for limit in made)


def _admits_several(module: Module, node: Expr) -> bool:
    """Return whether a name of a module holds a semaphore that lets several tasks in at once."""
    match module.resolve_name(node.id, "") if isinstance(node, Name) else None:
        case Variable(value=Call(args=(Constant(value=int(count)), *_))):
            return count > 1
        case _:
            return False


def _is_shared(session: Value, task: Task, starter: Analysis, used: Place) -> bool:
    """Return whether a session is one object to all tasks: handed in, kept, or opened outside of them."""
    if not isinstance(session, Instance) or not isinstance(session.origin, SessionOrigin):
        return False
    origin = session.origin
    opened_by_task = origin.key.endswith(f"@{used.span.start}")
    return origin.kind != "unknown" and not opened_by_task and not _is_opened_for_each(origin, task, starter)


def _is_opened_for_each(origin: SessionOrigin, task: Task, starter: Analysis) -> bool:
    """Return whether the loop that starts the tasks opens a session for each of them."""
    loops = [loop.node for site in starter.calls if site.span == task.place.span for loop in site.context.loops]
    place = origin.place
    return (
        origin.kind == "opened"
        and place is not None
        and place.module == starter.function.module.key
        and any(loop.start <= place.span.start < loop.end for loop in loops)
    )
