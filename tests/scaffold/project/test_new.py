"""``fastapi-lint new``: what it writes, what it asks, what it refuses."""

import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from itertools import product
from pathlib import Path

import pytest

from fastapi_lint.scaffold.project.record import RECORD
from tests.conftest import RunCli


def test_the_options_decide_what_is_rendered(run_cli: RunCli, tmp_path: Path) -> None:
    options = ("--name", "My.Shop", "--python", "3.13", "--database", "sqlite", "--no-items")
    done = run_cli("new", "shop", *options, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    pyproject = tomllib.loads((tmp_path / "shop/pyproject.toml").read_text())
    assert pyproject["project"]["name"] == "my-shop"
    assert pyproject["project"]["requires-python"] == ">=3.13"
    assert any(item.startswith("aiosqlite") for item in pyproject["project"]["dependencies"])
    assert not (tmp_path / "shop/src/app/features/items").exists()
    assert "sqlite" in (tmp_path / "shop/.env.example").read_text()
    assert json.loads((tmp_path / "shop" / RECORD).read_text())["answers"] == {
        "name": "my-shop",
        "python": "3.13",
        "database": "sqlite",
        "items": False,
    }


def test_the_image_is_built_with_the_uv_that_the_tests_use(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli("new", "shop", "--defaults", cwd=tmp_path).code == 0
    dockerfile = (tmp_path / "shop/Dockerfile").read_text()
    assert re.findall(r"astral-sh/uv:(\S+)", dockerfile) == [version("uv")]
    assert ":latest" not in dockerfile


@pytest.mark.parametrize(
    ("database", "python", "items"),
    list(product(("postgresql", "sqlite"), ("3.12", "3.13", "3.14"), ("--items", "--no-items"))),
)
def test_every_combination_renders_without_a_trace_of_the_template(
    run_cli: RunCli, tmp_path: Path, database: str, python: str, items: str
) -> None:
    done = run_cli("new", "shop", "--no-agent", "--database", database, "--python", python, items, cwd=tmp_path)
    assert done.code == 0, done.err
    texts = {
        path: path.read_text() for path in (tmp_path / "shop").rglob("*") if path.is_file() and path.suffix != ".zip"
    }
    assert not [path for path, text in texts.items() if "{%" in text or "{{" in text or path.suffix == ".jinja"]
    for path, text in texts.items():
        if path.suffix == ".py":
            compile(text, path, "exec")
        assert items == "--items" or "features.items" not in text, path


def test_the_agent_comes_with_it_unless_it_is_not_wanted(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli("new", "with", "--defaults", cwd=tmp_path).code == 0
    assert run_cli("new", "without", "--no-agent", cwd=tmp_path).code == 0
    assert (tmp_path / "with/.claude/agents/fastapi.md").is_file()
    assert list((tmp_path / "with/.claude/skills").glob("*/SKILL.md"))
    assert "launch.sh" in (tmp_path / "with/.claude/settings.json").read_text()
    assert not (tmp_path / "without/.claude").exists()
    again = run_cli("agent", "install", "--for", "claude", cwd=tmp_path / "with")
    assert again.code == 0
    assert "created" not in again.out
    assert "updated" not in again.out


def test_an_empty_folder_will_do_and_the_name_is_its_own(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert run_cli("new", ".", "--defaults", cwd=tmp_path / "shop").code == 0
    assert tomllib.loads((tmp_path / "shop/pyproject.toml").read_text())["project"]["name"] == "shop"


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("full", "--defaults"), "the folder is not empty"),
        (("file", "--defaults"), "is no folder"),
        (("file/below", "--defaults"), "is no folder"),
        (("bad name",), "both ends; --name gives one that is not the folder's"),
        (("new", "--name", "../x"), "cannot be the name of a project"),
        (("new", "--name", "-x"), "cannot be the name of a project"),
        (("new", "--name", "x; import os"), "cannot be the name of a project"),
        (("new", "--name", 'x"'), "cannot be the name of a project"),
        (("new", "--name", "é"), "cannot be the name of a project"),
        (("new", "--name", "SQLAlchemy"), "depends on sqlalchemy"),
        (("new", "--python", "3.11"), "'3.11' is not one of"),
        (("new", "--update", "--items"), "--update takes the options"),
        ((), "name the folder"),
    ],
)
def test_what_is_refused_writes_nothing(
    run_cli: RunCli, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("kept")
    (tmp_path / "file").write_text("kept")
    before = tree(tmp_path)
    done = run_cli("new", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "full"]


def test_nothing_is_left_when_the_disk_refuses(
    run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    done = run_cli("new", "deep/shop", "--defaults", cwd=tmp_path)
    assert done.code == 2
    assert "No space left" in done.err
    assert list(tmp_path.iterdir()) == []


def test_in_a_terminal_without_options_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fastapi_lint", "new", "shop"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as asked:
        os.write(ours, b"my shop\nmy-shop\n3.13\nsqlite\nn\nn\n")
        said = asked.communicate()[0].decode()
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == 0, said
    assert said.count("cannot be the name of a project") == 1
    assert json.loads((tmp_path / "shop" / RECORD).read_text())["answers"] == {
        "name": "my-shop",
        "python": "3.13",
        "database": "sqlite",
        "items": False,
    }
