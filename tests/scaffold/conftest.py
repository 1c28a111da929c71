"""Rendered projects, each made by the command line and installed by uv once for all tests."""

import contextlib
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from fastapi_lint import cli
from fastapi_lint_dev.trial.workspace import Workspace

POSTGRESQL = ("--database", "postgresql", "--python", "3.12")
SQLITE = ("--database", "sqlite", "--python", "3.13")
SQLITE_BARE = ("--database", "sqlite", "--python", "3.12", "--no-items")

Rendered = Callable[[tuple[str, ...]], Workspace]


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """Render and install a project with some options; tests share it and leave it as it is."""

    @cache
    def render(options: tuple[str, ...]) -> Workspace:
        workspace = Workspace(new_project(tmp_path_factory.mktemp("rendered") / "shop", options))
        workspace.sync()
        return workspace

    return render


def new_project(path: Path, options: tuple[str, ...]) -> Path:
    """Render a project as a user does; no test has to capture what is said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = cli.run(["new", str(path), *options])
    assert code == 0, said.getvalue()
    return path
