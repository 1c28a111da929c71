"""FL402: a relationship that is loaded once for each row."""

from collections.abc import Iterable
from typing import ClassVar

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analyser import Analysis
from fastapi_lint.model.events import EntityRead
from fastapi_lint.model.loading import Missing
from fastapi_lint.model.project import Project
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, step, steps
from fastapi_lint.rules.queries.n_plus_one_relationship_examples import EXAMPLES


class NPlusOneRelationship(Rule):
    """Relationship loaded row by row.

    ## What it does
    Finds a relationship that is read for each row of a query that does not load it: in a loop, a comprehension, a helper
    that is called for each row, a property of the model, or through `awaitable_attrs`.

    ## Why is this bad
    One request costs one query and one more for each row. It is fast with ten rows in development and takes seconds with a
    thousand in production.

    ## Known limits
    Reported only where the query and all its options are understood and the read stands in a loop over its rows. A to-one
    relationship whose target the function holds already costs nothing and is not reported.

    ## Fix safety
    No automatic fix: add `selectinload` (to many) or `joinedload` (to one) to the query.

    ## References
    - SQLAlchemy, Relationship Loading Techniques:
      <https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html>
    - Queries counted on SQLAlchemy 2.1: 6 for 5 rows, 2 with selectinload
    """

    code: ClassVar[str] = "FL402"
    name: ClassVar[str] = "n-plus-one-relationship"
    family: ClassVar[Family] = Family.QUERIES
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each relationship that is loaded in a loop."""
        reported: set[object] = set()
        for analysis in project.analyses:
            for read in analysis.reads:
                missing = self._loaded_per_row(project, analysis, read)
                if missing is None or (read.anchor, missing.title) in reported:
                    continue
                reported.add((read.anchor, missing.title))
                yield self._violation(project, analysis, read, missing)

    def _loaded_per_row(self, project: Project, analysis: Analysis, read: EntityRead) -> Missing | None:
        if not read.origin.many or not read.context.loops:
            return None
        kind = project.loading.session_kind(read.origin)
        if kind is None or (kind == "async" and read.kind != "awaitable"):
            return None
        missing = project.loading.missing(read, analysis)
        return None if missing is None or missing.lazy in {"raise", "raise_on_sql", "noload"} else missing

    def _violation(self, project: Project, analysis: Analysis, read: EntityRead, missing: Missing) -> Violation:
        here = () if read.through is not None else (step(read.anchor, "each row loads it on its own"),)
        return Violation(
            module=read.anchor.module,
            span=read.anchor.span,
            message=f"`{missing.title}` is loaded once for each row: one more query per row",
            evidence=(
                *request_steps(project, analysis.function),
                step(read.origin.place, f"the query loads no {'.'.join(missing.path)}"),
                *here,
                *steps(read.through),
            ),
            help=f"load it with the query: .options({missing.option})",
            confidence=Confidence.INFERRED,
        )
