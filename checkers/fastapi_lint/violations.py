"""What rules report, in the model's terms: module keys and byte ranges, which the engine turns into findings."""

from msgspec import Struct

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.source import Span


class Step(Struct, frozen=True):
    """One step of the evidence: a byte range in a module (its key) and what happens there."""

    module: str
    span: Span
    message: str


class Violation(Struct, frozen=True):
    """What a rule found, in the model's terms; the API turns it into a finding.

    ``severity`` overrides the rule's own where one occurrence hurts more or less than the rest.
    """

    module: str
    span: Span
    message: str
    evidence: tuple[Step, ...] = ()
    help: str = ""
    severity: Severity | None = None
    confidence: Confidence = Confidence.EXACT

    @property
    def modules(self) -> frozenset[str]:
        """Return the modules that have a part in it: where it is, and where its evidence leads."""
        return frozenset({self.module, *(step.module for step in self.evidence)})
