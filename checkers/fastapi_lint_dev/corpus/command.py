"""The command ``corpus``: analyse public projects, compare with the labelled findings, show one, label one."""

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from fastapi_lint_dev.corpus.findings import (
    SAMPLE,
    Label,
    LabelledFinding,
    describe,
    keep_labels,
    read_findings,
    sample,
    write_findings,
)
from fastapi_lint_dev.corpus.precision import precision, render_page, rule_table
from fastapi_lint_dev.corpus.projects import PinnedProject, ProjectRun, read_projects, run_all
from fastapi_lint_dev.excerpt import explain
from fastapi_lint_dev.places import CORPUS
from fastapi_lint_dev.workplace import Workplace


@click.command()
@click.option("--tables", type=click.Path(exists=True, path_type=Path), default=CORPUS, help="Folder of the tables.")
@click.option("--mirrors", type=click.Path(exists=True, path_type=Path), help="Bare repositories.")
@click.option("--cache", type=click.Path(path_type=Path), help="Checkouts, fact caches and output.")
@click.option("--only", multiple=True, help="A project of projects.tsv; may be repeated.")
@click.option("--code", multiple=True, help="Only rules whose code begins like this, when printing.")
@click.option("--jobs", default=1, show_default=True, help="Projects analysed at the same time.")
@click.option("--timeout", default=900.0, show_default=True, help="Seconds that one run may take.")
@click.option("--diff", is_flag=True, help="Run and print what changed since the stored table.")
@click.option("--write", is_flag=True, help="Run without a fact cache, update findings.tsv and CORPUS.md.")
@click.option("--show", help="Print the stored finding with this id, or 'todo' for all that need a label.")
@click.option("--context", default=6, show_default=True, help="Lines before and after each place that is shown.")
@click.option("--label", nargs=3, metavar="ID LABEL REASON", help="Label a finding: right, or 'false alarm'.")
def corpus(
    *,
    tables: Path,
    mirrors: Path | None,
    cache: Path | None,
    only: tuple[str, ...],
    code: tuple[str, ...],
    jobs: int,
    timeout: float,
    diff: bool,
    write: bool,
    show: str | None,
    context: int,
    label: tuple[str, str, str] | None,
) -> None:
    """Analyse whole public projects and measure precision against labelled findings."""
    table = tables / "findings.tsv"
    stored = read_findings(table)
    if label:
        write_findings(table, _labelled(stored, *label))
        return
    projects = [project for project in read_projects(tables / "projects.tsv") if not only or project.name in only]
    if mirrors is None or cache is None:
        _print_totals([row for row in stored if row.code.startswith(code or ("",))])
        return
    workplace = Workplace(mirrors.resolve(), cache.resolve(), timeout)
    if show:
        _show(show, [row for row in stored if row.code.startswith(code or ("",))], projects, workplace, context)
        return
    runs = run_all(projects, workplace, jobs=jobs, more=["--no-cache"] if write else [], report=_report)
    ran = {each.project.name for each in runs if not each.run.problem}
    old = [row for row in stored if row.project in ran]
    new = keep_labels(old, [row for each in runs if not each.run.problem for row in _describe(each, workplace)])
    if diff:
        _print_diff(old, new, code)
    _print_totals([row for row in new if row.code.startswith(code or ("",))])
    if write:
        rows = [row for row in stored if row.project not in ran] + new
        write_findings(table, rows)
        if not only:
            (tables / "CORPUS.md").write_text(render_page(rows, runs, SAMPLE), encoding="utf-8")
    if problems := [f"{each.project.name}: {each.run.problem}" for each in runs if each.run.problem]:
        raise click.ClickException("; ".join(problems))


def _describe(each: ProjectRun, workplace: Workplace) -> list[LabelledFinding]:
    return describe(each.project.name, each.run.findings, each.project.checkout(workplace))


def _report(each: ProjectRun) -> None:
    run = each.run
    click.echo(
        f"{each.project.name:30} {each.size.lines:7} lines {len(run.findings):5} findings {run.seconds:6.1f} s "
        f"{run.peak_kib / 1024:6.0f} MiB  exit code {run.exit_code} {run.problem}"
    )
    for error in run.errors:
        click.echo(f"    {error}")


def _print_diff(old: Sequence[LabelledFinding], new: Sequence[LabelledFinding], code: tuple[str, ...]) -> None:
    before, after = {row.id for row in old}, {row.id for row in new}
    gone = [("-", row) for row in old if row.id not in after]
    come = [("+", row) for row in new if row.id not in before]
    for sign, row in sorted(gone + come, key=lambda each: (each[1].project, each[1].path, each[1].line, each[1].code)):
        if row.code.startswith(code or ("",)):
            click.echo(f"{sign} {row.id} {row.code} {row.project} {row.path}:{row.line} [{row.label}] {row.message}")
    click.echo(f"{len(gone)} gone, {len(come)} new")


def _print_totals(rows: Sequence[LabelledFinding]) -> None:
    for line in rule_table(rows):
        click.echo(line)
    click.echo(f"in the sample of {SAMPLE} a project: {' | '.join(precision(sample(rows)).cells)}")


def _show(
    wanted: str, rows: Sequence[LabelledFinding], projects: Sequence[PinnedProject], workplace: Workplace, context: int
) -> None:
    todo = {row.id for row in sample(rows) if row.label is Label.UNLABELLED}
    chosen = {row.id for row in rows if (row.id in todo if wanted == "todo" else row.id.startswith(wanted))}
    by_id = {row.id: row for row in rows}
    for project in projects:
        run = project.last_run(workplace)
        if run is None:
            continue
        checkout = project.checkout(workplace)
        for row, finding in zip(describe(project.name, run.findings, checkout), run.findings, strict=True):
            if row.id in chosen:
                stored = by_id[row.id]
                click.echo(f"=== {row.id} {project.name} [{stored.label}] {stored.reason}")
                click.echo(explain(finding, checkout, context=context) + "\n")


def _labelled(rows: Sequence[LabelledFinding], wanted: str, label: str, reason: str) -> list[LabelledFinding]:
    if [row.id.startswith(wanted) for row in rows].count(True) != 1:
        raise click.UsageError(f"no finding, or more than one, has an id that begins with {wanted}")
    try:
        value = Label(label)
    except ValueError as error:
        raise click.UsageError(f"{label} is no label: {', '.join(Label)}") from error
    return [replace(row, label=value, reason=reason) if row.id.startswith(wanted) else row for row in rows]
