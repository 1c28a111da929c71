"""The script that finds the linter for the hook of the plugin, and of projects that it was installed into."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).parents[2]
LAUNCHER: Final = REPOSITORY / "hooks/launch.sh"
TOOLS: Final = ("sh", "cat", "mkdir")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a directory with a shell and its tools, and nothing else."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (directory / name).symlink_to(found)
    return directory


def program(path: Path, says: str) -> None:
    """Write a program that prints its arguments and its input, and fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{says} $*: $(cat)"\necho noise >&2\nexit 3\n')
    path.chmod(0o755)


def launch(programs: Path, project: Path, **environment: str) -> str:
    """Run the launcher, and return what it prints; it says nothing else, and always succeeds."""
    project.mkdir(exist_ok=True)
    done = subprocess.run(
        [programs / "sh", LAUNCHER],
        input="payload",
        cwd=project,
        env={"PATH": str(programs), "HOME": str(programs.parent / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_the_linter_of_the_project_comes_first(programs: Path, tmp_path: Path) -> None:
    program(programs / "fastapi-lint", "installed")
    program(tmp_path / "a project/.venv/bin/fastapi-lint", "own")
    assert launch(programs, tmp_path / "a project") == "own hook: payload\n"
    assert launch(programs, tmp_path / "b", CLAUDE_PROJECT_DIR=str(tmp_path / "a project")) == "own hook: payload\n"


def test_then_one_that_is_installed(programs: Path, tmp_path: Path) -> None:
    program(programs / "fastapi-lint", "installed")
    program(programs / "uvx", "uvx")
    assert launch(programs, tmp_path / "b") == "installed hook: payload\n"


def test_then_the_version_that_it_came_with(programs: Path, tmp_path: Path) -> None:
    program(programs / "uvx", "uvx")
    version = json.loads((REPOSITORY / ".claude-plugin/plugin.json").read_text("utf-8"))["version"]
    assert launch(programs, tmp_path / "b") == f"uvx --quiet fastapi-lint@{version} hook: payload\n"


@pytest.mark.parametrize("environment", [{}, {"CLAUDE_PLUGIN_DATA": "data"}, {"CLAUDE_PLUGIN_DATA": "/dev/null/none"}])
def test_without_any_the_user_is_told_once(programs: Path, tmp_path: Path, environment: Mapping[str, str]) -> None:
    first = launch(programs, tmp_path / "b", **environment)
    if environment.get("CLAUDE_PLUGIN_DATA", "").startswith(os.devnull):
        assert first == ""  # what cannot be noted would be said after each edit
        return
    assert "fastapi-lint is not installed" in json.loads(first)["systemMessage"]
    assert launch(programs, tmp_path / "b", **environment) == ""
