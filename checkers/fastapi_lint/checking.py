"""One check of a project: facts, model, rules, and what remains after suppressions and the baseline.

What could not be analysed is said (I6), the report is in order whatever the number of jobs (I5), and a rule that fails
does not stop the others.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.baseline import Baseline, read_baseline
from fastapi_lint.directives import find_directives
from fastapi_lint.engine import UNREADABLE_FILE, UNUSED_SUPPRESSION, engine_finding
from fastapi_lint.findings import Confidence, Finding, Report, RuleInfo
from fastapi_lint.locating import Locator
from fastapi_lint.resolution import CheckOptions, Resolved, configs_without_effect, prepare_cache
from fastapi_lint.rules import registry
from fastapi_lint.scope import Scope
from fastapi_lint.selection import select_rules, severities
from fastapi_lint.suppressions import FileSuppressions, KnownRules

if TYPE_CHECKING:
    from fastapi_lint.facts.schema import ModuleFacts, ParseFailure
    from fastapi_lint.model.project import Project
    from fastapi_lint.rules.base import Rule, Violation

_log = logging.getLogger(__name__)
_FRAMEWORKS: Final = frozenset({"fastapi", "pydantic", "sqlalchemy", "sqlmodel", "starlette"})

Progress = Callable[[str, int, int], None]
"""Told what is done now, and which step of how many that is."""


class _Judged(Struct, frozen=True):
    """A finding and the module that it is anchored in."""

    finding: Finding
    key: str


class Check:
    """One check: what it works on, and what it has to say about that."""

    def __init__(
        self, resolved: Resolved, options: CheckOptions, rules: tuple[RuleInfo, ...], progress: Progress
    ) -> None:
        self.resolved = resolved
        self.options = options
        self.progress = progress
        self.config = resolved.config
        self.rules = rules
        self.selected = select_rules(self.config, rules)
        self.severities = severities(self.config, rules)
        self.scope = Scope(resolved, rules)
        self.locator = Locator(resolved)
        self.baseline = self._read_baseline()
        self.notices: list[str] = [
            f"selecting {code} has no effect without preview" for code in self.selected.without_effect
        ]
        self.errors: list[str] = []
        self.failed: set[str] = set()

    def _read_baseline(self) -> Baseline | None:
        return read_baseline(self.config.baseline, self.resolved.project.root) if self.config.baseline else None

    def report(self) -> Report:
        """Run everything and return the report."""
        self._mention_skipped()
        self._mention_other_configs()
        modules, failures = self._facts()
        broken = [item for item in failures if item.key in self.scope.asked_keys]
        self._mention_failures_elsewhere([item for item in failures if item.key not in self.scope.asked_keys])
        judged = list(self._check(modules)) if self.resolved.tree.files else []
        is_whole = not failures and not self.errors
        kept, suppressed = self._without_suppressed(judged, is_whole=is_whole)
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

    def _facts(self) -> "tuple[Mapping[str, ModuleFacts], Sequence[ParseFailure]]":
        from fastapi_lint.facts.store import load_facts  # noqa: PLC0415

        cache_dir = None
        if self.options.use_cache and self.resolved.tree.files:
            cache_dir, problem = prepare_cache(self.resolved)
            self.notices += [problem] if problem else []
        files = self.resolved.tree.files
        self.progress("reading files", 0, len(files))
        result = load_facts(
            files,
            cache_dir=cache_dir,
            jobs=self.options.jobs,
            progress=lambda count: self.progress("reading files", count, len(files)),
        )
        self.notices += result.notices
        if not files or not self.scope.asked_keys:
            self.notices.append("no Python files found under the given paths")
        elif not _uses_a_framework(result.modules.values()):
            self.notices.append(
                "this project imports neither FastAPI, SQLAlchemy nor Pydantic: there is little to check"
            )
        return result.modules, result.failures

    def _check(self, modules: "Mapping[str, ModuleFacts]") -> Iterator[_Judged]:
        from fastapi_lint.model.project import link  # noqa: PLC0415
        from fastapi_lint.model.versions import read_manifest  # noqa: PLC0415

        steps = len(self.selected) + 1
        self.progress("following the calls", 0, steps)
        tree = self.resolved.tree
        kinds = {file.key: file.kind for file in tree.files}
        manifest = read_manifest(tree.root, tree.manifests, stated=self.config.versions)
        self.notices += manifest.notices
        project = link(modules, kinds=kinds, manifest=manifest, settings=self.config)
        infos = {rule.code: rule for rule in self.selected}
        rules = [rule for rule in registry.load_rules() if rule.code in infos]
        for step, rule in enumerate(rules, 1):
            self.progress(f"checking {rule.code} {rule.name}", step, steps)
            yield from self._apply(rule, infos[rule.code], project)

    def _apply(self, rule: "Rule", info: RuleInfo, project: "Project") -> Iterator[_Judged]:
        try:
            for violation in rule.check(project):
                if not self.scope.reports(info, violation.module):
                    continue
                modules = {violation.module, *(step.module for step in violation.evidence)}
                if modules & self.scope.asked_keys:
                    judged = self._weighed(violation, info, project)
                    yield _Judged(self.locator.finding(info, judged, self.severities.get(rule.code)), judged.module)
        except Exception as error:  # noqa: BLE001 - a rule that fails is named, the others go on
            _log.debug("rule %s failed", rule.code, exc_info=True)
            self.failed.add(rule.code)
            self.errors.append(f"{rule.code} ({rule.name}) failed at {_place(error)}: {type(error).__name__}: {error}")

    def _weighed(self, violation: "Violation", info: RuleInfo, project: "Project") -> "Violation":
        """Return a violation, less certain where it is about what happens in code that nothing calls."""
        if not self.scope.is_about_running(info) or project.is_called(violation.module, violation.span):
            return violation
        return replace(violation, confidence=Confidence.HEURISTIC)

    def _without_suppressed(self, judged: Sequence[_Judged], *, is_whole: bool) -> tuple[list[Finding], int]:
        """Return what no comment covers, with what is wrong with the comments, and how much is covered.

        A finding of too little confidence is not reported, but it does give a comment its use.
        """
        files = self._suppressions(judged)
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

    def _suppressions(self, judged: Sequence[_Judged]) -> Mapping[str, FileSuppressions]:
        known = KnownRules(self.rules)
        found: dict[str, FileSuppressions] = {}
        for key in sorted(self.scope.asked_keys | {item.key for item in judged}):
            if not self.locator.may_hold_directives(key):
                continue
            text = self.locator.text(key)
            directives = find_directives(text.data)
            if directives:
                found[key] = FileSuppressions(text, directives, known)
        return found

    def _problems(self, key: str, file: FileSuppressions, *, is_whole: bool) -> Iterator[Finding]:
        """Yield what is wrong with the comments of a file; none is called unused by an analysis that is not whole."""
        if key not in self.scope.asked_keys:
            return
        active = {rule.code for rule in self.selected if self.scope.reports(rule, key)} - self.failed
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

    def _unreadable(self, failure: "ParseFailure") -> Finding:
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

    def _mention_failures_elsewhere(self, failures: "Sequence[ParseFailure]") -> None:
        for failure in failures:
            self.notices.append(
                f"{failure.key}:{failure.row}:{failure.column}: not analysed ({failure.message}); "
                "what it defines is unknown to the rules"
            )


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by place and code; what is said twice of one place is said once."""
    unique = {(finding.location, finding.code, finding.message): finding for finding in reversed(list(findings))}
    return sorted(unique.values(), key=lambda finding: finding.sort_key)


def _uses_a_framework(modules: "Iterable[ModuleFacts]") -> bool:
    return any(item.module.partition(".")[0] in _FRAMEWORKS for module in modules for item in module.imports)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
