"""Rendered projects without an environment: as `fastapi-lint new` makes them, and with names that are not ours."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from fastapi_lint.scaffold.project.answers import Answers
from fastapi_lint.scaffold.project.rendering import render_project
from tests.conftest import write_tree

MakeProject = Callable[..., Path]

_PARTS = "api|config|core|database|features|main|models"
_RENAMES = (
    (rf"\bapp\.(?=({_PARTS})\b)", "backend."),
    (r"\bsrc/app\b", "src/backend"),
    (r'\["app"\]', '["backend"]'),
    (r"\bBase\b", "Model"),
    (r"\bSessionDep\b", "DbSession"),
)


@cache
def _files(*, items: bool) -> dict[str, bytes]:
    return render_project(Answers("shop", items=items))


def renamed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a rendered project with another package, base class and session alias."""
    return {
        _renamed(name): _renamed(content.decode()).encode() if name.endswith((".py", ".toml")) else content
        for name, content in files.items()
    }


def _renamed(text: str) -> str:
    for pattern, name in _RENAMES:
        text = re.sub(pattern, name, text)
    return text


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Write a rendered project into a new folder."""
    made = 0

    def make(*, items: bool = True, other_names: bool = False) -> Path:
        nonlocal made
        made += 1
        root = tmp_path.resolve() / f"project{made}"
        files = _files(items=items)
        if other_names:
            files = renamed(files)
        root.mkdir()
        write_tree(root, files)
        return root

    return make


def tree(root: Path) -> dict[str, bytes]:
    """Return the files below a folder by their paths."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
