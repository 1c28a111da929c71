"""FL202: an ``async def`` that reaches a blocking call through synchronous functions of the project."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.knowledge.blocking import Category
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.rules.asynchronous.blocking_call_in_async import LEVELS
from fastapi_lint.rules.asynchronous.blocking_call_via_helper_examples import EXAMPLES
from fastapi_lint.rules.asynchronous.event_loop import is_reported_as_blocking, runs_on_busy_loop
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, routes_phrase, steps


class BlockingCallViaHelper(Rule):
    """Async function that reaches a blocking call through plain functions.

    ## What it does
    Follows the calls of an `async def` through the project's own synchronous functions, across modules, until one of
    them blocks, and shows the chain.

    ## Why is this bad
    The helper looks harmless where it is called, and is right where it is written; together they stop the event loop
    for every request of the process.

    ## Known limits
    A chain is followed over at most eight calls and only where each callee is resolved. What is handed to a thread
    (`asyncio.to_thread`, `run_in_threadpool`, an executor), what is cached and what only runs at import is cut off.

    ## Fix safety
    No automatic fix: run the call at the boundary in a thread (`await asyncio.to_thread(helper, ...)`), or give the
    helper an asynchronous client.

    ## References
    - FastAPI, Concurrency and async / await: <https://fastapi.tiangolo.com/async/>
    """

    code: ClassVar[str] = "FL202"
    name: ClassVar[str] = "blocking-call-via-helper"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each helper that an async function calls and that blocks in one way."""
        for analysis in project.analyses:
            if runs_on_busy_loop(project, analysis.function):
                yield from self._of(project, analysis)

    def _of(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        seen: dict[tuple[Function, Category], tuple[CallSite, BlockingPath]] = {}
        for site, callee, path in project.effects.through_calls(analysis):
            if is_reported_as_blocking(path):
                seen.setdefault((callee, path.row.category), (site, path))
        for (callee, _), (site, path) in seen.items():
            chain = " → ".join([f"`{callee.qualname}`", *_names(path)])
            where = f"async `{analysis.function.qualname}`{routes_phrase(project, analysis.function)}"
            yield Violation(
                module=analysis.function.module.key,
                span=site.span,
                message=f"{chain} blocks the event loop in {where}",
                evidence=(
                    *request_steps(project, analysis.function),
                    Step(analysis.function.module.key, site.span, f"calls {callee.qualname}() on the event loop"),
                    *steps(path.witness),
                ),
                help=f"await asyncio.to_thread({callee.name}, ...), or use {path.row.instead}",
                severity=LEVELS[path.row.level],
                confidence=Confidence.INFERRED,
            )


def _names(path: BlockingPath) -> list[str]:
    """Return what is called on the way, the blocking call last."""
    hops = [step.message.removeprefix("calls ").removesuffix("()") for step in path.witness.steps[:-1]]
    return [*(f"`{hop}`" for hop in hops), f"`{path.callee}`"]
