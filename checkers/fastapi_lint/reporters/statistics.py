"""Counts for each rule, in place of the findings."""

import json
from collections import Counter

from fastapi_lint.findings import Report
from fastapi_lint.terminal import Painter, Style


def render(report: Report, *, color: bool) -> str:
    """Return how often each rule was reported, the most frequent first."""
    paint = Painter(color=color)
    counts = _counts(report)
    longest = max((len(str(count)) for _, _, count in counts), default=0)
    return "".join(f"{count:>{longest}}  {paint(code, Style.CODE)}  {name}\n" for code, name, count in counts)


def render_json(report: Report) -> str:
    """Return the counts as one JSON array."""
    items = [{"code": code, "name": name, "count": count} for code, name, count in _counts(report)]
    return json.dumps(items, indent=2) + "\n"


def _counts(report: Report) -> list[tuple[str, str, int]]:
    counted = Counter((finding.code, finding.name) for finding in report.findings)
    return [
        (code, name, count) for (code, name), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
