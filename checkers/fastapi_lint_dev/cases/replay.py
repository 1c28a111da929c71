"""Run the analyser on both sides of each known defect and say what it saw.

Cases of one commit share a run, and all runs on a repository share a fact cache: facts depend on a file's bytes only.
"""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from fastapi_lint_dev.analyser import Run, analyse
from fastapi_lint_dev.cases.categories import CODES
from fastapi_lint_dev.cases.matching import Match, is_gone, match
from fastapi_lint_dev.cases.table import Case, Expectation
from fastapi_lint_dev.cases.verdict import Outcome, Verdict
from fastapi_lint_dev.repositories import BareRepository, RepositoryError, find_repository

_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements*.txt")


class Workplace(Struct, frozen=True):
    """Where repositories are, where checkouts and caches go, and whether stored output is judged again unrun."""

    mirrors: Path
    cache: Path
    timeout: float
    rematch: bool = False

    def folder(self, repository: str) -> Path:
        """Return the folder that holds everything about a repository."""
        return self.cache / repository.replace("/", "+")

    def checkout(self, repository: str, commit: str) -> Path:
        """Return the folder with the analysable files of a commit, and write them if they are not there."""
        folder = find_repository(self.mirrors, repository).checkout(commit, self.folder(repository) / commit)
        # The top of a work tree is known by this folder; a project does not reach beyond it.
        (folder / ".git").mkdir(exist_ok=True)
        return folder

    def run(self, case: Case, commit: str) -> Run:
        """Analyse the project around the case's file at a commit; the output is kept for ``rematch``."""
        checkout = self.checkout(case.repository, commit)
        project = project_of(checkout, case.path)
        stored = self.folder(case.repository) / "runs" / f"{commit}-{project.as_posix().replace('/', '+')}.json"
        if self.rematch and stored.is_file():
            return msgspec.json.decode(stored.read_bytes(), type=Run)
        cache = self.folder(case.repository) / "facts"
        arguments = ["check", str(project), "--preview", "--isolated", "--jobs", "1", "--cache-dir", str(cache)]
        run = analyse(checkout, arguments, timeout=self.timeout)
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(msgspec.json.encode(run))
        return run


def project_of(checkout: Path, path: str) -> PurePosixPath:
    """Return the nearest folder above a file that has a manifest, relative to the checkout."""
    for folder in PurePosixPath(path).parents:
        if any(any((checkout / folder).glob(manifest)) for manifest in _MANIFESTS):
            return folder
    return PurePosixPath()


def replay(
    cases: Iterable[Case], workplace: Workplace, *, jobs: int, report: Callable[[Verdict], None]
) -> tuple[Verdict, ...]:
    """Judge every case, and hand each verdict to ``report`` as soon as it is there; return them by case id."""

    def parent_of(case: Case) -> tuple[str, str]:
        return (case.repository, case.parent)

    groups = [list(group) for _, group in groupby(sorted(cases, key=parent_of), key=parent_of)]
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(jobs) as pool:
        for judged in pool.map(partial(_judge_all, workplace), groups):
            for verdict in judged:
                report(verdict)
            verdicts.extend(judged)
    return tuple(sorted(verdicts, key=lambda verdict: verdict.case.id))


def _judge_all(workplace: Workplace, cases: list[Case]) -> list[Verdict]:
    runs: dict[tuple[str, PurePosixPath], Run] = {}

    def run(case: Case, commit: str) -> Run:
        key = (commit, project_of(workplace.checkout(case.repository, commit), case.path))
        if key not in runs:
            runs[key] = workplace.run(case, commit)
        return runs[key]

    return [_judge(workplace, case, run) for case in cases]


def _judge(workplace: Workplace, case: Case, run: Callable[[Case, str], Run]) -> Verdict:
    try:
        repository = find_repository(workplace.mirrors, case.repository)
        parent = run(case, case.parent)
        if problem := _problem(parent):
            return Verdict(case, Outcome.FAILED, remark=problem)
        if case.expectation is Expectation.SILENCE:
            return _judge_silence(case, parent)
        return _judge_finding(workplace, case, parent, repository, run)
    except RepositoryError as error:
        return Verdict(case, Outcome.FAILED, remark=str(error))
    except subprocess.TimeoutExpired as error:
        return Verdict(case, Outcome.FAILED, remark=f"no answer within {error.timeout:.0f} s")


def _judge_silence(case: Case, parent: Run) -> Verdict:
    spoken = [finding for finding in parent.findings if finding.code in CODES.get(case.category, frozenset())]
    if not spoken:
        return Verdict(case, Outcome.RIGHTLY_SILENT)
    return Verdict(case, Outcome.WRONGLY_REPORTED, finding=spoken[0])


def _judge_finding(
    workplace: Workplace, case: Case, parent: Run, repository: BareRepository, run: Callable[[Case, str], Run]
) -> Verdict:
    checkout = workplace.checkout(case.repository, case.parent)
    matches = match(case, parent.findings, checkout, repository.changed_rows(case.parent, case.fix))
    if not matches:
        return Verdict(case, Outcome.MISSED)
    fix = run(case, case.fix)
    if problem := _problem(fix):
        return Verdict(case, Outcome.FAILED, remark=f"at the fix: {problem}")
    before = (parent.findings, checkout)
    after = (fix.findings, workplace.checkout(case.repository, case.fix))
    gone = {found: is_gone(found.finding, before, after) for found in matches}
    best = min(matches, key=lambda found: (not found.grade.certain, not gone[found], *found.rank))
    return _verdict(case, best, gone=gone[best])


def _verdict(case: Case, found: Match, *, gone: bool) -> Verdict:
    if gone:
        outcome = Outcome.FOUND
    elif found.grade.certain:
        outcome = Outcome.STAYS
    else:
        outcome = Outcome.NEIGHBOUR
    return Verdict(case, outcome, grade=found.grade, finding=found.finding)


def _problem(run: Run) -> str:
    """Return why a run proves nothing, or an empty text."""
    if run.crashed:
        lines = run.complaint.strip().splitlines()
        return f"crashed: {lines[-1] if lines else f'exit code {run.exit_code}'}"
    if run.exit_code == 2 and not run.findings:
        return f"exit code 2: {' '.join(run.complaint.split())[:300]}"
    return ""
