"""Workflow commands that GitHub shows as annotations on a pull request."""

from typing import Final

from fastapi_lint.findings import Finding, Report, Severity
from fastapi_lint.terminal import clean_lines

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return one command for each finding."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    start, end = finding.location.start, finding.location.end
    properties = {
        "title": f"fastapi-lint ({finding.code})",
        "file": finding.location.path.as_posix(),
        "line": str(start.row),
        "endLine": str(end.row),
    }
    if start.row == end.row:  # GitHub takes columns only within one row
        properties |= {"col": str(start.column), "endColumn": str(end.column)}
    lines = [f"{finding.code} [{finding.name}] {finding.message}"]
    for number, step in enumerate(finding.evidence, 1):
        lines.append(f"{number}. {step.location.path.as_posix()}:{step.location.start.row}: {step.message}")
    if finding.help:
        lines.append(f"help: {finding.help}")
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(clean_lines(chr(10).join(lines)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
