"""Renders a report; a reporter is a function of the report alone (invariant I4), its output is deterministic (I5).

Of the formats only the one that is asked for is imported.
"""

# ruff: noqa: PLC0415

from enum import StrEnum
from typing import assert_never

from fastapi_lint.findings import Report

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
            from fastapi_lint.reporters import full

            return full.render(report, color=color, with_summary=with_summary)
        case OutputFormat.CONCISE:
            from fastapi_lint.reporters import concise

            return concise.render(report, color=color, with_summary=with_summary)
        case OutputFormat.GROUPED:
            from fastapi_lint.reporters import grouped

            return grouped.render(report, color=color, with_summary=with_summary)
        case OutputFormat.JSON:
            from fastapi_lint.reporters import json_items

            return json_items.render(report)
        case OutputFormat.JSON_LINES:
            from fastapi_lint.reporters import json_items

            return json_items.render_lines(report)
        case OutputFormat.SARIF:
            from fastapi_lint.reporters import sarif

            return sarif.render(report)
        case OutputFormat.GITHUB:
            from fastapi_lint.reporters import github

            return github.render(report)
        case OutputFormat.GITLAB:
            from fastapi_lint.reporters import gitlab

            return gitlab.render(report)
        case OutputFormat.JUNIT:
            from fastapi_lint.reporters import junit

            return junit.render(report)
        case OutputFormat.MARKDOWN:
            from fastapi_lint.reporters import markdown

            return markdown.render(report)
        case _:
            assert_never(output_format)


def render_statistics(report: Report, output_format: OutputFormat, *, color: bool = False) -> str:
    """Return how often each rule was reported, as text or as JSON."""
    from fastapi_lint.reporters import statistics

    if output_format in {OutputFormat.JSON, OutputFormat.JSON_LINES}:
        return statistics.render_json(report)
    return statistics.render(report, color=color)
