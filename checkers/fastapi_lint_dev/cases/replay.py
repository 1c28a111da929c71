"""Run the analyser on both sides of each known defect and say what it saw.

Cases of one commit share a run, and all runs on a repository share a fact cache: facts depend on a file's bytes only.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path, PurePosixPath

from fastapi_lint_dev.analyser import Run
from fastapi_lint_dev.cases.categories import CODES
from fastapi_lint_dev.cases.matching import Match, is_gone, match
from fastapi_lint_dev.cases.table import Case, Expectation
from fastapi_lint_dev.cases.verdict import Outcome, Verdict
from fastapi_lint_dev.repositories import RepositoryError
from fastapi_lint_dev.workplace import Workplace, project_of

ARGUMENTS = ("--preview", "--jobs", "1")


def replay(
    cases: Iterable[Case], workplace: Workplace, *, jobs: int, rematch: bool, report: Callable[[Verdict], None]
) -> tuple[Verdict, ...]:
    """Judge every case, hand each verdict to ``report`` as soon as it is there, and return them by case id.

    Small projects come first, so that most verdicts are there soon. With ``rematch`` the output of the last run is
    judged again where there is one that proves something.
    """

    def parent_of(case: Case) -> tuple[str, str]:
        return (case.repository, case.parent)

    def judge_all(group: list[Case]) -> list[Verdict]:
        runs = _Runs(workplace, rematch=rematch)
        return [_judge(case, runs) for case in group]

    groups = [list(group) for _, group in groupby(sorted(cases, key=parent_of), key=parent_of)]
    groups.sort(key=lambda group: workplace.size(*parent_of(group[0])))
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(jobs) as pool:
        for judged in pool.map(judge_all, groups):
            for verdict in judged:
                report(verdict)
            verdicts.extend(judged)
    return tuple(sorted(verdicts, key=lambda verdict: verdict.case.id))


class _Runs:
    """The runs that the cases of one commit share."""

    def __init__(self, workplace: Workplace, *, rematch: bool) -> None:
        self.workplace = workplace
        self._rematch = rematch
        self._done: dict[tuple[str, PurePosixPath], Run] = {}

    def of(self, case: Case, commit: str) -> tuple[Run, Path]:
        """Return the run on the project around the case's file at a commit, and the checkout."""
        checkout = self.workplace.checkout(case.repository, commit)
        path = project_of(checkout, case.path)
        if (commit, path) not in self._done:
            stored = self.workplace.last_run(case.repository, commit, path, ARGUMENTS) if self._rematch else None
            if stored is None or stored.problem:
                stored = self.workplace.run(case.repository, commit, path, ARGUMENTS)
            self._done[commit, path] = stored
        return self._done[commit, path], checkout


def _judge(case: Case, runs: _Runs) -> Verdict:
    try:
        parent, _ = runs.of(case, case.parent)
        if parent.problem:
            return Verdict(case, Outcome.FAILED, remark=parent.problem)
        if case.expectation is Expectation.SILENCE:
            return _judge_silence(case, parent)
        return _judge_finding(case, runs)
    except RepositoryError as error:
        return Verdict(case, Outcome.FAILED, remark=str(error))


def _judge_silence(case: Case, parent: Run) -> Verdict:
    spoken = [finding for finding in parent.findings if finding.code in CODES.get(case.category, frozenset())]
    return (
        Verdict(case, Outcome.WRONGLY_REPORTED, finding=spoken[0]) if spoken else Verdict(case, Outcome.RIGHTLY_SILENT)
    )


def _judge_finding(case: Case, runs: _Runs) -> Verdict:
    parent, checkout = runs.of(case, case.parent)
    changed = runs.workplace.repository(case.repository).changed_rows(case.parent, case.fix)
    matches = match(case, parent.findings, checkout, changed)
    if not matches:
        return Verdict(case, Outcome.MISSED, remark="; ".join(parent.errors))
    fix, fixed_checkout = runs.of(case, case.fix)
    if fix.problem:
        return Verdict(case, Outcome.FAILED, remark=f"at the fix: {fix.problem}")
    gone = {
        found: is_gone(found.finding, (parent.findings, checkout), (fix.findings, fixed_checkout)) for found in matches
    }
    best = min(matches, key=lambda found: (not found.grade.certain, not gone[found], *found.rank))
    return Verdict(case, _outcome(best, gone=gone[best]), grade=best.grade, finding=best.finding)


def _outcome(found: Match, *, gone: bool) -> Outcome:
    if gone:
        return Outcome.FOUND
    return Outcome.STAYS if found.grade.certain else Outcome.NEIGHBOUR
