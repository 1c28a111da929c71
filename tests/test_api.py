"""A check as a whole: what paths select, what is left out, what is said when the analysis is not whole."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fastapi_lint.api import CheckOptions, accept_findings, add_suppressions, check_project
from fastapi_lint.baseline import BaselineError
from fastapi_lint.config import ConfigError, Overrides
from fastapi_lint.discovery import LARGEST_SOURCE
from fastapi_lint.findings import Confidence, Report, Severity
from fastapi_lint.resolution import CACHE_NAME
from fastapi_lint.roots import PathError
from tests.conftest import MakeTree, UseRules
from tests.shell_rules import SOUND, AsyncFunction, Fails

pytestmark = pytest.mark.usefixtures("shell_rules_only")
_NO_CACHE = CheckOptions(use_cache=False, jobs=1)
Check = Callable[..., Report]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check paths below a root, with that root as the working directory."""

    def run(root: Path, *paths: str, **overrides: object) -> Report:
        monkeypatch.chdir(root)
        options = CheckOptions(overrides=Overrides(**overrides), use_cache=False, jobs=1)  # type: ignore[arg-type]  # the tests name what they override
        return check_project([Path(path) for path in paths] or [Path()], options)

    return run


def found(report: Report) -> list[str]:
    return [f"{item.location.path.as_posix()}:{item.location.start.row}:{item.code}" for item in report.findings]


_APP = {"pyproject.toml": "", "app/a.py": "import fastapi\n\nasync def f(): ...\n", "app/b.py": "async def g(): ...\n"}


# what paths select


def test_findings_lie_in_the_paths(make_tree: MakeTree, check: Check) -> None:
    root = make_tree(_APP)
    assert found(check(root)) == ["app/a.py:3:FL290", "app/b.py:1:FL290"]
    assert found(check(root, "app/b.py")) == ["app/b.py:1:FL290"]
    assert check(root, "app/b.py").files_checked == 1


def test_a_finding_is_reported_when_a_step_of_its_evidence_lies_in_a_path(make_tree: MakeTree, check: Check) -> None:
    root = make_tree(
        {"pyproject.toml": "", "a.py": "def effect(): ...\n", "b/c.py": "def cause(): ...\n", "d.py": "x = 1\n"}
    )
    assert found(check(root, "b")) == ["a.py:1:FL690"]
    assert found(check(root, "a.py")) == ["a.py:1:FL690"]
    assert found(check(root, "d.py")) == []


def test_evidence_becomes_locations(make_tree: MakeTree, check: Check) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": "def effect(): ...\n", "b.py": "# é\n\ndef cause(): ...\n"})
    (finding,) = check(root).findings
    (step,) = finding.evidence
    assert (step.location.path.as_posix(), step.location.start.row, step.location.start.column) == ("b.py", 3, 5)
    assert check(root).excerpt(Path("b.py"), 3) == "def cause(): ..."


