"""The public Python interface: check a project, accept what is there, or write suppressions for it."""

import codecs
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.analysis import Progress, find_memos
from fastapi_lint.atomic import replace_file
from fastapi_lint.baseline import BASELINE_NAME, write_baseline
from fastapi_lint.checking import Check
from fastapi_lint.config import ConfigError
from fastapi_lint.discovery import SourceFile
from fastapi_lint.engine import ALWAYS_REPORTED, FAMILY, INVALID_CONFIG, engine_finding
from fastapi_lint.findings import Finding, Location, Position, Report, RuleInfo
from fastapi_lint.resolution import CheckOptions, Resolved, resolve
from fastapi_lint.source import SourceText, normalise
from fastapi_lint.suppression_edits import add_comments

__all__ = ["Accepted", "CheckOptions", "accept_findings", "add_suppressions", "all_rules", "check_project"]

if TYPE_CHECKING:
    from fastapi_lint.workspace import Workspace

_log = logging.getLogger(__name__)
_DEFAULTS: Final = CheckOptions()


def _silent(_what: str, _step: int, _steps: int) -> None:
    """Tell nobody."""


def check_project(
    paths: Sequence[Path] = (Path(),),
    options: CheckOptions = _DEFAULTS,
    *,
    progress: Progress = _silent,
    workspace: "Workspace | None" = None,
) -> Report:
    """Return everything that is wrong at the paths of one project.

    A process that checks again after edits passes the same ``workspace`` each time, and is answered sooner.

    Raises:
        PathError: a path does not exist.
        ConfigError: an option of the command line names no rule.
        BaselineError: the baseline cannot be read.

    """
    try:
        resolved = resolve(paths, options)
        run = _check(resolved, options, progress, workspace)
    except ConfigError as error:
        if error.path is None:
            raise
        return _config_report(error)
    return run.report()


def _check(
    resolved: Resolved, options: CheckOptions, progress: Progress, workspace: "Workspace | None" = None
) -> Check:
    """Return a check with the rules that there are; where a memo describes them, none of them is imported."""
    memos = find_memos(resolved, options)
    rules = memos.rules if memos and memos.rules else all_rules()
    return Check(resolved, options, rules, progress, memos, workspace)


def all_rules() -> tuple[RuleInfo, ...]:
    """Return what every rule says of itself, the engine's own included, ordered by code."""
    from fastapi_lint import explain  # noqa: PLC0415 - a run that remembers its findings needs no rule

    return explain.all_rules()


class Accepted(Struct, frozen=True):
    """What a new baseline holds: how many findings, in which file; ``report`` has those that no baseline can hold."""

    report: Report
    count: int
    file: Path


def accept_findings(paths: Sequence[Path], options: CheckOptions, file: Path | None = None) -> Accepted:
    """Write all findings to a baseline: the given file, else the one of the config, else one of the usual name.

    Raises:
        PathError, ConfigError, BaselineError: as for a check.

    """
    resolved = resolve(paths, options)
    target = (file or resolved.config.baseline or Path(BASELINE_NAME)).absolute()
    check = _check(replace(resolved, config=replace(resolved.config, baseline=None)), options, _silent)
    report = check.report()
    rows = [
        (finding, Path.cwd() / finding.location.path, report.excerpt(finding.location.path, finding.location.start.row))
        for finding in report.findings
    ]
    count = write_baseline(target, resolved.project.root, rows)
    left = tuple(item for item in report.findings if item.code in ALWAYS_REPORTED)
    return Accepted(replace(report, findings=left), count, target)


def add_suppressions(paths: Sequence[Path], options: CheckOptions) -> tuple[Report, int]:
    """Write a comment for each finding into its file, and return the report of what has none, and the number written.

    A file in another encoding than UTF-8 is left alone.

    Raises:
        PathError, ConfigError, BaselineError: as for a check.

    """
    resolved = resolve(paths, options)
    check = _check(resolved, options, _silent)
    report = check.report()
    by_path: dict[Path, list[Finding]] = {}
    for finding in report.findings:
        if finding.family != FAMILY:
            by_path.setdefault(finding.location.path, []).append(finding)
    written = 0
    left = [finding for finding in report.findings if finding.family == FAMILY]
    for path, findings in by_path.items():
        added, uncovered = _suppress_in_file(check.locator.file(check.locator.key(path)), findings)
        written += added
        left += uncovered
    return replace(report, findings=tuple(sorted(left, key=lambda finding: finding.sort_key))), written


def _suppress_in_file(file: SourceFile, findings: Sequence[Finding]) -> tuple[int, Sequence[Finding]]:
    raw = file.path.read_bytes()
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    text = SourceText(file.path, raw.removeprefix(mark))
    if normalise(raw) != text.data:
        return 0, findings
    data, covered = add_comments(text, findings)
    replace_file(file.path, mark + data)
    return len(covered), [finding for finding in findings if finding not in covered]


def _config_report(error: ConfigError) -> Report:
    path = error.path or Path()
    cwd = Path.cwd()
    shown = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    position = Position(error.row, 1)
    finding = engine_finding(INVALID_CONFIG, Location(shown, position, position), error.message, "correct the config")
    excerpts: dict[Path, Mapping[int, str]] = {}
    try:
        excerpts[shown] = {error.row: path.read_text("utf-8").splitlines()[error.row - 1]}
    except (OSError, UnicodeDecodeError, IndexError):
        _log.debug("no excerpt of %s", path)
    return Report(
        findings=(finding,),
        files_checked=0,
        complete=False,
        errors=(f"{shown}: {error.message}",),
        rules=(INVALID_CONFIG,),
        excerpts=excerpts,
    )
