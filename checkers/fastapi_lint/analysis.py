"""Runs the stages that look at a project, files to violations, or remembers what they came to.

Nothing in here depends on what is selected, suppressed or accepted, except that rules nobody selected do not run.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from fastapi_lint.config import APP_ONLY_FAMILIES
from fastapi_lint.findings import Confidence, RuleInfo
from fastapi_lint.memo import Analysis, Memos
from fastapi_lint.resolution import CheckOptions, Resolved, cache_directory, prepare_cache
from fastapi_lint.rules.announced import are_rules_announced

if TYPE_CHECKING:
    from fastapi_lint.facts.schema import ModuleFacts
    from fastapi_lint.facts.store import FactsResult
    from fastapi_lint.model.project import Project
    from fastapi_lint.rules.base import Rule
    from fastapi_lint.violations import Violation
    from fastapi_lint.workspace import Workspace

_log = logging.getLogger(__name__)
_FRAMEWORKS: Final = frozenset({"fastapi", "pydantic", "sqlalchemy", "sqlmodel", "starlette"})

Progress = Callable[[str, int, int], None]
"""Told what is done now, and which step of how many that is."""


def find_memos(resolved: Resolved, options: CheckOptions) -> Memos | None:
    """Return the memo of a project, or None where none is kept: rules of others may read what we know nothing of."""
    directory = cache_directory(resolved) if options.use_cache else None
    if directory is None or not resolved.tree.files or are_rules_announced():
        return None
    return Memos(directory, resolved.tree, resolved.config.knowledge)


class Analyst:
    """Analyses one project. ``errors`` name the rules that failed, ``notices`` tell what became of the cache."""

    def __init__(
        self,
        resolved: Resolved,
        options: CheckOptions,
        memos: Memos | None,
        progress: Progress,
        workspace: "Workspace | None" = None,
    ) -> None:
        self._resolved = resolved
        self._options = options
        self._memos = memos
        self._progress = progress
        self._workspace = workspace
        self.errors: list[str] = []
        self.notices: list[str] = []
        self.failed: set[str] = set()

    def analysis(self, wanted: Collection[str], rules: tuple[RuleInfo, ...]) -> Analysis:
        """Return what is known of the project, the violations of the wanted rules (their codes) included."""
        if not self._resolved.tree.files:
            return Analysis()
        known = self._memos.recall() if self._memos else None
        if known is not None and known.violations.keys() >= set(wanted):
            return known
        facts = self._facts()
        manifests, analysis = self._analyse(facts, wanted)
        if self._memos is not None and not self.errors and not self._options.near_only:
            if known is not None:
                analysis = _with_others(analysis, known)
            self._memos.keep(analysis, digests=facts.digests, manifests=manifests, rules=rules)
        return analysis

    def _facts(self) -> "FactsResult":
        from fastapi_lint.facts.store import load_facts  # noqa: PLC0415

        cache_dir = None
        if self._options.use_cache:
            cache_dir, problem = prepare_cache(self._resolved)
            self.notices += [problem] if problem else []
        files = self._resolved.tree.files
        self._progress("reading files", 0, len(files))
        result = load_facts(
            files,
            cache_dir=cache_dir,
            jobs=self._options.jobs,
            progress=lambda count: self._progress("reading files", count, len(files)),
            known=self._workspace.known_facts(self._resolved.tree.root) if self._workspace else {},
        )
        self.notices += result.notices
        return result

    def _analyse(self, facts: "FactsResult", wanted: Collection[str]) -> tuple[tuple[Path, ...], Analysis]:
        """Return the manifests that were read, and what the rules say."""
        from fastapi_lint.model.versions import read_manifest  # noqa: PLC0415
        from fastapi_lint.rules import registry  # noqa: PLC0415
        from fastapi_lint.workspace import Workspace  # noqa: PLC0415

        steps = len(wanted) + 1
        self._progress("following the calls", 0, steps)
        tree, settings = self._resolved.tree, self._resolved.config.knowledge
        kinds = {file.key: file.kind for file in tree.files}
        manifest = read_manifest(tree.root, tree.manifests, stated=settings.versions)
        near = self._resolved.asked_keys() if self._options.near_only else None
        workspace = self._workspace or Workspace()
        project = workspace.project(tree.root, facts, kinds=kinds, manifest=manifest, settings=settings, near=near)
        violations: dict[str, tuple[Violation, ...]] = {}
        for step, rule in enumerate([rule for rule in registry.load_rules() if rule.code in wanted], 1):
            self._progress(f"checking {rule.code} {rule.name}", step, steps)
            violations[rule.code] = self._apply(rule, project)
        analysis = Analysis(
            violations=violations,
            directives=facts.directives,
            failures=facts.failures,
            notices=manifest.notices,
            uses_framework=_uses_a_framework(facts.modules.values()),
        )
        return manifest.files, analysis

    def _apply(self, rule: "Rule", project: "Project") -> "tuple[Violation, ...]":
        found: list[Violation] = []
        try:
            for violation in rule.check(project):
                if project.are_asked(violation.modules):
                    found.append(_weighed(violation, rule, project))  # noqa: PERF401 - those before an error count
        except Exception as error:  # noqa: BLE001 - a rule that fails is named, the others go on
            _log.debug("rule %s failed", rule.code, exc_info=True)
            self.failed.add(rule.code)
            self.errors.append(f"{rule.code} ({rule.name}) failed at {_place(error)}: {type(error).__name__}: {error}")
        return tuple(found)


def _weighed(violation: "Violation", rule: "Rule", project: "Project") -> "Violation":
    """Return a violation, less certain where it is about what happens in code that nothing calls."""
    if rule.family not in APP_ONLY_FAMILIES or project.is_called(violation.module, violation.span):
        return violation
    return replace(violation, confidence=Confidence.HEURISTIC)


def _with_others(analysis: Analysis, known: Analysis) -> Analysis:
    """Return an analysis with what is known of the rules that did not run now."""
    return Analysis(
        {**known.violations, **analysis.violations},
        analysis.directives,
        analysis.failures,
        analysis.notices,
        analysis.uses_framework,
    )


def _uses_a_framework(modules: "Iterable[ModuleFacts]") -> bool:
    return any(item.module.partition(".")[0] in _FRAMEWORKS for module in modules for item in module.imports)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
