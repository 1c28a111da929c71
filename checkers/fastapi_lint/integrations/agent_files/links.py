"""Checks where the links of an agent or a skill lead, and that a skill's files are one step away from SKILL.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from fastapi_lint.findings import Finding, Severity
from fastapi_lint.integrations.agent_files.document import Document, Link
from fastapi_lint.integrations.agent_files.rules import DEAD_LINK, NESTED_REFERENCE, problem

_REFERENCES: Final = "references"


def check_links(document: Document, folder: Path) -> Iterator[Finding]:
    """Yield the links that lead nowhere, or out of the folder that is loaded."""
    for link in document.links:
        parts = urlsplit(link.target)
        if parts.scheme or parts.netloc:
            continue
        target = (document.path.parent / unquote(parts.path)).resolve() if parts.path else document.path
        if not target.exists():
            yield _dead(document, link, "leads to a file that does not exist")
        elif not target.is_relative_to(folder):
            why = "leads out of the skill, which may be installed alone"
            yield _dead(document, link, why, severity=Severity.WARNING)
        elif parts.fragment and target == document.path and parts.fragment not in document.anchors:
            yield _dead(document, link, "leads to a heading that does not exist")


def check_depth(skill: Document, references: tuple[Document, ...]) -> Iterator[Finding]:
    """Yield the references of a skill that SKILL.md does not link to."""
    named = {*_linked_files(skill), *((skill.path.parent / mention).resolve() for mention in skill.mentions)}
    for reference in references:
        if reference.path not in named:
            message = f"`{reference.path.name}` is not named in {skill.path.name}"
            yield problem(NESTED_REFERENCE, reference.row(1), message, "link it there, and say when to read it")


def _linked_files(document: Document) -> Iterator[Path]:
    """Yield the files of the disk that a document links to."""
    for link in document.links:
        parts = urlsplit(link.target)
        if parts.path and not parts.scheme and not parts.netloc:
            yield (document.path.parent / unquote(parts.path)).resolve()


def _dead(document: Document, link: Link, why: str, *, severity: Severity | None = None) -> Finding:
    place = document.row(_row_of(document, link))
    return problem(DEAD_LINK, place, f"`{link.target}` {why}", severity=severity)


def _row_of(document: Document, link: Link) -> int:
    """Return the row of the link itself: its paragraph may be long."""
    rows = range(link.row, len(document.lines) + 1)
    return next((row for row in rows if link.target in document.lines[row - 1]), link.row)
