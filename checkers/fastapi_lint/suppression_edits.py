"""Writes suppression comments for findings, without changing anything else in a file."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from fastapi_lint.directives import Directive, DirectiveKind, find_directives, strings_and_comments
from fastapi_lint.findings import Finding
from fastapi_lint.source import SourceText, Span


def add_comments(text: SourceText, findings: Iterable[Finding]) -> tuple[bytes, list[Finding]]:
    """Return the text with a comment for each finding, and the findings that got one.

    A comment goes to the end of the finding's first row; where that row ends inside a string or goes on after a
    backslash, to its last row. A finding whose rows both do is left alone.
    """
    places = _Places(text)
    codes: dict[int, set[str]] = {}
    covered: list[Finding] = []
    for finding in findings:
        row = places.row_for(finding)
        if row is not None:
            codes.setdefault(row, set()).add(finding.code)
            covered.append(finding)
    return _with_comments(text, codes, places.directives), covered


class _Places:
    """Where in a file a comment can stand."""

    def __init__(self, text: SourceText) -> None:
        self._text = text
        self._strings = strings_and_comments(text.data)[0]
        self._starts = [span.start for span in self._strings]
        self.directives = _own_directives(text)

    def row_for(self, finding: Finding) -> int | None:
        for row in (finding.location.start.row, finding.location.end.row):
            if 1 <= row <= self._text.rows and self._is_free(self._text.line_span(row)):
                return row
        return None

    def _is_free(self, row: Span) -> bool:
        index = bisect_right(self._starts, row.end - 1) - 1
        inside = index >= 0 and self._strings[index].start < row.end < self._strings[index].end
        return not inside and not self._text.data[row.start : row.end].endswith(b"\\")


def _own_directives(text: SourceText) -> Mapping[int, Directive]:
    """Return the directives for a row that name codes, by the row they stand in."""
    return {
        text.row(item.start): item
        for item in find_directives(text.data)
        if item.kind is DirectiveKind.ROW and item.codes
    }


def _with_comments(text: SourceText, codes: Mapping[int, set[str]], directives: Mapping[int, Directive]) -> bytes:
    edits: list[tuple[int, bytes]] = []
    for row, wanted in codes.items():
        directive = directives.get(row)
        if directive is not None:
            missing = sorted(wanted - {named.text for named in directive.codes})
            edits.append((directive.codes[-1].end, "".join(f", {code}" for code in missing).encode()))
        else:
            comment = f"  # fastapi-lint: ignore[{', '.join(sorted(wanted))}]"
            edits.append((text.line_span(row).end, comment.encode()))
    return _spliced(text.data, edits)


def _spliced(data: bytes, insertions: Sequence[tuple[int, bytes]]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for offset, inserted in sorted(insertions):
        pieces += [data[position:offset], inserted]
        position = offset
    return b"".join([*pieces, data[position:]])
