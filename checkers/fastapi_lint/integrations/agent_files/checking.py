"""Checks the agents and skills at some paths, and reports like a check of a project."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fastapi_lint.findings import Finding, Location, Position, Report
from fastapi_lint.integrations.agent_files.document import Document, DocumentError, has_frontmatter, read_document
from fastapi_lint.integrations.agent_files.fields import check_fields
from fastapi_lint.integrations.agent_files.finding_files import AgentFile, find_files
from fastapi_lint.integrations.agent_files.links import check_depth, check_links
from fastapi_lint.integrations.agent_files.rules import AGENT_RULES, TOO_LONG, UNREADABLE, problem
from fastapi_lint.integrations.agent_files.samples import check_samples
from fastapi_lint.knowledge.agent_files import FileKind

_MOST_LINES: Final = 500


def check_agent_files(paths: Sequence[Path]) -> Report:
    """Return everything that is wrong with the agents and skills at and below the paths.

    Raises:
        PathError: a path does not exist, or holds neither an agent nor a skill.

    """
    files = find_files(paths)
    findings: list[Finding] = []
    documents: dict[Path, Document] = {}
    for file in files:
        findings += _check(file, documents)
    findings += check_samples(tuple(documents.values()))
    findings.sort(key=lambda finding: finding.sort_key)
    shown = {document.shown: document for document in documents.values()}
    return Report(
        findings=tuple(findings),
        files_checked=len(documents),
        rules=AGENT_RULES,
        excerpts={
            path: {row: document.lines[row - 1] for row in _rows(findings, path) if row <= len(document.lines)}
            for path, document in shown.items()
        },
    )


def _check(file: AgentFile, documents: dict[Path, Document]) -> Iterator[Finding]:
    """Yield what is wrong with a file and, in a skill, with its references; remember the documents that were read."""
    try:
        document = documents[file.path] = read_document(file.path)
    except DocumentError as error:
        yield _unreadable(file.path, error)
        return
    if not has_frontmatter(document):
        yield problem(UNREADABLE, document.row(1), "the file has no frontmatter between lines of `---`")
    else:
        yield from check_fields(file, document)
    lines = len(document.lines) - document.body_row + 1
    if lines > _MOST_LINES:
        yield problem(TOO_LONG, document.row(1), f"the text has {lines} lines, more than {_MOST_LINES}")
    if file.kind is FileKind.SKILL:
        yield from _skill(document, documents)
    else:
        yield from check_links(document, document.path.parent.parent)


def _skill(document: Document, documents: dict[Path, Document]) -> Iterator[Finding]:
    folder = document.path.parent
    yield from check_links(document, folder)
    references: list[Document] = []
    for path in sorted(folder.rglob("*.md")):
        if path == document.path:
            continue
        try:
            reference = documents[path] = read_document(path)
        except DocumentError as error:
            yield _unreadable(path, error)
            continue
        references.append(reference)
        yield from check_links(reference, folder)
    yield from check_depth(document, tuple(references))


def _unreadable(path: Path, error: DocumentError) -> Finding:
    cwd = Path.cwd()
    shown = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    place = Location(shown, Position(error.row, 1), Position(error.row, 1))
    return problem(UNREADABLE, place, error.message)


def _rows(findings: Sequence[Finding], path: Path) -> set[int]:
    """Return the rows of a file that findings and their evidence speak of."""
    places = [place for item in findings for place in (item.location, *(step.location for step in item.evidence))]
    return {row for place in places if place.path == path for row in range(place.start.row, place.end.row + 1)}
