"""FL307: an asynchronous session factory that expires objects on commit."""

from collections.abc import Iterable
from typing import ClassVar

from fastapi_lint.findings import Severity
from fastapi_lint.model.project import Project
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.transactions.async_expire_on_commit_examples import EXAMPLES


class AsyncExpireOnCommit(Rule):
    """Asynchronous session factory without expire_on_commit=False.

    ## What it does
    Finds `async_sessionmaker(...)`, `AsyncSession(...)` and the like without `expire_on_commit=False`. It is an error
    where the project is seen to read an object after a commit (FL403 shows the reads), a warning otherwise.

    ## Why is this bad
    A commit expires every loaded object; the next read of an attribute, even of the primary key, would have to query,
    which an asynchronous session cannot do in an attribute access: it raises `MissingGreenlet`.

    ## Known limits
    A setting that is no literal is taken to be right.

    ## Fix safety
    No automatic fix: without expiry, an object keeps the values it had before the commit.

    ## References
    - SQLAlchemy, Preventing implicit I/O when using AsyncSession:
      <https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html#preventing-implicit-io-when-using-asyncsession>
    - Executed on SQLAlchemy 2.0.58 and 2.1.9 with asyncpg and aiosqlite
    """

    code: ClassVar[str] = "FL307"
    name: ClassVar[str] = "async-expire-on-commit"
    family: ClassVar[Family] = Family.TRANSACTIONS
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield a violation for each factory."""
        severity = Severity.ERROR if _reads_after_commit(project) else None
        for factory in (*project.sessions.factories, *project.sessions.direct):
            if not factory.call.args and not factory.call.keywords:
                continue  # it is configured later
            if factory.is_async and factory.expire_on_commit is True and project.is_application(factory.module):
                yield Violation(
                    module=factory.module.key,
                    span=factory.call.span,
                    message="a commit expires the objects of this async session: reading them raises MissingGreenlet",
                    help="pass expire_on_commit=False",
                    severity=severity,
                )


def _reads_after_commit(project: Project) -> bool:
    """Return whether the project is seen to read an object after a commit."""
    return any(
        read.origin.expired is not None and read.origin.expired.kind == "commit"
        for analysis in project.analyses
        for read in analysis.reads
    )
