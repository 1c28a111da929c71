"""Markdown for a comment on a pull request or a job summary."""

import re
from itertools import groupby
from typing import Final

from fastapi_lint.findings import Finding, Report, Severity
from fastapi_lint.reporters.summary import summary
from fastapi_lint.terminal import Painter, clean, clean_path

_SIGNS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
_SPECIAL: Final = re.compile(r"([\\*_{}\[\]<>#|~@])")


def render(report: Report) -> str:
    """Return the findings below a heading for each file, with their evidence as a numbered list."""
    parts = ["# fastapi-lint\n", summary(report, Painter(color=False)) or "The analysis is not complete.\n"]
    for path, group in groupby(report.findings, key=lambda finding: finding.location.path):
        parts.append(f"## {_code(clean_path(path))}\n")
        parts.extend(_finding(finding) for finding in group)
    return "\n".join(parts)


def _finding(finding: Finding) -> str:
    start = finding.location.start
    lines = [
        f"- **{finding.code}** {finding.name} ({_SIGNS[finding.severity]}), row {start.row}: {_text(finding.message)}"
    ]
    for number, step in enumerate(finding.evidence, 1):
        place = _code(f"{clean_path(step.location.path)}:{step.location.start.row}")
        lines.append(f"  {number}. {place}: {_text(step.message)}")
    if finding.help:
        lines.append(f"\n  Help: {_text(finding.help)}")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """Return text as code, whatever backticks it holds."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    padded = f" {text} " if "`" in text else text
    return f"{fence}{padded}{fence}"


def _text(text: str) -> str:
    """Return text with markup escaped outside of backticks, where messages quote code."""
    pieces = clean(text).split("`")
    if len(pieces) % 2 == 0:
        return _SPECIAL.sub(r"\\\1", clean(text)).replace("`", "\\`")
    escaped = [piece if number % 2 else _SPECIAL.sub(r"\\\1", piece) for number, piece in enumerate(pieces)]
    return "`".join(escaped)
