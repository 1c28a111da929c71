"""The command ``generate``: write everything that is made from rules and tables, or fail where it has drifted."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from fastapi_lint_dev.generated.targets import TARGETS, GenerationError, Target
from fastapi_lint_dev.places import ROOT

_LONGEST_DIFF = 40


class Drift(click.ClickException):
    """Generated files are not what their sources say."""

    exit_code = 1


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is not what it should be.")
@click.option("--root", type=click.Path(exists=True, path_type=Path), default=ROOT, hidden=True)
def generate(*, check: bool, root: Path) -> None:
    """Write the generated files."""
    try:
        drifted = list(_drifted(root))
    except GenerationError as error:
        raise Drift(str(error)) from error
    for target, current, wanted in drifted:
        if check:
            _print_difference(target, current, wanted)
        else:
            (root / target.path).parent.mkdir(parents=True, exist_ok=True)
            (root / target.path).write_text(wanted, encoding="utf-8")
            click.echo(f"wrote {target.path}")
    if check and drifted:
        names = ", ".join(target.path for target, _, _ in drifted)
        raise Drift(f"{names}: run `python -m fastapi_lint_dev generate`")


def _drifted(root: Path) -> Iterator[tuple[Target, str, str]]:
    for target in TARGETS:
        path = root / target.path
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        wanted = target.render(root, current)
        if wanted != current:
            yield target, current, wanted


def _print_difference(target: Target, current: str, wanted: str) -> None:
    lines = difflib.unified_diff(
        current.splitlines(), wanted.splitlines(), target.path, f"{target.path}, generated", lineterm=""
    )
    for number, line in enumerate(lines):
        if number == _LONGEST_DIFF:
            click.echo("…")
            return
        click.echo(line)