def test_paths_are_shown_relative_to_the_working_directory(
    make_tree: MakeTree, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(_APP)
    assert found(check(root / "app", "b.py")) == ["b.py:1:FL290"]
    monkeypatch.chdir(make_tree({}))
    (finding,) = check_project([root / "app/b.py"], _NO_CACHE).findings
    assert finding.location.path == root / "app/b.py"


def test_the_order_of_paths_does_not_matter(make_tree: MakeTree, check: Check) -> None:
    root = make_tree(_APP)
    assert check(root, "app/a.py", "app/b.py") == check(root, "app/b.py", "app/a.py", "app/b.py")


def test_speed_and_transactions_are_not_judged_in_tests_migrations_and_scripts(
    make_tree: MakeTree, check: Check
) -> None:
    files = dict.fromkeys(("tests/a.py", "alembic/b.py", "scripts/c.py"), "async def f(): ...\ndef effect(): ...\n")
    root = make_tree({"pyproject.toml": "", **files})
    assert found(check(root)) == [f"{name}:2:FL690" for name in ("alembic/b.py", "scripts/c.py", "tests/a.py")]
    (root / "fastapi-lint.toml").write_text("app-only = []")
    assert len(check(root).findings) == 6


def test_excluded_paths_that_are_named_can_be_left_out(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(_APP | {"fastapi-lint.toml": 'exclude = ["b.py"]'})
    monkeypatch.chdir(root)
    for force, expected in ((False, ["app/b.py:1:FL290"]), (True, [])):
        options = CheckOptions(use_cache=False, jobs=1, force_exclude=force)
        assert found(check_project([Path("app/b.py")], options)) == expected


# settings


def test_the_config_of_the_project_counts_and_the_command_line_wins(make_tree: MakeTree, check: Check) -> None:
    root = make_tree(_APP | {"pyproject.toml": '[tool.fastapi-lint]\nselect = ["api"]\n'})
    assert found(check(root)) == []
    assert found(check(root, select=("FL2",))) == ["app/a.py:3:FL290", "app/b.py:1:FL290"]
    assert found(check(root, extend_select=("async-function",), ignore=("FL291",))) != []


def test_isolated_runs_have_no_config(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(_APP | {"fastapi-lint.toml": "broken"})
    monkeypatch.chdir(root)
    assert len(check_project([Path()], CheckOptions(isolated=True, use_cache=False)).findings) == 2


def test_a_config_that_has_no_effect_is_mentioned(make_tree: MakeTree, check: Check) -> None:
    nested = {"app/pyproject.toml": "[tool.fastapi-lint]\n", "app/b/pyproject.toml": "[tool.ruff]\n"}
    root = make_tree(_APP | nested)
    assert check(root).notices == (
        "app/pyproject.toml has no effect on this run; run in its directory, or pass --config",
    )
    assert check(root, "app/a.py").notices == ()
    assert check(root / "app").notices == ()


def test_severity_and_per_file_ignores(make_tree: MakeTree, check: Check) -> None:
    config = '[severity]\nasync = "error"\n[per-file-ignores]\n"app/b*" = ["FL290"]\n'
    report = check(make_tree(_APP | {"fastapi-lint.toml": config}))
    assert [(item.location.path.name, item.severity) for item in report.findings] == [("a.py", Severity.ERROR)]


def test_per_file_ignores_are_relative_to_the_config_and_may_be_negated(make_tree: MakeTree, check: Check) -> None:
    config = '[tool.fastapi-lint.per-file-ignores]\n"!backend/app/a.py" = ["FL2"]\n'
    root = make_tree({"pyproject.toml": config, **{f"backend/{key}": value for key, value in _APP.items()}})
    (root / ".git").mkdir()
    assert found(check(root, "backend")) == ["backend/app/a.py:3:FL290"]


def test_preview_and_confidence_are_opt_in(make_tree: MakeTree, check: Check) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": "async def f(): ...\n", "b.py": "def perhaps(): ...\n"})
    assert found(check(root)) == ["a.py:1:FL290"]
    assert found(check(root, preview=True, select=("FL291",))) == ["a.py:1:FL291"]
    assert found(check(root, min_confidence=Confidence.HEURISTIC)) == ["a.py:1:FL290", "b.py:1:FL691"]
    assert check(root, select=("FL291",)).notices[0] == "selecting FL291 has no effect without preview"


def test_what_nothing_calls_is_less_certain(make_tree: MakeTree, check: Check) -> None:
    route = "import fastapi\n\napp = fastapi.FastAPI()\n\n\n@app.get('/')\nasync def f(): ...\n"
    root = make_tree({"pyproject.toml": "", "a.py": route, "b.py": "async def g(): ...\n"})
    assert found(check(root)) == ["a.py:7:FL290"]
    assert found(check(root, min_confidence=Confidence.HEURISTIC)) == ["a.py:7:FL290", "b.py:1:FL290"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("selct = []", "unknown key `selct`; did you mean `select`?"),
        ('select = ["FL999"]', "unknown rule selector `FL999`"),
        ('app-only = ["asinc"]', "`app-only`: unknown rule selector `asinc`; did you mean `async`?"),
        ('per-file-ignores = { "*" = ["FL9"] }', "`per-file-ignores`: unknown rule selector `FL9`"),
        ('severity = { FL9 = "error" }', "`severity`: unknown rule selector `FL9`"),
    ],
)
def test_a_config_that_cannot_be_resolved_is_a_finding_and_an_error(
    make_tree: MakeTree, check: Check, config: str, message: str
) -> None:
    report = check(make_tree(_APP | {"fastapi-lint.toml": config}))
    assert found(report) == ["fastapi-lint.toml:1:FL004"]
    assert report.findings[0].message.startswith(message)
    assert not report.complete
    assert report.errors[0].startswith(f"fastapi-lint.toml: {message}")
    assert report.excerpt(Path("fastapi-lint.toml"), 1) == config


def test_a_wrong_option_is_an_error_of_the_caller(make_tree: MakeTree, check: Check) -> None:
    with pytest.raises(ConfigError, match="unknown rule selector `FL9`"):
        check(make_tree(_APP), select=("FL9",))
    with pytest.raises(PathError, match="no such file"):
        check(make_tree(_APP), "nothing.py")
    with pytest.raises(BaselineError, match="cannot be read"):
        check(make_tree(_APP), baseline=Path("nothing.json"))


# what could not be analysed


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"def f(:\n", (1, None), "never closed"),
        (b"x = 1\ny = '\xff'\n", (2, 6), "0xff"),
        (b"x\0 = 1\n", (1, 2), "null byte"),
        (b"# coding: no-such\n", (1, 1), "unknown"),
        (b"x = " + b"(" * 10_000, (1, None), ""),
        (b"x" * (LARGEST_SOURCE + 1), (1, 1), "over the limit"),
    ],
    ids=["syntax", "utf8", "null", "encoding", "nesting", "size"],
)
def test_a_file_that_cannot_be_analysed_is_a_finding(
    make_tree: MakeTree, check: Check, content: bytes, place: tuple[int, int | None], message: str
) -> None:
    report = check(make_tree(_APP | {"bad.py": content}))
    (finding,) = [item for item in report.findings if item.code == "FL001"]
    assert finding.location.path == Path("bad.py")
    assert (finding.location.start.row, place[1] and finding.location.start.column) == place
    assert message in finding.message
    assert not report.complete
    assert len(report.findings) == 3


