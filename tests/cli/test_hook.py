"""The hook for pre-commit."""

import shlex
from pathlib import Path

import yaml

from tests.conftest import MakeTree, RunCli


def test_the_hook_calls_a_command_that_exists(run_cli: RunCli, make_tree: MakeTree) -> None:
    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    program, *arguments = shlex.split(hook["entry"])
    root = make_tree({"pyproject.toml": "", "a.py": "import fastapi\n"})
    assert program == hook["id"] == "fastapi-lint"
    assert run_cli(*arguments, "a.py", cwd=root) == (0, "", "")


def test_the_hook_gets_all_files_at_once() -> None:
    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["require_serial"] is True
    assert hook["types"] == ["python"]
