"""Findings as JSON: one array, or one object on each line."""

import json

from fastapi_lint.findings import Finding, Position, Report

_Position = dict[str, int]
_Item = dict[str, object]


def render(report: Report) -> str:
    """Return one array of all findings."""
    return json.dumps([item(finding) for finding in report.findings], indent=2, ensure_ascii=False) + "\n"


def render_lines(report: Report) -> str:
    """Return one object on a line for each finding."""
    return "".join(json.dumps(item(finding), ensure_ascii=False) + "\n" for finding in report.findings)


def item(finding: Finding) -> _Item:
    """Return a finding as it appears in the output; ``fix`` and ``url`` are null where there is none."""
    where = finding.location
    return {
        "code": finding.code,
        "name": finding.name,
        "family": finding.family,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "filename": where.path.as_posix(),
        "location": _position(where.start),
        "end_location": _position(where.end),
        "evidence": [
            {
                "filename": step.location.path.as_posix(),
                "location": _position(step.location.start),
                "message": step.message,
            }
            for step in finding.evidence
        ],
        "fix": None,
        "url": None,
    }


def _position(position: Position) -> _Position:
    return {"row": position.row, "column": position.column}
