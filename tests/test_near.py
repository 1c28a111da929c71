"""A check of a few files by what is near them: it finds what a whole check finds there, and nothing else."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.findings import Finding, Position
from tests.conftest import MakeTree

EXAMPLE: Final = Path(__file__).parent / "example"
FILES: Final = sorted(str(path.relative_to(EXAMPLE)) for path in EXAMPLE.rglob("*.py"))
BELOW: Final = {
    "shop/routes.py": """\
from fastapi import FastAPI

from shop.services import load

app = FastAPI()


@app.get("/orders")
async def orders() -> list[str]:
    return await load()
""",
    "shop/services.py": """\
import time

from shop.other import rest


async def load() -> list[str]:
    time.sleep(1)
    return rest()
""",
    "shop/other.py": """\
def rest() -> list[str]:
    return []  # fastapi-lint: ignore[FL202] unused, and no business of a near check
""",
}
Place = tuple[str, Path, Position, str]


def places(findings: Iterable[Finding]) -> set[Place]:
    return {(item.code, item.location.path, item.location.start, item.message) for item in findings}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("near") / "example"))


@pytest.mark.parametrize("name", FILES)
def test_a_near_check_finds_what_a_whole_one_finds(example: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(example)
    whole = check_project([Path(name)], CheckOptions(use_cache=False, jobs=1))
    near = check_project([Path(name)], CheckOptions(use_cache=False, jobs=1, near_only=True))
    assert places(near.findings) == places(whole.findings)


def test_the_example_has_findings(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(example)
    assert len(check_project([Path()], CheckOptions(use_cache=False, jobs=1)).findings) > 2


def test_what_a_route_reaches_is_near_it(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_tree({"pyproject.toml": "", "shop/__init__.py": "", **BELOW}))
    options = CheckOptions(use_cache=False, jobs=1, near_only=True)
    (finding,) = check_project([Path("shop/routes.py")], options).findings
    assert (finding.code, finding.location.path) == ("FL201", Path("shop/services.py"))


def test_a_near_check_calls_no_suppression_unused(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_tree({"pyproject.toml": "", "shop/__init__.py": "", **BELOW}))
    path = Path("shop/other.py")
    assert [item.code for item in check_project([path], CheckOptions(use_cache=False)).findings] == ["FL002"]
    assert check_project([path], CheckOptions(use_cache=False, near_only=True)).findings == ()


def test_a_near_check_leaves_no_memo_of_the_whole(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_tree({"pyproject.toml": "", "shop/__init__.py": "", **BELOW}))
    check_project([Path("shop/other.py")], CheckOptions(near_only=True))
    assert [item.code for item in check_project([Path()]).findings] == ["FL201", "FL002"][::-1]
