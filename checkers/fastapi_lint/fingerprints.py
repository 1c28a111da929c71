"""Names findings so that the name stays the same when code moves: code, file, text of the row, and which of its equals.

The message takes no part, so that a better wording does not make a known finding new.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from fastapi_lint.findings import Finding, Report


class Identity(Struct, frozen=True, order=True):
    """What two findings share that are the same but for their place: ``line`` has its blanks collapsed."""

    path: str
    code: str
    line: str


def identify(finding: Finding, path: Path, row_text: str) -> Identity:
    """Return the identity of a finding in a file that is called ``path``."""
    return Identity(path.as_posix(), finding.code, " ".join(row_text.split()))


def fingerprints(report: Report) -> Iterator[tuple[Finding, str]]:
    """Yield each finding with a fingerprint that is unique in the report."""
    findings = report.findings
    identities = [
        identify(item, item.location.path, report.excerpt(item.location.path, item.location.start.row))
        for item in findings
    ]
    for finding, identity, number in zip(findings, identities, _occurrences(identities), strict=True):
        text = "\0".join((identity.path, identity.code, identity.line, str(number)))
        yield finding, sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _occurrences(identities: Iterable[Identity]) -> Iterator[int]:
    seen: Counter[Identity] = Counter()
    for identity in identities:
        yield seen[identity]
        seen[identity] += 1
