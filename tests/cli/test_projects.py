"""The real rules, from the command line to the output: what only the whole project shows, and what settings change."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fastapi_lint.reporters import OutputFormat
from tests.conftest import MakeTree, RunCli, write_tree

_SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "0"\ndependencies = ["fastapi>=0.115", "pydantic>=2"]\n',
    "shop/__init__.py": "",
    "shop/main.py": (
        "from fastapi import FastAPI\n\nfrom shop.orders import load\n\napp = FastAPI()\n\n\n"
        '@app.get("/orders")\nasync def orders() -> list[str]:\n    return load()\n'
    ),
    "shop/orders.py": "import time\n\n\ndef load() -> list[str]:\n    time.sleep(1)\n    return []\n",
    "shop/schemas.py": (
        "from pydantic import BaseModel\n\n\nclass Order(BaseModel):\n    class Config:\n        frozen = True\n"
    ),
}


def items(run_cli: RunCli, root: Path, *arguments: str) -> list[dict[str, Any]]:
    run = run_cli("--output-format", "json", "--no-cache", *arguments, cwd=root)
    assert run.code in {0, 1}, run.err
    found: list[dict[str, Any]] = json.loads(run.out)
    return found


def codes(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["filename"], item["code"]) for item in found]


def test_a_finding_follows_the_request_through_files(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_SHOP)
    (blocking,) = [item for item in items(run_cli, root) if item["code"] == "FL202"]
    assert (blocking["filename"], blocking["location"]["row"]) == ("shop/main.py", 10)
    assert [step["filename"] for step in blocking["evidence"]][-1] == "shop/orders.py"


def test_a_hook_that_passes_the_helper_reports_the_route(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_SHOP)
    assert codes(items(run_cli, root, "shop/orders.py")) == [("shop/main.py", "FL202")]
    assert codes(items(run_cli, root, "shop/schemas.py")) == [("shop/schemas.py", "FL101")]


def test_the_config_states_versions(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(_SHOP | {"fastapi-lint.toml": '[versions]\npydantic = "1.10"\n'})
    assert "FL101" not in {item["code"] for item in items(run_cli, root)}


def test_the_config_names_what_blocks_and_what_takes_it_off_the_loop(run_cli: RunCli, make_tree: MakeTree) -> None:
    sources = {
        "shop/orders.py": "from legacy import fetch, in_thread\n\n\ndef load() -> list[str]:\n    return fetch()\n",
        "fastapi-lint.toml": 'select = ["async"]\nknown-blocking = ["legacy.fetch"]\n',
    }
    root = make_tree(_SHOP | sources)
    assert codes(items(run_cli, root)) == [("shop/main.py", "FL202")]
    (root / "fastapi-lint.toml").write_text('select = ["async"]\n')
    assert items(run_cli, root) == []


def test_a_suppression_at_the_finding_is_enough(run_cli: RunCli, make_tree: MakeTree) -> None:
    main = str(_SHOP["shop/main.py"]).replace("return load()", "return load()  # fastapi-lint: ignore[FL202] cached")
    root = make_tree(_SHOP | {"shop/main.py": main})
    assert codes(items(run_cli, root)) == [("shop/schemas.py", "FL101")]


def test_a_project_in_a_project_is_checked_from_either(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree({f"backend/{name}": content for name, content in _SHOP.items()} | {"README.md": ""})
    (root / ".git").mkdir()
    expected = [("backend/shop/main.py", "FL202"), ("backend/shop/schemas.py", "FL101")]
    assert codes(items(run_cli, root)) == expected
    assert codes(items(run_cli, root, "backend")) == expected
    assert codes(items(run_cli, root / "backend")) == [(name.removeprefix("backend/"), code) for name, code in expected]


@pytest.mark.parametrize("output_format", [OutputFormat.FULL, OutputFormat.SARIF])
def test_the_output_is_the_same_for_any_cache_jobs_and_hash_seed(
    make_tree: MakeTree, output_format: OutputFormat
) -> None:
    padding = f'"""{"x" * 8000}"""\n'  # enough files and bytes that several processes are worth it
    root = make_tree({f"filler/m{number}.py": padding for number in range(70)})
    for number in range(8):
        write_tree(root, {name.replace("shop", f"shop{number}"): text for name, text in _SHOP.items()})
    outputs = set()
    for seed, arguments in (("0", ["-j", "1"]), ("1", ["-j", "4"]), ("2", ["-j", "4"]), ("3", ["--no-cache"])):
        run = subprocess.run(
            [sys.executable, "-m", "fastapi_lint", "--output-format", output_format.value, *arguments],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2] / "checkers")},
            capture_output=True,
            check=False,
        )
        assert run.returncode == 1, run.stderr
        outputs.add(run.stdout)
    assert len(outputs) == 1
