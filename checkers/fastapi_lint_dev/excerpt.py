"""Show source around a place, for people who read a finding and judge it."""

from pathlib import Path

from fastapi_lint_dev.analyser import EvidenceStep, JsonFinding

CONTEXT = 6


def excerpt(path: Path, row: int, *, last: int | None = None, context: int = CONTEXT) -> str:
    """Return the rows around a place with their numbers; the place itself is marked."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return f"      ({error.strerror})"
    first_shown, last_shown = max(1, row - context), min(len(lines), (last or row) + context)
    return "\n".join(
        f"{'>' if row <= number <= (last or row) else ' '} {number:5} {lines[number - 1]}"
        for number in range(first_shown, last_shown + 1)
    )


def explain(finding: JsonFinding, folder: Path, *, context: int = CONTEXT) -> str:
    """Return a finding with the source around its anchor and around every step of its evidence."""
    head = f"{finding.code} {finding.name} [{finding.severity}, {finding.confidence}]"
    parts = [head, *_step(finding.anchor, folder, context)]
    for number, step in enumerate(finding.evidence, start=1):
        parts += [f"\nstep {number}", *_step(step, folder, context)]
    if finding.help:
        parts.append(f"\nhelp: {finding.help}")
    return "\n".join(parts)


def _step(step: EvidenceStep, folder: Path, context: int) -> list[str]:
    where = f"{step.filename}:{step.location.row}:{step.location.column}"
    return [f"{where}: {step.message}", excerpt(folder / step.filename, step.location.row, context=context)]
