"""The stored table of verdicts and the page made from it; reasons that people wrote survive a replay."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from fastapi_lint_dev.cases.table import Case
from fastapi_lint_dev.cases.verdict import Outcome, Verdict, score
from fastapi_lint_dev.tables import read_table, write_table

HEADER = ("id", "category", "outcome", "grade", "code", "where", "message", "reason")
_LONGEST_MESSAGE = 200
_PAGE_HEAD = """\
# Known defects: found and missed

Real defects that maintainers of public projects fixed (`cases.tsv`), replayed by `python -m fastapi_lint_dev cases`:
the analyser runs on the commit before the fix and on the fix. This page is generated from `cases-result.tsv`; write
the reason of a missed case in its last column.

- **found**: reported at the parent, gone at the fix. The grade says how near: `line` is the defect's statement,
  `changed` the defect's function with a step on rows that the fix changed; `function` and `path` are the defect's
  function by anchor or by evidence, and count only because the fix silences them.
- **stays**: the defect is reported (grade `line` or `changed`), and still at the fix.
- **neighbour**: only something else in that function is reported, at the fix as well. Counts as missed.
- **rightly silent**: the project pins a version for which this is no defect.
"""


class Result(Struct, frozen=True):
    """One row of the stored table."""

    id: str
    category: str
    outcome: Outcome
    grade: str
    code: str
    where: str
    message: str
    reason: str

    @property
    def record(self) -> tuple[str, ...]:
        """Return the row's cells in the order of ``HEADER``."""
        return (
            self.id, self.category, self.outcome, self.grade, self.code, self.where, self.message, self.reason,
        )  # fmt: skip


def result_of(verdict: Verdict, reason: str) -> Result:
    """Return the row that stores a verdict."""
    finding = verdict.finding
    return Result(
        id=verdict.case.id,
        category=verdict.case.category,
        outcome=verdict.outcome,
        grade=verdict.grade.name.lower() if verdict.grade is not None else "",
        code=finding.code if finding else "",
        where=f"{finding.filename}:{finding.location.row}" if finding else "",
        message=(finding.message if finding else verdict.remark)[:_LONGEST_MESSAGE],
        reason=reason,
    )


def read_results(path: Path) -> dict[str, Result]:
    """Return the stored rows by case id; none where there is no table yet."""
    if not path.exists():
        return {}
    rows = msgspec.convert(read_table(path), type=list[Result])
    return {row.id: row for row in rows}


def merge(stored: Mapping[str, Result], verdicts: Iterable[Verdict], cases: Iterable[Case]) -> dict[str, Result]:
    """Return the stored rows with those of the verdicts replaced, without rows of cases that no longer exist."""
    known = {case.id for case in cases}
    merged = {key: row for key, row in stored.items() if key in known}
    for verdict in verdicts:
        old = stored.get(verdict.case.id)
        merged[verdict.case.id] = result_of(verdict, old.reason if old else "")
    return dict(sorted(merged.items()))


def write_results(path: Path, results: Mapping[str, Result]) -> None:
    """Store rows."""
    write_table(path, HEADER, (row.record for row in results.values()))


def render_page(results: Mapping[str, Result], cases: Iterable[Case]) -> str:
    """Return the readable page: totals by category, then every case."""
    notes = {case.id: case for case in cases}
    rows = [row for row in results.values() if row.id in notes]
    lines = [_PAGE_HEAD, f"**{score(row.outcome for row in rows)}.**", ""]
    lines += ["| category | cases | found | gone at the fix |", "|---|---:|---:|---:|"]
    for category in sorted({row.category for row in rows}):
        part = score(row.outcome for row in rows if row.category == category)
        lines.append(f"| {category} | {part.cases} | {part.found} | {part.gone} |")
    lines += ["", "## Found", "", "| case | project | defect | outcome | finding |", "|---|---|---|---|---|"]
    for row in rows:
        if row.outcome.found:
            finding = f"{row.code} `{row.where}` ({row.grade})" if row.code else ""
            lines.append(_line(row.id, notes[row.id].repository, notes[row.id].note, row.outcome, finding))
    lines += ["", "## Missed", "", "| case | project | defect | outcome | reason |", "|---|---|---|---|---|"]
    for row in rows:
        if not row.outcome.found:
            remark = row.reason or (row.message if row.outcome is Outcome.FAILED else "")
            lines.append(_line(row.id, notes[row.id].repository, notes[row.id].note, row.outcome, remark))
    return "\n".join(lines) + "\n"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
