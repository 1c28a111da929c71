"""FL402: a relationship that is loaded once for each row."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import EntityRead
from fastapi_lint.model.loading import Missing
from fastapi_lint.model.project import Project
from fastapi_lint.model.values import Place
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, step, steps
from fastapi_lint.rules.queries.n_plus_one_relationship_examples import EXAMPLES


class _PerRow(Struct, frozen=True, eq=False):
    """A read in a loop of what its query did not load."""

    analysis: Analysis
    read: EntityRead
    missing: Missing


class NPlusOneRelationship(Rule):
    """Relationship loaded row by row.

    ## What it does
    Finds a relationship that is read for each row of a query that does not load it: in a loop, a comprehension, a
    helper that is called for each row, a property of the model, or through `awaitable_attrs`.

    ## Why is this bad
    One request costs one query and one more for each row. It is fast with ten rows in development and takes seconds
    with a thousand in production.

    ## Known limits
    Reported only where the query and all its options are understood and the read stands in a loop over its rows. A
    to-one relationship whose target the function holds already costs nothing and is not reported.

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
        """Yield one violation for each query that lets relationships be loaded in a loop."""
        groups: dict[Place, list[_PerRow]] = {}
        for analysis in project.analyses:
            for read in analysis.reads:
                missing = self._loaded_per_row(project, analysis, read)
                if missing is not None:
                    groups.setdefault(read.origin.place, []).append(_PerRow(analysis, read, missing))
        for found in groups.values():
            yield self._violation(project, found)

    def _loaded_per_row(self, project: Project, analysis: Analysis, read: EntityRead) -> Missing | None:
        if not read.origin.many or not read.context.loops:
            return None
        kind = project.loading.session_kind(read.origin)
        if kind is None or (kind == "async" and read.kind != "awaitable"):
            return None
        missing = project.loading.missing(read, analysis)
        return None if missing is None or missing.lazy in {"raise", "raise_on_sql", "noload"} else missing

    def _violation(self, project: Project, found: list[_PerRow]) -> Violation:
        first = found[0]
        read, missing = first.read, first.missing
        titles = list(dict.fromkeys(item.missing.title for item in found))
        others = {item.missing.title: item for item in reversed(found) if item.missing.title != missing.title}
        named = " and ".join(f"`{title}`" for title in titles[:2])
        more = f" (and {len(titles) - 2} more)" if len(titles) > 2 else ""
        are = "are" if len(titles) > 1 else "is"
        here = () if read.through is not None else (step(read.anchor, "each row loads it on its own"),)
        return Violation(
            module=read.anchor.module,
            span=read.anchor.span,
            message=f"{named}{more} {are} loaded once for each row: one more query per row",
            evidence=(
                *request_steps(project, first.analysis.function),
                step(read.origin.place, f"the query loads no {'.'.join(missing.path)}"),
                *here,
                *steps(read.through),
                *(step(item.read.anchor, f"each row loads {title}") for title, item in sorted(others.items())),
            ),
            help=f"load it with the query: .options({', '.join(dict.fromkeys(item.missing.option for item in found))})",
            confidence=Confidence.INFERRED,
        )