def test_a_broken_file_cannot_be_hidden(make_tree: MakeTree, check: Check) -> None:
    files = {"bad.py": "# fastapi-lint: ignore-file\n(\n", "fastapi-lint.toml": 'ignore = ["FL001"]'}
    report = check(make_tree(files))
    assert found(report) == ["bad.py:2:FL001"]
    assert not report.complete


def test_a_broken_file_outside_the_paths_is_mentioned(make_tree: MakeTree, check: Check) -> None:
    report = check(make_tree(_APP | {"bad.py": "(\n"}), "app")
    assert report.complete
    assert [notice for notice in report.notices if notice.startswith("bad.py:1:1: not analysed")]


def test_a_rule_that_fails_is_named_and_the_others_go_on(
    make_tree: MakeTree, check: Check, use_rules: UseRules
) -> None:
    use_rules(AsyncFunction(), Fails())
    report = check(make_tree(_APP))
    assert found(report) == ["app/a.py:3:FL290", "app/a.py:3:FL990", "app/b.py:1:FL290"]
    assert not report.complete
    (error,) = report.errors
    assert error.startswith("FL990 (fails) failed at shell_rules.py:")
    assert "KeyError" in error


def test_a_directory_that_cannot_be_read_is_an_error(make_tree: MakeTree, check: Check) -> None:
    part = "d" * 200
    root = make_tree(_APP)
    descriptor = os.open(root, os.O_RDONLY)
    try:
        for _ in range(30):
            os.mkdir(part, dir_fd=descriptor)
            below = os.open(part, os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
    finally:
        os.close(descriptor)
    report = check(root)
    assert len(report.findings) == 2
    assert not report.complete
    assert "cannot be read" in report.errors[0]


# suppressions


def test_a_suppressed_finding_is_counted(make_tree: MakeTree, check: Check) -> None:
    report = check(make_tree(_APP | {"app/b.py": "async def g(): ...  # fastapi-lint: ignore[FL290] why\n"}))
    assert (found(report), report.suppressed) == (["app/a.py:3:FL290"], 1)


def test_unused_and_unknown_suppressions_are_findings(make_tree: MakeTree, check: Check) -> None:
    report = check(make_tree({"pyproject.toml": "", "a.py": "x = 1  # fastapi-lint: ignore[FL290, FL299]\n"}))
    assert found(report) == ["a.py:1:FL002", "a.py:1:FL003"]


def test_suppressions_of_rules_that_did_not_run_are_not_unused(make_tree: MakeTree, check: Check) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": "x = 1  # noqa: FL290\n", "tests/b.py": "x = 1  # noqa: FL290\n"})
    assert found(check(root)) == ["a.py:1:FL002"]
    assert found(check(root, ignore=("FL290",))) == []
    assert found(check(root, ignore=("unused-suppression",))) == []


def test_a_suppression_of_a_doubtful_finding_is_of_use(make_tree: MakeTree, check: Check) -> None:
    report = check(make_tree({"pyproject.toml": "", "a.py": "def perhaps(): ...  # noqa: FL691\n"}))
    assert (found(report), report.suppressed) == ([], 0)


def test_nothing_is_called_unused_when_the_analysis_is_not_whole(make_tree: MakeTree, check: Check) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": "x = 1  # noqa: FL290\n", "bad.py": "(\n"})
    assert found(check(root)) == ["bad.py:1:FL001"]


def test_suppressions_are_written_and_cover_everything(make_tree: MakeTree, check: Check) -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": "",
        "a.py": b"\xef\xbb\xbfasync def f(\r\n): ...\r\n",
        "b.py": "async def g(): ...  # fastapi-lint: ignore[FL690]\n",
        "c.py": "# coding: latin-1\nasync def \xe9(): ...\n".encode("latin-1"),
    }
    root = make_tree(files)
    (root / "a.py").chmod(0o750)
    assert found(check(root))[:1] == ["a.py:1:FL290"]
    report, count = add_suppressions([Path()], _NO_CACHE)
    assert count == 2
    assert found(report) == ["b.py:1:FL002", "c.py:2:FL290"]
    assert (root / "a.py").read_bytes() == b"\xef\xbb\xbfasync def f(  # fastapi-lint: ignore[FL290]\r\n): ...\r\n"
    assert (root / "a.py").stat().st_mode & 0o777 == 0o750
    assert (root / "b.py").read_text() == "async def g(): ...  # fastapi-lint: ignore[FL690, FL290]\n"
    assert (root / "c.py").read_bytes() == files["c.py"]
    assert found(check(root)) == ["b.py:1:FL002", "c.py:2:FL290"]


