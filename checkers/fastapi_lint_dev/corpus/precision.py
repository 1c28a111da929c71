"""How often the analyser is right, by rule and altogether, and the page that says so."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from fastapi_lint_dev.corpus.findings import Label, LabelledFinding
from fastapi_lint_dev.corpus.projects import ProjectRun

_PAGE_HEAD = """\
# Findings on real projects

Whole public projects at pinned commits (`projects.tsv`), analysed with the default rules by
`python -m fastapi_lint_dev corpus`; every finding in `findings.tsv`, or a random {size} of a project that has more, is
read and labelled. This page is generated.
"""


class Precision(Struct, frozen=True):
    """Counts of labels; ``share`` is the part of the labelled findings that is right."""

    found: int
    right: int
    false_alarms: int

    @property
    def unlabelled(self) -> int:
        """Return how many findings nobody has read yet."""
        return self.found - self.right - self.false_alarms

    @property
    def share(self) -> str:
        """Return the precision in percent, or a dash where nothing is labelled."""
        labelled = self.right + self.false_alarms
        return f"{100 * self.right / labelled:.1f} %" if labelled else "-"

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the counts and the share as cells of a table."""
        return (str(self.found), str(self.right), str(self.false_alarms), str(self.unlabelled), self.share)


def precision(rows: Iterable[LabelledFinding]) -> Precision:
    """Count the labels of rows."""
    labels = [row.label for row in rows]
    return Precision(len(labels), labels.count(Label.RIGHT), labels.count(Label.FALSE_ALARM))


def render_page(rows: Sequence[LabelledFinding], runs: Iterable[ProjectRun], size: int) -> str:
    """Return the readable page."""
    lines = [_PAGE_HEAD.format(size=size), *_project_table(rows, runs), "", *rule_table(rows)]
    return "\n".join(lines) + "\n"


def rule_table(rows: Sequence[LabelledFinding]) -> list[str]:
    """Return the lines of a table with one row for each rule that spoke, and one for all."""
    lines = ["| rule | findings | right | false alarms | unlabelled | precision |", "|---|---:|---:|---:|---:|---:|"]
    codes = sorted({row.code for row in rows})
    by_rule = [_line(code, *precision(row for row in rows if row.code == code).cells) for code in codes]
    return [*lines, *by_rule, _line("all", *precision(rows).cells)]


def _project_table(rows: Sequence[LabelledFinding], runs: Iterable[ProjectRun]) -> list[str]:
    lines = [
        "| project | commit | files | lines | findings | precision | seconds | peak MiB | bytes a line | exit code |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for each in runs:
        part = precision(row for row in rows if row.project == each.project.name)
        lines.append(
            _line(
                each.project.name,
                f"`{each.project.commit[:10]}`",
                str(each.size.files),
                str(each.size.lines),
                str(part.found),
                part.share,
                f"{each.run.seconds:.1f}",
                f"{each.run.peak_kib / 1024:.0f}",
                f"{each.run.peak_kib * 1024 / max(1, each.size.lines):.0f}",
                str(each.run.exit_code),
            )
        )
    return lines


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
