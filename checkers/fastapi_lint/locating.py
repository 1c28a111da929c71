"""Turns what rules say in the model's terms (module keys, byte ranges) into findings with rows and columns."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from fastapi_lint.discovery import SourceFile
from fastapi_lint.findings import Finding, Location, Position, RelatedLocation, RuleInfo, Severity
from fastapi_lint.resolution import Resolved
from fastapi_lint.source import SourceError, SourceText, Span
from fastapi_lint.violations import Violation

_LONGEST_EXCERPT = 12


class Locator:
    """The texts of the files that findings speak of, read when they are first needed."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._files = {file.key: file for file in resolved.tree.files}
        self._keys: dict[Path, str] = {}
        self._texts: dict[str, SourceText] = {}

    def file(self, key: str) -> SourceFile:
        """Return the file of a module."""
        return self._files[key]

    def text(self, key: str) -> SourceText:
        """Return the text of a module; a file that is gone since the analysis is empty."""
        text = self._texts.get(key)
        if text is None:
            file = self._files[key]
            try:
                data = file.read()
            except SourceError:
                data = b""
            text = self._texts[key] = SourceText(self.display(key), data)
        return text

    def display(self, key: str) -> Path:
        """Return the path of a module as it is shown."""
        file = self._files.get(key)
        path = self._resolved.display(file.path if file else self._resolved.tree.root / key)
        self._keys[path] = key
        return path

    def key(self, path: Path) -> str:
        """Return the module of a path that was shown."""
        return self._keys[path]

    def location(self, key: str, span: Span) -> Location:
        """Return the rows and columns of a byte range in a module."""
        return self.text(key).location(span)

    def point(self, key: str, row: int, column: int) -> Location:
        """Return an empty range at a row and column of a module."""
        position = Position(max(1, row), max(1, column))
        return Location(self.display(key), position, position)

    def finding(self, rule: RuleInfo, violation: Violation, severity: Severity | None) -> Finding:
        """Return the finding that a rule's violation is; ``severity`` is what the config says."""
        return Finding(
            code=rule.code,
            name=rule.name,
            family=rule.family,
            severity=severity or violation.severity or rule.severity,
            confidence=violation.confidence,
            message=violation.message,
            location=self.location(violation.module, violation.span),
            evidence=tuple(
                RelatedLocation(self.location(step.module, step.span), step.message) for step in violation.evidence
            ),
            help=violation.help,
        )

    def excerpts(self, findings: Iterable[Finding]) -> Mapping[Path, Mapping[int, str]]:
        """Return the rows that findings and their evidence speak of."""
        excerpts: dict[Path, dict[int, str]] = {}
        for finding in findings:
            for location in (finding.location, *(step.location for step in finding.evidence)):
                key = self._keys.get(location.path)
                if key is None or key not in self._files:
                    continue
                rows = excerpts.setdefault(location.path, {})
                last = min(location.end.row, location.start.row + _LONGEST_EXCERPT)
                for row in range(location.start.row, last + 1):
                    if row not in rows:
                        rows[row] = self.text(key).line(row)
        return excerpts
