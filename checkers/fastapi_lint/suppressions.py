"""Applies suppression comments to findings, and reports the ones that do nothing (FL002) or name no rule (FL003)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from fastapi_lint.config_values import nearest
from fastapi_lint.directives import Directive, DirectiveKind, NamedCode
from fastapi_lint.engine import ALWAYS_REPORTED, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION
from fastapi_lint.findings import Confidence, Finding, RuleInfo
from fastapi_lint.source import SourceText, Span

_ABOUT_SUPPRESSIONS: Final = frozenset({UNUSED_SUPPRESSION.code, UNKNOWN_SUPPRESSION.code})
"""Findings about comments: only a comment that names them covers them."""


class KnownRules:
    """The rules that suppressions may name, by code and by name."""

    def __init__(self, rules: Sequence[RuleInfo]) -> None:
        self._codes = {name: rule.code for rule in rules for name in (rule.code, rule.name)}
        self.standard = frozenset(rule.code for rule in rules if rule.status == "stable")

    def code(self, text: str) -> str | None:
        """Return the code that a suppression means, or ``None`` when it names no rule."""
        return self._codes.get(text) or self._codes.get(text.upper()) or self._codes.get(text.lower())

    def concerns(self, directive: Directive) -> bool:
        """Return whether a comment may be wrong in our eyes: one for other tools never is."""
        return directive.kind is not DirectiveKind.NOQA or any(self.code(named.text) for named in directive.codes)

    def hint(self, text: str) -> str:
        """Return what the user may have meant, as the end of a message."""
        found = nearest(text if text.islower() else text.upper(), self._codes)
        return found if "did you mean" in found else ""


class FileSuppressions:
    """The suppressions of one file: which findings they cover, and which of them were of use."""

    def __init__(self, text: SourceText, directives: Sequence[Directive], known: KnownRules) -> None:
        self._text = text
        self._directives = directives
        self._known = known
        self._rows = [_rows(text, directive) for directive in directives]
        self._used: set[tuple[int, int]] = set()

    def suppresses(self, finding: Finding) -> bool:
        """Return whether a comment covers a finding, and remember that it was of use."""
        if finding.code in ALWAYS_REPORTED:
            return False
        rows = {finding.location.start.row, finding.location.end.row}
        covered = False
        for number, directive in enumerate(self._directives):
            speaks = self._rows[number]
            if speaks is not None and not rows & speaks:
                continue
            for index in self._matching(directive, finding.code):
                self._used.add((number, index))
                covered = True
        return covered

    def _matching(self, directive: Directive, code: str) -> Iterator[int]:
        if directive.kind is DirectiveKind.MALFORMED:
            return
        if not directive.codes and code not in _ABOUT_SUPPRESSIONS:
            yield -1
        for index, named in enumerate(directive.codes):
            if self._known.code(named.text) == code:
                yield index

    def problems(self, active: Collection[str]) -> Iterator[Finding]:
        """Yield what is wrong with the comments, after all findings were offered.

        Args:
            active: codes of the rules that ran and could report in this file.

        """
        for number, directive in enumerate(self._directives):
            if directive.kind is DirectiveKind.MALFORMED:
                yield self._unknown(
                    directive.span,
                    "this suppression comment cannot be understood",
                    "write `# fastapi-lint: ignore[CODE]`",
                )
                continue
            ours = directive.kind is not DirectiveKind.NOQA
            if not directive.codes and ours and self._known.standard <= set(active) and (number, -1) not in self._used:
                yield self._unused(directive.span, "this suppression comment suppresses nothing")
            for index, named in enumerate(directive.codes):
                yield from self._problem_of_code(named, active, ours=ours, used=(number, index) in self._used)

    def _problem_of_code(
        self, named: NamedCode, active: Collection[str], *, ours: bool, used: bool
    ) -> Iterator[Finding]:
        span = Span(named.start, named.end)
        code = self._known.code(named.text) if ours or named.text.upper() == named.text else None
        if code is None and ours:
            message = f"no rule is called `{named.text}`{self._known.hint(named.text)}"
            yield self._unknown(span, message, "name an existing code, or remove the comment")
        elif code is not None and not used and code in active and code not in _ABOUT_SUPPRESSIONS:
            yield self._unused(span, f"{code} is suppressed here, but nothing is reported")

    def _unused(self, span: Span, message: str) -> Finding:
        return self._finding(UNUSED_SUPPRESSION, span, message, "remove it")

    def _unknown(self, span: Span, message: str, help_text: str) -> Finding:
        return self._finding(UNKNOWN_SUPPRESSION, span, message, help_text)

    def _finding(self, rule: RuleInfo, span: Span, message: str, help_text: str) -> Finding:
        return Finding(
            code=rule.code,
            name=rule.name,
            family=rule.family,
            severity=rule.severity,
            confidence=Confidence.EXACT,
            message=message,
            location=self._text.location(span),
            help=help_text,
        )


def _rows(text: SourceText, directive: Directive) -> frozenset[int] | None:
    """Return the rows that a directive speaks for, or ``None`` for all of them."""
    row = text.row(directive.start)
    match directive.kind:
        case DirectiveKind.FILE:
            return None
        case DirectiveKind.ROW if directive.alone:
            return frozenset({row, _next_code_row(text, row)})
        case _:
            return frozenset({row})


def _next_code_row(text: SourceText, row: int) -> int:
    for following in range(row + 1, text.rows + 1):
        line = text.line(following).strip()
        if line and not line.startswith("#"):
            return following
    return row