# the baseline


def test_accepted_findings_are_not_reported_until_there_are_more(
    make_tree: MakeTree, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(_APP | {"fastapi-lint.toml": 'baseline = "known.json"'})
    monkeypatch.chdir(root)
    accepted = accept_findings([Path()], _NO_CACHE)
    assert (accepted.count, accepted.file, accepted.report.findings) == (2, root / "known.json", ())
    assert (found(check(root)), check(root).baselined) == ([], 2)
    (root / "app/b.py").write_text("\n\nasync def g(): ...\nasync def h(): ...\n")
    assert found(check(root)) == ["app/b.py:4:FL290"]
    (root / "app/a.py").write_text("import fastapi\n")
    assert "the baseline accepts 1 more than was found" in check(root).notices[0]


# projects


def test_a_project_of_another_kind_is_told_so(make_tree: MakeTree, check: Check) -> None:
    notice = "this project imports neither FastAPI, SQLAlchemy nor Pydantic: there is little to check"
    assert notice in check(make_tree({"pyproject.toml": "", "a.py": "import flask\n"})).notices
    for module in ("import fastapi", "from sqlalchemy.orm import Session", "import pydantic as p", "import sqlmodel"):
        assert check(make_tree({"pyproject.toml": "", "a.py": f"{module}\n"})).notices == ()


def test_a_tree_without_python_says_so(make_tree: MakeTree, check: Check) -> None:
    report = check(make_tree({"pyproject.toml": ""}))
    assert (report.findings, report.complete) == ((), True)
    assert report.notices == ("no Python files found under the given paths",)


def test_standard_input_replaces_a_file(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(_APP | {"tests/test_a.py": ""})
    monkeypatch.chdir(root)
    content = b"\n\n\n\nasync def typed(): ...\n"
    for name, expected in (("app/a.py", 1), ("app/new.py", 1), ("tests/new.py", 0)):
        options = CheckOptions(use_cache=False, jobs=1, stdin=content, stdin_filename=Path(name))
        assert found(check_project([], options)) == [f"{name}:5:FL290"] * expected


# the cache


def test_the_cache_lies_in_the_root_and_ignores_itself(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(_APP)
    monkeypatch.chdir(root)
    cold = check_project([Path("app")], CheckOptions(jobs=1))
    assert (root / CACHE_NAME / ".gitignore").read_text() == "*\n"
    assert check_project([Path("app")], CheckOptions(jobs=1)) == cold
    assert check_project([Path("app")], _NO_CACHE) == cold


def test_nothing_is_written_through_a_link_in_place_of_the_cache(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, root = make_tree({}), make_tree(_APP)
    (root / CACHE_NAME).symlink_to(outside)
    monkeypatch.chdir(root)
    report = check_project([Path()], CheckOptions(jobs=1))
    assert len(report.findings) == 2
    assert list(outside.iterdir()) == []
    assert "is a symbolic link" in report.notices[0]


def test_nothing_is_written_through_a_link_in_the_cache(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, root = make_tree({}), make_tree(_APP)
    (root / CACHE_NAME).mkdir()
    (root / CACHE_NAME / "CACHEDIR.TAG").symlink_to(outside / "made")
    monkeypatch.chdir(root)
    assert len(check_project([Path()], CheckOptions(jobs=1)).findings) == 2
    assert list(outside.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_said_and_does_no_harm(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(_APP | {CACHE_NAME: "a file is here"})
    monkeypatch.chdir(root)
    report = check_project([Path()], CheckOptions(jobs=1))
    assert len(report.findings) == 2
    assert report.notices[0].startswith("the cache is off")


def test_user_code_is_never_executed(make_tree: MakeTree, check: Check) -> None:
    marker = make_tree({}) / "executed"
    code = f"open({str(marker)!r}, 'w')\nimport fastapi\nasync def f(): ...\n"
    names = ("a.py", "conftest.py", "sitecustomize.py", "setup.py", "fastapi.py", "app/__init__.py", "app/__main__.py")
    root = make_tree({"pyproject.toml": "", **dict.fromkeys(names, code)})
    assert len(check(root).findings) >= 4
    assert not marker.exists()


def test_progress_is_told_in_order(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_tree(_APP))
    steps: list[tuple[str, int, int]] = []
    check_project([Path()], _NO_CACHE, progress=lambda *step: steps.append(step))
    assert [what for what, _, _ in steps][-len(SOUND) :] == [
        "following the calls",
        "checking FL290 async-function",
        "checking FL690 cause-elsewhere",
        "checking FL691 guess",
    ]
    assert ("reading files", 2, 2) in steps
    assert all(step <= total for _, step, total in steps)
