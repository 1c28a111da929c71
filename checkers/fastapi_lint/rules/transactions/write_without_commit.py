"""FL302: a write that nobody commits."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.dependencies import Dependency
from fastapi_lint.model.escapes import ENGINE_NAMES
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.project import Project
from fastapi_lint.model.routing import Route
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Instance, Place, SessionOrigin, Value, alternatives
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, route_title, step, steps
from fastapi_lint.rules.transactions.write_without_commit_examples import EXAMPLES

_WRITES: Final = frozenset({"write", "stage"})
_OPENED: Final = frozenset({"opened"})
_GIVEN: Final = frozenset({"opened", "parameter", "attribute"})
_SHOWN: Final = 3


class WriteWithoutCommit(Rule):
    """Write that nobody commits.

    ## What it does
    Finds path operations that write through a session from a dependency, and functions that write through a session
    which they open themselves, where no commit exists on any way: not in the handler, the services, the repositories,
    the dependency, nor as a `begin()` block.

    ## Why is this bad
    The client gets its 201, even a fresh id after a flush, and the row is rolled back when the session is closed.
    Nothing warns.

    ## Known limits
    Only in a closed world: every call that sees the session must be resolved, the session must come from a factory
    that is seen, and a decorator, a closure, a middleware or an autocommit engine that might commit silences the
    rule.

    ## Fix safety
    No automatic fix: who owns the transaction is a decision.

    ## References
    - SQLAlchemy, Session Basics: <https://docs.sqlalchemy.org/en/20/orm/session_basics.html>
    - Executed on FastAPI 0.165: 201, an id, and no row
    """

    code: ClassVar[str] = "FL302"
    name: ClassVar[str] = "write-without-commit"
    family: ClassVar[Family] = Family.TRANSACTIONS
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each place that writes what is never committed."""
        for number, violation in enumerate(self._found(project)):
            # What makes an engine that commits by itself may be anywhere: it is looked for only where it matters.
            if number == 0 and _commits_by_itself(project):
                return
            yield violation

    def _found(self, project: Project) -> Iterator[Violation]:
        lost: dict[Place, list[tuple[Route, SessionEffect]]] = {}
        for route in project.checked_routes:
            for effect in self._lost_in(project, route):
                lost.setdefault(effect.witness.last.place, []).append((route, effect))
        for found in lost.values():
            yield self._of_routes(found)
        for analysis in project.analyses:
            for violation in self._of_own_session(project, analysis):
                if Place(violation.module, violation.span) not in lost:
                    yield violation

    def _lost_in(self, project: Project, route: Route) -> Iterator[SessionEffect]:
        function = route.function
        if function is None or not project.is_application(function.module):
            return
        analysis = project.analyser.analysis(function)
        effects = analysis.all_session_effects
        writes = [effect for effect in effects if effect.kind in _WRITES and not effect.fails]
        if not writes or any(effect.kind == "commit" for effect in effects):
            return
        if project.escapes.from_analysis(analysis):
            return
        providers = list(_providers(project, project.dependencies.of_route(route)))
        if any(item is None or _may_commit(project, item) for item in providers):
            return
        given = any(_opens_session(project, item) for item in providers if item is not None)
        yield from [effect for effect in writes if _origin_kind(effect.session) in (_GIVEN if given else _OPENED)][:1]

    def _of_routes(self, found: list[tuple[Route, SessionEffect]]) -> Violation:
        route, effect = found[0]
        count = f" by any of {len(found)} routes" if len(found) > 1 else ""
        last = effect.witness.last
        function = route.function
        assert function is not None
        routes = [
            Step(other.module.key, other.call.span, f"{route_title(other)} ends without a commit")
            for other, _ in found[1 : _SHOWN + 1]
        ]
        return Violation(
            module=last.place.module,
            span=last.place.span,
            message=f"this write is never committed{count}: the rows are gone after the response",
            evidence=(
                Step(function.module.key, function.facts.name_span, f"{route_title(route)} is handled here"),
                *steps(effect.witness),
                *routes,
            ),
            help="await session.commit() where the unit of work ends",
            confidence=Confidence.INFERRED,
        )

    def _of_own_session(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        opened: dict[str, list[SessionEffect]] = {}
        for effect in analysis.all_session_effects:
            key = _own_key(analysis, effect.session)
            if key is not None:
                opened.setdefault(key, []).append(effect)
        for effects in opened.values():
            writes = [effect for effect in effects if effect.kind in _WRITES and not effect.fails]
            if not writes or any(effect.kind == "commit" for effect in effects):
                continue
            if analysis.function.facts.is_generator or _leaves(project, analysis, writes[0].session):
                continue
            yield Violation(
                module=analysis.function.module.key,
                span=writes[0].witness.place.span,
                message=f"`{analysis.function.qualname}` opens a session, writes, and never commits: nothing is kept",
                evidence=(
                    *request_steps(project, analysis.function),
                    *_opening(writes[0].session),
                    *steps(writes[0].witness),
                ),
                help="commit before the session is closed, or open it with factory.begin()",
                confidence=Confidence.INFERRED,
            )


def _commits_by_itself(project: Project) -> bool:
    """Return whether an engine of the project is in autocommit mode."""
    return any(project.escapes.commits_by_itself(item) for item in _making_engines(project))


def _making_engines(project: Project) -> Iterator[Analysis]:
    """Yield what may make an engine, anywhere in the project: its sessions may be used everywhere."""
    for module in project.modules.values():
        if module.imports_from(("sqlalchemy", "sqlmodel")):
            yield project.analyser.module_analysis(module)
        names = ENGINE_NAMES | {item.bound for item in module.facts.imports if item.name in ENGINE_NAMES}
        for function in module.all_functions if project.is_application(module) else ():
            if not names.isdisjoint(function.facts.called):
                yield project.analyser.analysis(function)


def _providers(project: Project, dependencies: Iterable[Dependency]) -> Iterator[Function | None]:
    """Yield the functions that a route's dependencies run, theirs included; None for one that cannot be seen."""
    queue = list(dependencies)
    seen: set[object] = set()
    while queue:
        dependency = queue.pop()
        if dependency.node is None:
            if not dependency.external.startswith("fastapi."):
                yield None
            continue
        if dependency.node.key in seen:
            continue
        seen.add(dependency.node.key)
        if dependency.function is not None:
            yield dependency.function
        queue.extend(project.dependencies.of(dependency.node))


def _opens_session(project: Project, provider: Function) -> bool:
    """Return whether a dependency gives a session that it opened by a factory."""
    return any(
        isinstance(item, Instance) and isinstance(item.origin, SessionOrigin) and item.origin.kind == "opened"
        for item in alternatives(project.analyser.analysis(provider).result)
    )


def _may_commit(project: Project, provider: Function) -> bool:
    analysis = project.analyser.analysis(provider)
    return any(effect.kind == "commit" for effect in analysis.all_session_effects) or project.escapes.from_analysis(
        analysis
    )


def _origin_kind(session: Value) -> str:
    origin = session.origin if isinstance(session, Instance) else None
    return origin.kind if isinstance(origin, SessionOrigin) else ""


def _own_key(analysis: Analysis, session: Value) -> str | None:
    """Return the key of a session that the function opens itself; None for any other."""
    if not isinstance(session, Instance) or not isinstance(session.origin, SessionOrigin):
        return None
    origin = session.origin
    place = origin.place
    facts = analysis.function.facts
    if origin.kind != "opened" or place is None or place.module != analysis.function.module.key:
        return None
    inside = facts.start <= place.span.start and place.span.end <= facts.end
    return origin.key if inside and origin.key.count("@") == 1 else None


def _leaves(project: Project, analysis: Analysis, session: Value) -> bool:
    """Return whether a session is handed out, or to something that cannot be seen."""
    if project.escapes.from_analysis(analysis):
        return True
    given = [item.value for item in analysis.returned] + [item.value for item in analysis.yielded]
    return any(item == session for value in given for item in alternatives(value))


def _opening(session: Value) -> tuple[Step, ...]:
    match session:
        case Instance(origin=SessionOrigin(place=Place() as place)):
            return (step(place, "the session is opened here"),)
        case _:
            return ()
