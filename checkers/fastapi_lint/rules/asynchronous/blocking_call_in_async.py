"""FL201: a blocking call directly in an ``async def``."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.findings import Severity
from fastapi_lint.knowledge.blocking import Category
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.project import Project
from fastapi_lint.rules.asynchronous.blocking_call_in_async_examples import EXAMPLES
from fastapi_lint.rules.asynchronous.event_loop import by_category, is_reported_as_blocking, runs_on_busy_loop
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, routes_phrase, steps

LEVELS: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


class BlockingCallInAsync(Rule):
    """Blocking call in an async function.

    ## What it does
    Finds calls that are known to wait (network, database, sleep, subprocess, disk) or to compute for long, made
    directly in the body of an `async def`.

    ## Why is this bad
    A coroutine shares its thread with every other request of the process. While it waits in a blocking call the event
    loop stands still: no other request is answered, no health check, no timeout fires.

    ## Known limits
    Only calls whose callee is resolved by import or by type are reported, from the table of known blocking calls
    (`known-blocking` adds to it). Code that runs before the application serves requests (a lifespan up to its
    `yield`) and what is handed to a thread are left out. Calls that only ask the file system for metadata are not
    reported.

    ## Fix safety
    No automatic fix: use the asynchronous client of the library, or run the call in a thread
    (`await asyncio.to_thread(...)`), or make the path operation a plain `def`, which FastAPI runs in its thread pool.

    ## References
    - FastAPI, Concurrency and async / await: <https://fastapi.tiangolo.com/async/>
    - Stalls measured with FastAPI 0.165 on Python 3.12: bcrypt 475 ms, a sync HTTP call its whole latency
    """

    code: ClassVar[str] = "FL201"
    name: ClassVar[str] = "blocking-call-in-async"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each category of blocking call in each async function."""
        for analysis in project.analyses:
            if runs_on_busy_loop(project, analysis.function):
                yield from self._of(project, analysis)

    def _of(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        own = [path for path in project.effects.own_blocking(analysis) if is_reported_as_blocking(path)]
        for first, *others in by_category(own):
            yield Violation(
                module=analysis.function.module.key,
                span=first.witness.place.span,
                message=self._message(project, analysis, first, len(others)),
                evidence=(
                    *request_steps(project, analysis.function),
                    *(step for path in (first, *others) for step in steps(path.witness)),
                ),
                help=f"use {first.row.instead}",
                severity=LEVELS[first.row.level],
            )

    def _message(self, project: Project, analysis: Analysis, path: BlockingPath, others: int) -> str:
        more = f" (and {others} more)" if others else ""
        what = "does file I/O" if path.row.category is Category.FILE else "blocks the event loop"
        reached = routes_phrase(project, analysis.function)
        return f"`{path.callee}`{more} {what} in async `{analysis.function.qualname}`{reached}"
