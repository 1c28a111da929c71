"""FL203: a synchronous session used on the event loop."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.findings import Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.project import Project
from fastapi_lint.rules.asynchronous.event_loop import is_database, runs_on_busy_loop
from fastapi_lint.rules.asynchronous.sync_session_in_async_examples import EXAMPLES
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, routes_phrase, steps

_WAITS: Final = frozenset({"execute", "write", "unknown", "flush", "commit", "rollback"})
_SHOWN: Final = 4


class SyncSessionInAsync(Rule):
    """Synchronous session used in an async function.

    ## What it does
    Finds `sqlalchemy.orm.Session` (and SQLModel's) doing its work inside an `async def`, directly or in a function
    that it is handed to.

    ## Why is this bad
    Every query of a synchronous session waits for the database on the event loop, so that no other request is served
    meanwhile. The same code in a plain `def` path operation runs in the thread pool and harms nobody.

    ## Known limits
    The session's type must be known, by annotation, by its factory or by the dependency that provides it. What
    `run_sync` or a thread executes is left out.

    ## Fix safety
    No automatic fix. A path operation that awaits nothing can become a plain `def`.

    ## References
    - FastAPI, Concurrency and async / await: <https://fastapi.tiangolo.com/async/>
    - A 100 ms query stalls the loop for 106 ms: executed on FastAPI 0.165 and SQLAlchemy 2.1
    """

    code: ClassVar[str] = "FL203"
    name: ClassVar[str] = "sync-session-in-async"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each async function that lets a synchronous session work."""
        for analysis in project.analyses:
            if runs_on_busy_loop(project, analysis.function):
                yield from self._of(project, analysis)

    def _of(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        library = project.analyser.library
        # What is awaited is no synchronous session, whatever its annotation says.
        awaited = [site.receiver for site in analysis.calls if site.awaited and site.receiver is not None]
        waiting = [
            effect
            for effect in analysis.session_effects
            if effect.kind in _WAITS
            and library.session_kind(effect.session) == "sync"
            and effect.session not in awaited
            and (effect.through is None or not effect.through.is_async)
        ]
        ways = [effect.witness for effect in waiting]
        ways += [path.witness for path in project.effects.own_blocking(analysis) if is_database(path)]
        if not ways:
            return
        ways.sort(key=lambda way: way.place.span)
        where = f"async `{analysis.function.qualname}`{routes_phrase(project, analysis.function)}"
        yield Violation(
            module=analysis.function.module.key,
            span=ways[0].place.span,
            message=f"a synchronous session works on the event loop in {where}",
            evidence=(
                *request_steps(project, analysis.function),
                *(part for way in ways[:_SHOWN] for part in steps(way)),
            ),
            help="make the path operation a plain `def`, use an AsyncSession, or run the work in a thread",
        )
