"""The command ``cases``: replay known defects, show one, write the tables."""

from pathlib import Path

import click

from fastapi_lint_dev.cases.matching import match
from fastapi_lint_dev.cases.replay import ARGUMENTS, replay
from fastapi_lint_dev.cases.results import merge, read_results, render_page, write_results
from fastapi_lint_dev.cases.table import Case, TableError, read_cases
from fastapi_lint_dev.cases.verdict import Verdict, score
from fastapi_lint_dev.excerpt import excerpt, explain
from fastapi_lint_dev.outline import outline_of
from fastapi_lint_dev.places import CORPUS
from fastapi_lint_dev.workplace import Workplace, project_of


@click.command()
@click.option("--cases", "table", type=click.Path(exists=True, path_type=Path), default=CORPUS / "cases.tsv")
@click.option("--mirrors", type=click.Path(exists=True, path_type=Path), required=True, help="Bare repositories.")
@click.option("--cache", type=click.Path(path_type=Path), required=True, help="Checkouts, fact caches and output.")
@click.option("--only", multiple=True, help="A case id; may be repeated, or hold several separated by commas.")
@click.option("--category", multiple=True, help="Only cases whose category begins like this.")
@click.option("--jobs", default=1, show_default=True, help="Repository commits analysed at the same time.")
@click.option("--timeout", default=900.0, show_default=True, help="Seconds that one run may take.")
@click.option("--rematch", is_flag=True, help="Judge the stored output of the last run again instead of running.")
@click.option("--show", is_flag=True, help="Print each case's source and what was found near it.")
@click.option("--write", is_flag=True, help="Update cases-result.tsv and CASES.md beside the case table.")
def cases(
    *,
    table: Path,
    mirrors: Path,
    cache: Path,
    only: tuple[str, ...],
    category: tuple[str, ...],
    jobs: int,
    timeout: float,
    rematch: bool,
    show: bool,
    write: bool,
) -> None:
    """Replay known defects: each must be found before its fix and be gone after it."""
    try:
        every = read_cases(table)
    except TableError as error:
        raise click.UsageError(str(error)) from error
    chosen = _chosen(every, only, category)
    workplace = Workplace(mirrors.resolve(), cache.resolve(), timeout)

    def report(verdict: Verdict) -> None:
        click.echo(_one_line(verdict))
        if show:
            click.echo(_near(verdict.case, workplace))

    verdicts = replay(chosen, workplace, jobs=jobs, rematch=rematch, report=report)
    click.echo(str(score(verdict.outcome for verdict in verdicts)))
    if write:
        results_path = table.with_name("cases-result.tsv")
        results = merge(read_results(results_path), verdicts, every)
        write_results(results_path, results)
        table.with_name("CASES.md").write_text(render_page(results, every), encoding="utf-8")


def _chosen(every: tuple[Case, ...], only: tuple[str, ...], category: tuple[str, ...]) -> list[Case]:
    wanted = {case_id for each in only for case_id in each.split(",")}
    if unknown := wanted - {case.id for case in every}:
        raise click.UsageError(f"no case {', '.join(sorted(unknown))}")
    return [
        case
        for case in every
        if (not wanted or case.id in wanted) and (not category or case.category.startswith(category))
    ]


def _one_line(verdict: Verdict) -> str:
    case, finding = verdict.case, verdict.finding
    line = f"{case.id} {case.category:17} {verdict.outcome:15} {case.repository} {case.path}:{case.rows.first}"
    if finding:
        grade = verdict.grade.name.lower() if verdict.grade else ""
        line += f"\n     {finding.code} ({grade}) {finding.filename}:{finding.location.row} {finding.message}"
    return f"{line}\n     {verdict.remark}" if verdict.remark else line


def _near(case: Case, workplace: Workplace) -> str:
    """Return the defect's source, what may match, and everything else that was found in its function."""
    checkout = workplace.checkout(case.repository, case.parent)
    path = checkout / case.path
    run = workplace.last_run(case.repository, case.parent, project_of(checkout, case.path), ARGUMENTS)
    findings = run.findings if run else ()
    changed = workplace.repository(case.repository).changed_rows(case.parent, case.fix)
    candidates = match(case, findings, checkout, changed)
    parts = [f"note: {case.note}", str(path), excerpt(path, case.rows.first, last=case.rows.last)]
    parts += [f"\n-- {found.grade.name.lower()}: {explain(found.finding, checkout)}" for found in candidates]
    matched = {found.finding for found in candidates}
    outline = outline_of(path)
    rows = outline.region(case.rows.first).rows if outline else case.rows
    parts += [
        f"\n-- same function, not a code of this category: {explain(finding, checkout)}"
        for finding in findings
        if finding not in matched
        and any(step.filename == case.path and step.location.row in rows for step in finding.steps)
    ]
    return "\n".join(parts) + "\n"
