"""Renders a report; a reporter is a function of the report alone (invariant I4), its output is deterministic (I5)."""

from enum import StrEnum
from typing import assert_never

from fastapi_lint.findings import Report
from fastapi_lint.reporters import concise, full, github, gitlab, grouped, json_items, markdown, sarif, statistics

__all__ = ["OutputFormat", "render", "render_statistics"]


class OutputFormat(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    GROUPED = "grouped"
    JSON = "json"
    JSON_LINES = "json-lines"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    MARKDOWN = "markdown"

    @property
    def is_text(self) -> bool:
        """Return whether people read it in a terminal."""
        return self in {OutputFormat.FULL, OutputFormat.CONCISE, OutputFormat.GROUPED}


def render(report: Report, output_format: OutputFormat, *, color: bool = False, with_summary: bool = True) -> str:
    """Return the report in a format; colours and the summary belong to the formats for people."""
    match output_format:
        case OutputFormat.FULL:
            return full.render(report, color=color, with_summary=with_summary)
        case OutputFormat.CONCISE:
            return concise.render(report, color=color, with_summary=with_summary)
        case OutputFormat.GROUPED:
            return grouped.render(report, color=color, with_summary=with_summary)
        case OutputFormat.JSON:
            return json_items.render(report)
        case OutputFormat.JSON_LINES:
            return json_items.render_lines(report)
        case OutputFormat.SARIF:
            return sarif.render(report)
        case OutputFormat.GITHUB:
            return github.render(report)
        case OutputFormat.GITLAB:
            return gitlab.render(report)
        case OutputFormat.JUNIT:
            from fastapi_lint.reporters import junit  # noqa: PLC0415 - an XML library for one format

            return junit.render(report)
        case OutputFormat.MARKDOWN:
            return markdown.render(report)
        case _:
            assert_never(output_format)


def render_statistics(report: Report, output_format: OutputFormat, *, color: bool = False) -> str:
    """Return how often each rule was reported, as text or as JSON."""
    if output_format in {OutputFormat.JSON, OutputFormat.JSON_LINES}:
        return statistics.render_json(report)
    return statistics.render(report, color=color)
