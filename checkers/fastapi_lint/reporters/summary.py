"""The last line of the formats for people."""

from collections import Counter

from fastapi_lint.findings import Report, Severity
from fastapi_lint.terminal import Painter, Style, counted


def summary(report: Report, paint: Painter) -> str:
    """Return what was found, and what was left out, in one line."""
    files = counted(report.files_checked, "file")
    hidden = [
        f"{count} {word}"
        for count, word in ((report.suppressed, "suppressed"), (report.baselined, "in the baseline"))
        if count
    ]
    aside = f" ({', '.join(hidden)})" if hidden else ""
    if not report.findings:
        if not report.complete:
            return ""
        return f"{paint('No findings', Style.HELP)} in {files}{aside}.\n"
    by_severity = Counter(finding.severity for finding in report.findings)
    parts = [
        counted(by_severity[severity], word)
        for severity, word in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))
        if by_severity[severity]
    ]
    return f"Found {', '.join(parts)} in {files}{aside}.\n"
