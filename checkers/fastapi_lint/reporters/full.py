"""The format for people: each finding with its source, carets below it, and the path that proves it underneath."""

from collections.abc import Iterator

from fastapi_lint.findings import Finding, Location, Report
from fastapi_lint.reporters.summary import summary
from fastapi_lint.terminal import SEVERITY_STYLE, Painter, Style, clean, clean_path, width

_MOST_ROWS = 6
_WIDEST_ROW = 160


def render(report: Report, *, color: bool, with_summary: bool) -> str:
    """Return all findings, a blank line after each, and the summary."""
    paint = Painter(color=color)
    blocks = ["\n".join(_finding(report, finding, paint)) + "\n" for finding in report.findings]
    if with_summary:
        blocks.append(summary(report, paint))
    return "\n".join(block for block in blocks if block)


def _finding(report: Report, finding: Finding, paint: Painter) -> Iterator[str]:
    style = SEVERITY_STYLE[finding.severity]
    where = finding.location
    rows = [where.end.row, *(step.location.start.row for step in finding.evidence)]
    gutter = len(str(max(rows)))
    blank = " " * gutter
    bar = f"{blank} {paint('|', Style.DIM)}"
    headline = f"{paint(f'{finding.severity.value}[{finding.code}]', style)} {paint(finding.name, Style.CODE)}"
    yield f"{headline}: {clean(finding.message)}"
    yield f"{blank}{paint('-->', Style.DIM)} {_place(where, paint)}"
    excerpt = list(_excerpt(report, where, gutter, style, paint))
    if excerpt:
        yield bar
        yield from excerpt
    if finding.evidence:
        yield bar
        for number, step in enumerate(finding.evidence, 1):
            yield f"{blank} {paint(f'{number}.', Style.CODE)} {_place(step.location, paint)}: {clean(step.message)}"
            row = step.location.start.row
            text = _shortened(clean(report.excerpt(step.location.path, row)).strip())
            if text:
                yield f"{paint(f'{row:>{gutter}} |', Style.DIM)}      {text}"
    if finding.help:
        yield bar
        yield f"{blank} {paint('=', Style.DIM)} {paint('help:', Style.HELP)} {clean(finding.help)}"


def _place(location: Location, paint: Painter) -> str:
    start = location.start
    return f"{paint(clean_path(location.path), Style.PATH)}:{start.row}:{start.column}"


def _excerpt(report: Report, where: Location, gutter: int, style: Style, paint: Painter) -> Iterator[str]:
    last = min(where.end.row, where.start.row + _MOST_ROWS - 1)
    for row in range(where.start.row, last + 1):
        source = report.excerpt(where.path, row)
        if not source and row == where.start.row == last:
            return
        yield f"{paint(f'{row:>{gutter}} |', Style.DIM)} {_shortened(clean(source))}".rstrip()
        first = where.start.column - 1 if row == where.start.row else len(source) - len(source.lstrip())
        end = where.end.column - 1 if row == where.end.row else len(source.rstrip())
        before, marked = width(clean(source[:first])), width(clean(source[first:end]))
        if before < _WIDEST_ROW and (marked or row == where.start.row):
            carets = "^" * max(1, min(marked, _WIDEST_ROW - before))
            yield f"{' ' * gutter} {paint('|', Style.DIM)} {' ' * before}{paint(carets, style)}"
    if last < where.end.row:
        yield f"{' ' * gutter} {paint(f'| … {where.end.row - last} more rows', Style.DIM)}"


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDEST_ROW else f"{text[: _WIDEST_ROW - 1]}…"
