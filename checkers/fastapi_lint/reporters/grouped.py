"""Findings below the name of their file, aligned."""

from itertools import groupby

from fastapi_lint.findings import Report
from fastapi_lint.reporters.summary import summary
from fastapi_lint.terminal import SEVERITY_STYLE, Painter, Style, clean, clean_path


def render(report: Report, *, color: bool, with_summary: bool) -> str:
    """Return the findings of each file, and the summary."""
    paint = Painter(color=color)
    blocks = []
    for path, group in groupby(report.findings, key=lambda finding: finding.location.path):
        findings = list(group)
        places = [f"{item.location.start.row}:{item.location.start.column}" for item in findings]
        longest = max(len(place) for place in places)
        lines = [f"{paint(clean_path(path), Style.PATH)}:"]
        for place, finding in zip(places, findings, strict=True):
            code = paint(finding.code, SEVERITY_STYLE[finding.severity])
            lines.append(f"  {place:<{longest}}  {code} [{finding.name}] {clean(finding.message)}")
        blocks.append("\n".join(lines) + "\n")
    if with_summary:
        blocks.append(summary(report, paint))
    return "\n".join(block for block in blocks if block)
