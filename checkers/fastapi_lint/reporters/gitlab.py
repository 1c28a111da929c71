"""GitLab's code quality report."""

import json
from typing import Final

from fastapi_lint.findings import Finding, Report, Severity
from fastapi_lint.fingerprints import fingerprints

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(report: Report) -> str:
    """Return one issue for each finding."""
    return json.dumps([_issue(*marked) for marked in fingerprints(report)], indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, object]:
    start, end = finding.location.start, finding.location.end
    return {
        "description": f"{finding.code}: {finding.message}",
        "check_name": finding.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.location.path.as_posix(),
            "positions": {
                "begin": {"line": start.row, "column": start.column},
                "end": {"line": end.row, "column": end.column},
            },
        },
    }
