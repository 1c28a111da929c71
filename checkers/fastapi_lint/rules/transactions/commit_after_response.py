"""FL301: a ``yield`` dependency that commits after the response has been sent."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from fastapi_lint.findings import Severity
from fastapi_lint.model.dependencies import Dependency, Use
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import route_title, steps
from fastapi_lint.rules.transactions.commit_after_response_examples import EXAMPLES

_SHOWN: Final = 3


class CommitAfterResponse(Rule):
    """Dependency that commits after the response was sent.

    ## What it does
    Finds generator dependencies that commit behind their `yield` and are used with FastAPI's default scope.

    ## Why is this bad
    FastAPI leaves a `yield` dependency after the response and its background tasks. The client has its 201 before the
    transaction is committed: when the commit fails (a deferred constraint, a serialisation failure, a lost
    connection) the rows are gone and nobody is told, and a client that reads at once may not find what it has just
    written.

    ## Known limits
    FastAPI 0.106 to 0.117 left dependencies before the response was sent: there the rule is silent. One finding at the
    dependency stands for all routes that use it.

    ## Fix safety
    No automatic fix. Commit in the handler or the service, or ask for the dependency with `scope="function"` (FastAPI
    0.121 and newer) everywhere; a route that streams or hands the session to a background task must not use that
    scope.

    ## References
    - FastAPI, Dependencies with yield: <https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-with-yield/>
    - Executed on FastAPI 0.105, 0.106, 0.117, 0.118, 0.121 and 0.165: 201 with no row, and 299 of 300 reads too early
    """

    code: ClassVar[str] = "FL301"
    name: ClassVar[str] = "commit-after-response"
    family: ClassVar[Family] = Family.TRANSACTIONS
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each dependency that commits too late."""
        for function in (analysis.function for analysis in project.analyses):
            if function.facts.is_generator and project.dependencies.is_dependency(function):
                yield from self._of(project, function)

    def _of(self, project: Project, function: Function) -> Iterator[Violation]:
        requirements = project.manifest.for_module(function.module.key)
        if requirements.must_be("fastapi", ">=0.106,<0.118"):
            return
        commits = [
            effect
            for effect in project.analyser.analysis(function).all_session_effects
            if effect.kind == "commit" and effect.after_yield
        ]
        uses = project.dependencies.users_of(function, _is_left_after_the_response)
        if commits and uses:
            yield self._violation(function, commits[0], uses, has_scope=requirements.may_be("fastapi", ">=0.121"))

    def _violation(
        self, function: Function, commit: SessionEffect, uses: Sequence[Use], *, has_scope: bool
    ) -> Violation:
        answers = f"{len(uses)} routes answer" if len(uses) > 1 else "1 route answers"
        scope = ', or ask for it with scope="function" everywhere' if has_scope else ""
        routes = [
            Step(use.route.module.key, use.route.call.span, f"{route_title(use.route)} is answered before that commit")
            for use in uses[:_SHOWN]
        ]
        aliases = dict.fromkeys(
            Step(asked.module.key, asked.span, "asked for here, to be left after the response")
            for asked in (use.chain[-1] for use in uses)
            if asked.alias is not None
        )
        return Violation(
            module=function.module.key,
            span=commit.witness.place.span,
            message=f"`{function.qualname}` commits after the response was sent: {answers} too early",
            evidence=(*steps(commit.witness), *aliases, *routes),
            help=f"commit in the handler or the service{scope}",
        )


def _is_left_after_the_response(asked: Dependency) -> bool:
    """Return whether a declaration asks for the default scope; a route may ask for the same dependency with both."""
    return asked.scope != "function"
