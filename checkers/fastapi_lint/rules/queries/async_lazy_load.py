"""FL403: an attribute of an object of an asynchronous session that was not loaded."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import EntityRead
from fastapi_lint.model.loading import Missing
from fastapi_lint.model.project import Project
from fastapi_lint.model.values import Expiry
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.evidence import request_steps, step, steps
from fastapi_lint.rules.queries.async_lazy_load_examples import EXAMPLES


class _Unloaded(Struct, frozen=True, eq=False):
    """A read of what its query did not load."""

    analysis: Analysis
    read: EntityRead
    missing: Missing


class AsyncLazyLoad(Rule):
    """Attribute read that an asynchronous session cannot load.

    ## What it does
    Follows a database object from the query that loaded it to the reads of its relationships and deferred columns,
    through the project's own functions and schemas, and reports what no loader option and no strategy of the class
    has loaded, and what is read after a rollback, or after a commit that expires (`expire_on_commit`), has made the
    session forget it.

    ## Why is this bad
    An asynchronous session cannot query in an attribute access: the read raises `MissingGreenlet`. With
    `lazy="raise"` it raises `InvalidRequestError`; with `lazy="noload"` it is silently empty.

    ## Known limits
    Reported only where the query and all its options are understood. What was refreshed by name, awaited through
    `awaitable_attrs`, assigned, or guarded by `sqlalchemy.inspect` counts as loaded; a to-one relationship whose
    target the function holds may come from the session and is not reported.

    ## Fix safety
    No automatic fix: add the loader option to the query.

    ## References
    - SQLAlchemy, Preventing implicit I/O when using AsyncSession:
      <https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession>
    - Executed on SQLAlchemy 2.0.58 and 2.1.9 with asyncpg and aiosqlite
    """

    code: ClassVar[str] = "FL403"
    name: ClassVar[str] = "async-lazy-load"
    family: ClassVar[Family] = Family.QUERIES
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each query and attribute that it does not load but that is read."""
        reported: set[object] = set()
        groups: dict[object, list[_Unloaded]] = {}
        for analysis in project.analyses:
            for read in analysis.reads:
                if read.kind == "awaitable" or read.context.deferred:
                    continue
                expiry = read.origin.expired
                if expiry is not None:
                    key: object = (expiry, read.origin.key, analysis.function)
                    if key not in reported:
                        reported.add(key)
                        yield self._expired(project, analysis, read, expiry)
                    continue
                missing = self._missing(project, analysis, read)
                if missing is not None:
                    key = (read.origin.place, missing.path)
                    groups.setdefault(key, []).append(_Unloaded(analysis, read, missing))
        for found in groups.values():
            yield self._violation(project, found)

    def _missing(self, project: Project, analysis: Analysis, read: EntityRead) -> Missing | None:
        if project.loading.session_kind(read.origin) != "async":
            return None
        return project.loading.missing(read, analysis)

    def _expired(self, project: Project, analysis: Analysis, read: EntityRead, expiry: Expiry) -> Violation:
        model = read.entity.of if isinstance(read.entity.of, str) else read.entity.of.name
        past = "committed" if expiry.kind == "commit" else "rolled back"
        here = () if read.through is not None else (step(read.anchor, f"reads .{read.attribute}"),)
        return Violation(
            module=analysis.function.module.key,
            span=read.node.span,
            message=f"`{model}.{read.attribute}` is read after its session {past} (MissingGreenlet)",
            evidence=(
                *request_steps(project, analysis.function),
                step(expiry.place, f"the {expiry.kind} expires what the object holds"),
                *here,
                *steps(read.through),
            ),
            help="read what is needed before, or `await session.refresh(obj)`",
            confidence=Confidence.INFERRED,
        )

    def _violation(self, project: Project, found: list[_Unloaded]) -> Violation:
        analysis, read, missing = found[0].analysis, found[0].read, found[0].missing
        others = [item.read.anchor for item in found[1:] if item.read.anchor != read.anchor]
        outcome = {
            "raise": 'lazy="raise": InvalidRequestError',
            "raise_on_sql": 'lazy="raise_on_sql": InvalidRequestError',
            "noload": 'lazy="noload": it is silently empty',
        }.get(missing.lazy, "MissingGreenlet")
        reads = "validates it" if read.kind == "schema" else f"reads .{'.'.join(read.path)}"
        here = step(read.anchor, reads) if read.through is None else None
        return Violation(
            module=read.anchor.module,
            span=read.anchor.span,
            message=f"`{missing.title}` is read but was not loaded ({outcome})",
            evidence=(
                *request_steps(project, analysis.function),
                step(read.origin.place, f"the query loads no {'.'.join(missing.path)}"),
                *((here,) if here is not None else steps(read.through)),
                *(step(anchor, "and it is read here") for anchor in dict.fromkeys(others)),
            ),
            help=f"load it with the query: .options({missing.option})",
            confidence=Confidence.INFERRED,
        )
