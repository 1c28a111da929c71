"""What must stay true of every run (I1 to I8 of the design), through the public interfaces and with the real rules.

The layers, and where ``ast``, ``libcst``, ``click`` and ``jinja2`` may be used, are contracts that
``tests/dev/test_layers.py`` checks (I3, I4, I8).
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fastapi_lint
from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.config import Overrides
from fastapi_lint.facts.extract import extract
from fastapi_lint.findings import Finding, Report
from fastapi_lint.resolution import CACHE_NAME
from fastapi_lint.rules.registry import load_rules
from tests.conftest import MakeTree, write_tree
from tests.shop import SHOP, STATES

FILL = "# as much text as makes several processes worth it\n" * 140
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("FASTAPI_LINT", "COV_"))},
    "PYTHONPATH": str(Path(fastapi_lint.__file__).parents[1]),
}


def check(root: Path, *, use_cache: bool, select: tuple[str, ...] | None = None) -> Report:
    overrides = Overrides() if select is None else Overrides(select=select)
    return check_project([root], CheckOptions(overrides=overrides, use_cache=use_cache, jobs=1))


def lint(root: Path, *arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[bytes]:
    """Run the command line as a process of its own, in a directory."""
    command = [sys.executable, "-P", "-W", "error", "-m", "fastapi_lint", *arguments]
    environment = {**ENVIRONMENT, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=600)


# I1


def test_i1_facts_are_a_function_of_the_bytes_alone() -> None:
    for states in STATES.values():
        for text in states[:2]:
            first, second = (msgspec.msgpack.encode(extract(text.encode(), key)) for key in ("a.py", "b/c.py"))
            assert first == second


# I2

EDITS = st.lists(
    st.sampled_from(sorted(STATES)).flatmap(
        lambda name: st.tuples(st.just(name), st.none() | st.sampled_from(STATES[name]))
    ),
    min_size=1,
    max_size=4,
)


@given(edits=EDITS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_i2_a_warm_run_says_what_a_run_from_scratch_says_after_any_edits(
    edits: list[tuple[str, str | None]], make_tree: MakeTree
) -> None:
    root = make_tree(SHOP)
    assert check(root, use_cache=True) == check(root, use_cache=False)
    for name, text in edits:
        if text is None:
            (root / name).unlink(missing_ok=True)
        else:
            write_tree(root, {name: text})
        warm = check(root, use_cache=True)
        assert (root / CACHE_NAME).is_dir()
        assert warm == check(root, use_cache=False)


def test_i2_the_edits_matter(make_tree: MakeTree) -> None:
    reports = [check(make_tree({**SHOP, name: text}), use_cache=False) for name in STATES for text in STATES[name]]
    found = {tuple(sorted(finding.code for finding in report.findings)) for report in reports}
    assert len(found) > 5
    assert {"FL101", "FL202", "FL302"} <= {code for codes in found for code in codes}


# I3


def test_i3_what_a_rule_finds_does_not_depend_on_the_other_rules(make_tree: MakeTree) -> None:
    root = make_tree(SHOP)
    together = check(root, use_cache=False)
    alone: list[Finding] = []
    for rule in load_rules():
        alone += check(root, use_cache=False, select=(rule.code,)).findings
    codes = {rule.code for rule in load_rules()}
    expected = Counter(item for item in together.findings if item.code in codes)
    selected = {rule.code for rule in together.rules}
    assert Counter(item for item in alone if item.code in selected) == expected


# I5


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that is large enough for several processes."""
    root = tmp_path_factory.mktemp("large").resolve()
    services = SHOP["shop/services.py"] + FILL
    copies = {f"shop/part{number}/services.py": services for number in range(60)}
    routes = {
        f"shop/part{number}/routes.py": SHOP["shop/routes.py"].replace("shop.services", f"shop.part{number}.services")
        for number in range(60)
    }
    write_tree(root, {**SHOP, **copies, **routes, "shop/broken.py": "(", "shop/other.py": "class C[T]: ...\n"})
    return root


@pytest.mark.parametrize("output_format", ["full", "sarif"])
def test_i5_output_is_the_same_for_any_number_of_jobs_any_cache_and_any_hash_seed(
    large: Path, output_format: str
) -> None:
    shutil.rmtree(large / CACHE_NAME, ignore_errors=True)
    arguments = ("--output-format", output_format)
    cold = lint(large, *arguments, "--jobs", "4", hash_seed="1")
    assert cold.returncode == 2, cold.stderr
    assert cold.stdout.count(b"FL202") >= 60
    assert cold.stderr.count(b"Traceback") == 0
    warm = lint(large, *arguments, "--jobs", "1", hash_seed="2")
    scratch = lint(large, *arguments, "--jobs", "1", "--no-cache", hash_seed="3")
    assert (warm.stdout, warm.stderr) == (cold.stdout, cold.stderr)
    assert (scratch.stdout, scratch.stderr) == (cold.stdout, cold.stderr)


def test_i5_findings_are_sorted(large: Path) -> None:
    findings = check(large, use_cache=False).findings
    assert list(findings) == sorted(findings, key=lambda finding: finding.sort_key)


# I6


@pytest.mark.parametrize("broken", [b"def f(:\n", b"a = '\xff'\n", b"a\0b\n", b"# coding: klingon\n", b"(" * 10_000])
def test_i6_a_file_that_cannot_be_analysed_is_a_finding_and_exit_code_2(make_tree: MakeTree, broken: bytes) -> None:
    root = make_tree({**SHOP, "shop/broken.py": broken})
    run = lint(root, "--output-format", "concise")
    assert run.returncode == 2
    lines = run.stdout.decode().splitlines()
    assert [line.split(":")[0] for line in lines if "FL001" in line] == ["shop/broken.py"]
    assert any("FL202" in line for line in lines)
    assert b"Traceback" not in run.stderr


# I7


def test_i7_user_code_is_never_imported(make_tree: MakeTree) -> None:
    marks_itself = "import pathlib\npathlib.Path(__file__).with_suffix('.imported').touch()\n"
    names = [
        *("__init__", "__main__", "conftest", "setup", "sitecustomize", "usercustomize", "tests/conftest"),
        *("ast", "click", "json", "msgspec", "pathspec", "rich", "typing", "fastapi_lint", "fastapi/__init__"),
        *("alembic/env", "app/__init__", "app/main"),
    ]
    files = {f"{name}.py": marks_itself + SHOP["shop/services.py"] for name in names}
    fill = {f"fill/m{number}.py": marks_itself + FILL for number in range(70)}
    root = make_tree({**SHOP, **files, **fill})
    run = lint(root, "--jobs", "2")
    assert run.returncode in {0, 1}, run.stderr
    assert list(root.rglob("*.imported")) == []
    # The mark works: imported, such a file leaves it.
    subprocess.run([sys.executable, "-P", root / "app" / "main.py"], check=True)
    assert [path.name for path in root.rglob("*.imported")] == ["main.imported"]
