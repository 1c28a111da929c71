"""FL205: a coroutine that is used as if it had run."""

from collections.abc import Iterable
from typing import ClassVar, Final

from fastapi_lint.findings import Severity
from fastapi_lint.model.events import CoroutineUse
from fastapi_lint.model.project import Project
from fastapi_lint.rules.asynchronous.unawaited_coroutine_examples import EXAMPLES
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, step

_USES: Final = {
    "discarded": "is never awaited: it does not run",
    "truth": "is tested without `await`: a coroutine is always true",
    "comparison": "is compared without `await`: a coroutine equals nothing and is never None",
    "attribute": "has an attribute read from it without `await`",
    "subscript": "is indexed without `await`",
    "iteration": "is iterated over without `await`",
    "operand": "is used as an operand without `await`",
    "text": "is formatted without `await`",
}


class UnawaitedCoroutine(Rule):
    """Coroutine that nobody awaits.

    ## What it does
    Finds calls of `async def` functions and of `AsyncSession` methods whose coroutine is thrown away, tested,
    compared or read from as if it were the result.

    ## Why is this bad
    The call does nothing: `session.commit()` without `await` writes no row and the client still gets its 201, and
    `if not can_write(user):` lets everybody through, since a coroutine is true. Python only warns when the object is
    collected.

    ## Known limits
    Only callees that are proved to be coroutine functions count. A coroutine that is returned, stored, or handed to
    something else (`gather`, `create_task`, a background task) is somebody else's to await.

    ## Fix safety
    No automatic fix: adding `await` changes what runs, and when.

    ## References
    - SQLAlchemy, Asynchronous I/O: <https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html>
    - An unawaited `commit()` answers 200 and writes nothing: executed on FastAPI 0.165 and SQLAlchemy 2.1
    """

    code: ClassVar[str] = "FL205"
    name: ClassVar[str] = "unawaited-coroutine"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each coroutine that is misused."""
        for analysis in project.analyses:
            reported: set[object] = set()
            for use in analysis.coroutine_uses:
                if use.context.deferred or use.coroutine.place in reported:
                    continue
                reported.add(use.coroutine.place)
                yield Violation(
                    module=analysis.function.module.key,
                    span=use.node.span,
                    message=f"`{use.coroutine.name}()` {_USES[use.kind]}",
                    evidence=(*request_steps(project, analysis.function), *_origin(use)),
                    help="add `await`" if analysis.function.is_async else "only an `async def` can await it",
                )


def _origin(use: CoroutineUse) -> tuple[Step, ...]:
    return (step(use.coroutine.place, "the coroutine is made here"),)
