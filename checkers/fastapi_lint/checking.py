"""One check of a project: what the analysis found at the asked paths and no suppression or baseline covers.

What could not be analysed is said (I6), and the report is in order whatever the number of jobs (I5).
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.analysis import Analyst, Progress
from fastapi_lint.baseline import Baseline, read_baseline
from fastapi_lint.collector import collector_off
from fastapi_lint.directives import Directive
from fastapi_lint.engine import FAMILY, UNREADABLE_FILE, UNUSED_SUPPRESSION, engine_finding
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.findings import Finding, Report, RuleInfo
from fastapi_lint.locating import Locator
from fastapi_lint.memo import Analysis, Memos
from fastapi_lint.resolution import CheckOptions, Resolved, configs_without_effect
from fastapi_lint.scope import Scope
from fastapi_lint.selection import select_rules, severities
from fastapi_lint.suppressions import FileSuppressions, KnownRules

if TYPE_CHECKING:
    from fastapi_lint.workspace import Workspace

_log = logging.getLogger(__name__)


class _Judged(Struct, frozen=True):
    """A finding and the module that it is anchored in."""

    finding: Finding
    key: str


class Check:
    """One check: what it works on, and what it has to say about that."""

    def __init__(
        self,
        resolved: Resolved,
        options: CheckOptions,
        rules: tuple[RuleInfo, ...],
        progress: Progress,
        memos: Memos | None,
        workspace: "Workspace | None" = None,
    ) -> None:
        self.resolved = resolved
        self.options = options
        self.config = resolved.config
        self.rules = rules
        self.selected = select_rules(self.config, rules)
        self.severities = severities(self.config, rules)
        self.scope = Scope(resolved, rules)
        self.locator = Locator(resolved)
        self.baseline = self._read_baseline()
        self.analyst = Analyst(resolved, options, memos, progress, workspace)
        self.notices: list[str] = [
            f"selecting {code} has no effect without preview" for code in self.selected.without_effect
        ]
        self.errors: list[str] = []

    def _read_baseline(self) -> Baseline | None:
        return read_baseline(self.config.baseline, self.resolved.project.root) if self.config.baseline else None

    def report(self) -> Report:
        """Run everything and return the report."""
        with collector_off():
            return self._report()

    def _report(self) -> Report:
        self._mention_skipped()
        self._mention_other_configs()
        analysis = self._analysis()
        broken = [item for item in analysis.failures if item.key in self.scope.asked_keys]
        is_whole = not analysis.failures and not self.errors and not self.options.near_only
        judged = list(self._judged(analysis))
        kept, suppressed = self._without_suppressed(judged, analysis.directives, is_whole=is_whole)
        reported, baselined = self._without_baselined([self._unreadable(item) for item in broken] + kept)
        findings = tuple(_in_order(reported))
        if self.baseline is not None and self.baseline.stale and self.scope.is_whole:
            self.notices.append(
                f"the baseline accepts {self.baseline.stale} more than was found; write it again to forget them"
            )
        return Report(
            findings=findings,
            files_checked=len(self.scope.asked_keys),
            complete=not broken and not self.errors,
            suppressed=suppressed,
            baselined=baselined,
            notices=tuple(self.notices),
            errors=tuple(self.errors),
            rules=tuple(self.selected),
            excerpts=self.locator.excerpts(findings),
        )

    def _analysis(self) -> Analysis:
        """Return what is known of the project, and say what it does not cover."""
        wanted = [rule.code for rule in self.selected if rule.family != FAMILY]
        analysis = self.analyst.analysis(wanted, self.rules)
        self.errors += self.analyst.errors
        self.notices += self.analyst.notices
        if not self.scope.asked_keys:
            self.notices.append("no Python files found under the given paths")
        elif not analysis.uses_framework:
            self.notices.append(
                "this project imports neither FastAPI, SQLAlchemy nor Pydantic: there is little to check"
            )
        self._mention_failures_elsewhere([item for item in analysis.failures if item.key not in self.scope.asked_keys])
        self.notices += analysis.notices
        return analysis

    def _judged(self, analysis: Analysis) -> Iterator[_Judged]:
        """Yield the findings of the selected rules in which an asked path has a part."""
        for rule in self.selected:
            for violation in analysis.violations.get(rule.code, ()):
                if self.scope.reports(rule, violation.module) and violation.modules & self.scope.asked_keys:
                    severity = self.severities.get(rule.code)
                    yield _Judged(self.locator.finding(rule, violation, severity), violation.module)

    def _without_suppressed(
        self, judged: Sequence[_Judged], directives: Mapping[str, tuple[Directive, ...]], *, is_whole: bool
    ) -> tuple[list[Finding], int]:
        """Return what no comment covers, with what is wrong with the comments, and how much is covered.

        A finding of too little confidence is not reported, but it does give a comment its use.
        """
        files = self._suppressions(judged, directives)
        kept: list[Finding] = []
        suppressed = 0
        for item in judged:
            file = files.get(item.key)
            covered = file is not None and file.suppresses(item.finding)
            if not self._is_visible(item.finding):
                continue
            suppressed += covered
            if not covered:
                kept.append(item.finding)
        kept += [problem for key, file in files.items() for problem in self._problems(key, file, is_whole=is_whole)]
        return kept, suppressed

    def _suppressions(
        self, judged: Sequence[_Judged], directives: Mapping[str, tuple[Directive, ...]]
    ) -> Mapping[str, FileSuppressions]:
        """Return the comments that matter: all in files with findings, and elsewhere those that name our rules."""
        known = KnownRules(self.rules)
        with_findings = {item.key for item in judged}
        found: dict[str, FileSuppressions] = {}
        for key in sorted(directives):
            ours = key in self.scope.asked_keys and any(known.concerns(directive) for directive in directives[key])
            if ours or key in with_findings:
                found[key] = FileSuppressions(self.locator.text(key), directives[key], known)
        return found

    def _problems(self, key: str, file: FileSuppressions, *, is_whole: bool) -> Iterator[Finding]:
        """Yield what is wrong with the comments of a file; none is called unused by an analysis that is not whole."""
        if key not in self.scope.asked_keys:
            return
        active = {rule.code for rule in self.selected if self.scope.reports(rule, key)} - self.analyst.failed
        for problem in file.problems(active):
            stale = problem.code == UNUSED_SUPPRESSION.code
            if problem.code in active and not (stale and not is_whole) and not file.suppresses(problem):
                severity = self.severities.get(problem.code)
                yield problem if severity is None else replace(problem, severity=severity)

    def _is_visible(self, finding: Finding) -> bool:
        return finding.confidence.rank <= self.config.min_confidence.rank

    def _without_baselined(self, findings: Sequence[Finding]) -> tuple[list[Finding], int]:
        if self.baseline is None:
            return list(findings), 0
        kept = [
            finding
            for finding in _in_order(findings)
            if not self.baseline.accepts(finding, Path.cwd() / finding.location.path, self._row_text(finding))
        ]
        return kept, len(findings) - len(kept)

    def _row_text(self, finding: Finding) -> str:
        return self.locator.text(self.locator.key(finding.location.path)).line(finding.location.start.row)

    def _unreadable(self, failure: ParseFailure) -> Finding:
        location = self.locator.point(failure.key, failure.row, failure.column)
        return engine_finding(UNREADABLE_FILE, location, failure.message, "mend the file, or exclude it")

    def _mention_skipped(self) -> None:
        for skipped in self.resolved.tree.skipped:
            text = f"{skipped.key}: not read: {skipped.reason}"
            if skipped.harmless:
                _log.info("%s", text)
            else:
                self.errors.append(text)

    def _mention_other_configs(self) -> None:
        if self.options.isolated or self.options.config_path is not None:
            return
        for path in configs_without_effect(self.resolved):
            key = path.relative_to(self.resolved.tree.root).as_posix()
            self.notices.append(f"{key} has no effect on this run; run in its directory, or pass --config")

    def _mention_failures_elsewhere(self, failures: Sequence[ParseFailure]) -> None:
        for failure in failures:
            self.notices.append(
                f"{failure.key}:{failure.row}:{failure.column}: not analysed ({failure.message}); "
                "what it defines is unknown to the rules"
            )


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by place and code; what is said twice of one place is said once."""
    unique = {(finding.location, finding.code, finding.message): finding for finding in reversed(list(findings))}
    return sorted(unique.values(), key=lambda finding: finding.sort_key)
