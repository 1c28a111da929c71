"""One line for each finding, as editors and grep read it."""

from fastapi_lint.findings import Finding, Report
from fastapi_lint.reporters.summary import summary
from fastapi_lint.terminal import SEVERITY_STYLE, Painter, Style, clean, clean_path


def render(report: Report, *, color: bool, with_summary: bool) -> str:
    """Return one line for each finding, and the summary."""
    paint = Painter(color=color)
    lines = "".join(f"{_line(finding, paint)}\n" for finding in report.findings)
    return lines + (summary(report, paint) if with_summary else "")


def _line(finding: Finding, paint: Painter) -> str:
    start = finding.location.start
    code = paint(finding.code, SEVERITY_STYLE[finding.severity])
    return (
        f"{paint(clean_path(finding.location.path), Style.PATH)}:{start.row}:{start.column}: {code} "
        f"[{finding.name}] {clean(finding.message)}"
    )
