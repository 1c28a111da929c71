"""FL204: a password is hashed or verified on the event loop, directly or through plain functions."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.knowledge.blocking import Category
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.rules.asynchronous.event_loop import runs_on_busy_loop
from fastapi_lint.rules.asynchronous.password_hash_on_event_loop_examples import EXAMPLES
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import request_steps, routes_phrase, steps


class PasswordHashOnEventLoop(Rule):
    """Password hash that is computed on the event loop.

    ## What it does
    Finds the key derivation functions (bcrypt, Argon2, scrypt, PBKDF2, and what passlib and pwdlib make of them) that
    an `async def` calls, itself or through the project's own synchronous functions.

    ## Why is this bad
    These functions are slow on purpose. While one of them computes, the event loop answers no other request: a few
    logins per second are enough to stop the whole process.

    ## Known limits
    Only calls whose callee is resolved are reported. What is handed to a thread is left out, and so are plain `def`
    path operations, which FastAPI runs in its thread pool. How expensive the parameters make the hash is not looked at.

    ## Fix safety
    No automatic fix: `await run_in_threadpool(hash_password, password)`, or make the path operation a plain `def`. The
    libraries release the interpreter lock while they compute, so that a thread is enough.

    ## References
    - FastAPI, Concurrency and async / await: <https://fastapi.tiangolo.com/async/>
    - Measured: bcrypt at 12 rounds 475 ms, Argon2 with its defaults 302 to 328 ms, PBKDF2 with 600,000 rounds 337 ms
    """

    code: ClassVar[str] = "FL204"
    name: ClassVar[str] = "password-hash-on-event-loop"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each async function that hashes, and for each helper through which one does."""
        for analysis in project.analyses:
            if runs_on_busy_loop(project, analysis.function):
                yield from self._direct(project, analysis)
                yield from self._through_helpers(project, analysis)

    def _direct(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        own = [path for path in project.effects.own_blocking(analysis) if path.row.category is Category.KDF]
        if not own:
            return
        yield Violation(
            module=analysis.function.module.key,
            span=own[0].witness.place.span,
            message=f"`{own[0].callee}` computes on the event loop in {_where(project, analysis)}",
            evidence=(
                *request_steps(project, analysis.function),
                *(step for path in own for step in steps(path.witness)),
            ),
            help=f"use {own[0].row.instead}",
        )

    def _through_helpers(self, project: Project, analysis: Analysis) -> Iterator[Violation]:
        seen: dict[Function, tuple[CallSite, BlockingPath]] = {}
        for site, callee, path in project.effects.through_calls(analysis):
            if path.row.category is Category.KDF:
                seen.setdefault(callee, (site, path))
        for callee, (site, path) in seen.items():
            module = analysis.function.module.key
            chain = f"`{callee.qualname}` → `{path.callee}`"
            yield Violation(
                module=module,
                span=site.span,
                message=f"{chain} computes on the event loop in {_where(project, analysis)}",
                evidence=(
                    *request_steps(project, analysis.function),
                    Step(module, site.span, f"calls {callee.qualname}() on the event loop"),
                    *steps(path.witness),
                ),
                help=f"await run_in_threadpool({callee.name}, ...)",
                confidence=Confidence.INFERRED,
            )


def _where(project: Project, analysis: Analysis) -> str:
    return f"async `{analysis.function.qualname}`{routes_phrase(project, analysis.function)}"
