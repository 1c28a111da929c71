"""Says findings to an agent: as facts, each with its evidence, and never more than it can take in."""

from collections.abc import Iterator, Sequence
from typing import Final

from fastapi_lint.findings import Finding, Location
from fastapi_lint.terminal import clean, clean_path

MOST_FINDINGS: Final = 8
_MOST_STEPS: Final = 8
_MOST_CHARACTERS: Final = 9_000
"""Runners move context of more than 10,000 characters into a file."""


def tell(head: str, findings: Sequence[Finding], command: str) -> str:
    """Return a text about findings; ``command`` shows those that it leaves out."""
    parts = [head]
    size = len(head)
    shown = 0
    for finding in findings[:MOST_FINDINGS]:
        part = "\n".join(_lines(finding))
        if size + len(part) > _MOST_CHARACTERS:
            break
        parts.append(part)
        size += len(part) + 2
        shown += 1
    if shown < len(findings):
        parts.append(f"{len(findings) - shown} more: `{command}` lists all.")
    return "\n\n".join(parts)


def _lines(finding: Finding) -> Iterator[str]:
    what = f"{finding.severity.value} {finding.code} [{finding.name}]"
    yield f"{_place(finding.location)}: {what} {clean(finding.message)}"
    for step in finding.evidence[:_MOST_STEPS]:
        yield f"  {_place(step.location)}: {clean(step.message)}"
    if len(finding.evidence) > _MOST_STEPS:
        yield f"  and {len(finding.evidence) - _MOST_STEPS} more steps"
    if finding.help:
        yield f"  help: {clean(finding.help)}"


def _place(location: Location) -> str:
    return f"{clean_path(location.path)}:{location.start.row}:{location.start.column}"
