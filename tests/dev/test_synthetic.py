"""Synthetic projects are valid, reproducible, and as large as asked."""

import ast
from pathlib import Path

import pytest

from fastapi_lint_dev.bench.synthetic import write_project


@pytest.mark.parametrize("lines", [1000, 5000])
def test_a_project_has_about_the_lines_that_were_asked_for(tmp_path: Path, lines: int) -> None:
    assert write_project(tmp_path, lines) == pytest.approx(lines, rel=0.25)


def test_every_module_parses(tmp_path: Path) -> None:
    write_project(tmp_path, 1000)
    modules = list(tmp_path.rglob("*.py"))
    for path in modules:
        ast.parse(path.read_text())
    assert len(modules) > 10


def test_a_size_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, 1000)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.py")}
        for name in ("one", "two")
    )
    assert one == two
