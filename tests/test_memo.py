"""A memo answers for the very state of the project that it was made of, and is as good as none when it is not sound."""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_lint import cache_files, memo
from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.baseline import BASELINE_NAME
from fastapi_lint.cache_files import cache_path, read_checked, write_checked
from fastapi_lint.config import Overrides
from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts import extraction
from fastapi_lint.facts.extraction import Extracted
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.findings import Report
from fastapi_lint.model.program import Program
from fastapi_lint.model.project import Project
from fastapi_lint.resolution import CACHE_NAME
from fastapi_lint.rules import announced
from tests.conftest import MakeTree, RunCli, UseRules, write_tree
from tests.shell_rules import Fails
from tests.shop import SHOP, STATES

CODES = ("FL101", "FL202", "FL302")


def check(root: Path, *, use_cache: bool = True, **more: object) -> Report:
    given = {name: more.pop(name) for name in list(more) if name in Overrides.__struct_fields__}
    options = {"use_cache": use_cache, "jobs": 1, "overrides": Overrides(**given), **more}  # type: ignore[arg-type]  # tests name what they override
    return check_project([root], CheckOptions(**options))  # type: ignore[arg-type]  # as above


def memo_of(root: Path) -> Path:
    return cache_path(root / CACHE_NAME, root, "findings")


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one whenever a model is linked from now on."""
    counted: list[int] = []
    project = Program.project

    def counting(program: Program, near: Collection[str] | None = None) -> Project:
        counted.append(1)
        return project(program, near)

    monkeypatch.setattr(Program, "project", counting)
    return counted


# What it is good for


def test_nothing_is_analysed_when_nothing_has_changed(make_tree: MakeTree, linked: list[int]) -> None:
    root = make_tree({**SHOP, "shop/broken.py": "("})
    cold = check(root)
    assert {"FL001", *CODES} <= {finding.code for finding in cold.findings}
    assert check(root) == cold == check(root, use_cache=False)
    assert len(linked) == 2  # the first run and the one without a cache


def test_a_run_that_remembers_imports_no_rule_no_model_and_no_parser(make_tree: MakeTree) -> None:
    root = make_tree(SHOP)
    program = (
        "import sys; from fastapi_lint.cli import run\n"
        "code = run(['check', '.', '--output-format', sys.argv[1]])\n"
        "heavy = {'rich', 'jinja2', 'libcst', 'importlib.metadata', 'multiprocessing', 'packaging'}\n"
        "own = {'explain', 'facts.extract', 'facts.schema', 'knowledge', 'model', 'rules.base', 'rules.registry'}\n"
        "loaded = sys.modules.keys() & (heavy | {f'fastapi_lint.{name}' for name in own})\n"
        "print(code, *sorted(loaded), file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(memo.__file__).parents[1])}
    for output_format in ("full", "concise", "json", "github", "markdown"):
        command = [sys.executable, "-P", "-c", program, output_format]
        done = [subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True) for _ in range(2)]
        assert done[0].stdout == done[1].stdout
        assert done[1].stderr.decode().splitlines()[-1] == "1"


def test_a_file_that_was_touched_is_known_and_its_stamp_renewed(
    make_tree: MakeTree, linked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_files, "_SETTLED_NS", -(10**12))
    root = make_tree(SHOP)
    cold = check(root)
    before = memo_of(root).read_bytes()
    (root / "shop/main.py").touch()
    assert check(root) == cold
    renewed = memo_of(root).read_bytes()
    assert renewed != before
    assert check(root) == cold
    assert memo_of(root).read_bytes() == renewed
    assert len(linked) == 1


@pytest.mark.parametrize("select", [("FL202",), ("FL2", "FL3"), ("ALL",), ()])
def test_rules_may_be_selected_from_a_memo(make_tree: MakeTree, linked: list[int], select: tuple[str, ...]) -> None:
    root = make_tree(SHOP)
    check(root, select=("ALL",), preview=True)
    warm = check(root, select=select or None)
    assert len(linked) == 1
    assert warm == check(root, select=select or None, use_cache=False)


def test_rules_that_never_ran_are_run_and_remembered_with_the_others(make_tree: MakeTree, linked: list[int]) -> None:
    root = make_tree(SHOP)
    for select in (("FL202",), ("FL302",), ("FL202", "FL302")):
        assert check(root, select=select) == check(root, select=select, use_cache=False)
    assert len(linked) == 2 + 3


def test_what_is_suppressed_accepted_or_asked_for_may_differ_from_run_to_run(
    make_tree: MakeTree, linked: list[int], run_cli: RunCli
) -> None:
    schemas = SHOP["shop/schemas.py"].replace("Config:", "Config:  # fastapi-lint: ignore[FL101] on purpose")
    root = make_tree({**SHOP, "shop/late.py": schemas, "shop/tool.py": "x = 1  # noqa: F401\n"})
    assert check(root).suppressed == 1
    accepted = run_cli("--write-baseline", cwd=root)
    assert accepted.code == 0, accepted.err
    arguments: tuple[tuple[str, ...], ...] = (
        ("--baseline", BASELINE_NAME),
        ("--select", "FL002,FL101"),
        ("shop/schemas.py",),
        ("--min-confidence", "heuristic"),
        ("--output-format", "sarif"),
        ("--output-format", "gitlab"),
        ("--statistics",),
        ("--exclude", "nothing", "--ignore", "pydantic"),
    )
    warm = [run_cli(*each, cwd=root) for each in arguments]
    assert len(linked) == 1
    assert warm == [run_cli(*each, "--no-cache", cwd=root) for each in arguments]
    assert len({run.out for run in warm}) > 4


# What it answers for

PYPROJECT = SHOP["pyproject.toml"]
CONFIG = PYPROJECT + "[tool.fastapi-lint]\n"
FILES: dict[str, tuple[str | None, ...]] = {
    "pyproject.toml": (
        PYPROJECT,
        PYPROJECT.replace("pydantic>=2", "pydantic<2"),
        CONFIG + 'known-blocking = ["shop.services.load"]\n',
        CONFIG + 'known-offload = ["shop.services.load"]\n',
        CONFIG + 'versions = { pydantic = "1.10" }\n',
        CONFIG + 'extend-exclude = ["shop/services.py"]\n',
        CONFIG + 'ignore = ["FL101"]\nseverity = { FL202 = "info" }\n',
        CONFIG + 'per-file-ignores = { "shop/services.py" = ["FL2"] }\n',
    ),
    "uv.lock": (None, '[[package]]\nname = "pydantic"\nversion = "1.10.2"\n', "broken ="),
    "requirements.txt": (None, "-r more.txt\n", "-r linked.txt\n", "pydantic<2\n"),
    "more.txt": (None, "pydantic==1.10\n", "pydantic==2.5\n"),
    "other.txt": (None, "pydantic==1.9\n"),
    ".gitignore": (None, "services.py\n", "/shop/models.py\n"),
    "shop/.gitignore": (None, "schemas.py\n"),
    "shop/__init__.py": ("", "import os\n"),
    **STATES,
}
WRITES = st.sampled_from(sorted(FILES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(FILES[name])))
MOVES = st.sampled_from(
    (
        *("touch shop/services.py", "rename shop/services.py", "link linked.txt", "link linked.py"),
        *("unlink linked.txt", "add extra.py", "add shop/extra.py", "add tests/extra.py", "remove shop/models.py"),
    )
)


def act(root: Path, step: str) -> None:
    """Do to the project what a step says."""
    what, _, name = step.partition(" ")
    path = root / name
    if what == "touch" and path.exists():
        path.touch()
    elif what == "rename" and path.exists():
        path.rename(path.with_name("renamed.py"))
    elif what == "link":
        path.unlink(missing_ok=True)
        target = {"linked.txt": "other.txt", "linked.py": "shop/services.py"}[name]
        path.symlink_to(target if (root / target).exists() else "more.txt")
    elif what in {"unlink", "remove"}:
        path.unlink(missing_ok=True)
    elif what == "add":
        write_tree(root, {name: STATES["shop/services.py"][0] + STATES["shop/schemas.py"][0]})


@given(steps=st.lists(WRITES | MOVES, min_size=1, max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_after_anything_that_can_change_a_memo_says_what_a_run_from_scratch_says(
    steps: list[str | tuple[str, str | None]], make_tree: MakeTree
) -> None:
    root = make_tree(SHOP)
    check(root)
    for step in steps:
        if isinstance(step, str):
            act(root, step)
        elif step[1] is None:
            (root / step[0]).unlink(missing_ok=True)
        else:
            write_tree(root, {step[0]: step[1]})
        scratch = check(root, use_cache=False)
        assert check(root) == scratch
        assert check(root) == scratch


def test_each_of_these_changes_can_change_what_is_found(make_tree: MakeTree) -> None:
    for name in ("pyproject.toml", "uv.lock", "requirements.txt", ".gitignore", "shop/.gitignore"):
        reports = []
        for text in FILES[name]:
            files = {**SHOP, "more.txt": "pydantic==1.10\n", "linked.txt": "pydantic==1.9\n", name: text}
            if name in {"uv.lock", "requirements.txt"}:
                files["pyproject.toml"] = "[project]\nname = 'shop'\nversion = '0'\n"
            root = make_tree({key: value for key, value in files.items() if value is not None})
            reports.append(tuple(finding.code for finding in check(root, use_cache=False).findings))
        assert len(set(reports)) > 1, name


def test_content_from_standard_input_is_compared_and_never_kept(make_tree: MakeTree, linked: list[int]) -> None:
    root = make_tree(SHOP)
    check(root)
    before = memo_of(root).read_bytes()
    name = root / "shop/services.py"
    same = check_project([name], CheckOptions(jobs=1, stdin=name.read_bytes(), stdin_filename=name))
    assert len(linked) == 1
    assert same == check_project([name], CheckOptions(jobs=1))
    assert len(linked) == 1
    other = check_project([name], CheckOptions(jobs=1, stdin=b"", stdin_filename=name))
    assert other.findings == ()
    assert len(linked) == 2
    assert memo_of(root).read_bytes() == before


def test_rules_of_others_are_asked_in_each_run(
    make_tree: MakeTree, linked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(SHOP)
    check(root)
    information = tmp_path / "site" / "others-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "entry_points.txt").write_text("[fastapi_lint.rules]\n")
    monkeypatch.syspath_prepend(information.parent)
    check(root)
    assert len(linked) == 2


class Finder:
    """Finds distributions in a place of its own."""

    def find_distributions(self, *_arguments: object) -> Iterator[object]:
        """Find nothing."""
        return iter(())

    def find_spec(self, *_arguments: object) -> None:
        """Find no module."""


def test_distributions_in_other_places_are_left_to_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(announced, "installed_entry_points", lambda: asked.append(True))
    assert not announced.are_rules_announced()
    assert asked == []
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert not announced.are_rules_announced()
    assert asked == [True]
    monkeypatch.undo()
    monkeypatch.setattr(announced, "installed_entry_points", lambda: asked.append(True))
    archive = tmp_path / "modules.zip"
    archive.write_bytes(b"")
    monkeypatch.setattr(sys, "path", [*sys.path, str(archive)])
    assert not announced.are_rules_announced()
    assert asked == [True, True]


def test_what_chance_had_a_hand_in_is_not_kept(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(SHOP)
    extract_file = extraction.extract_file

    def dying(file: SourceFile) -> Extracted:
        if file.key != "shop/models.py":
            return extract_file(file)
        return Extracted(b"", b"", ParseFailure(file.key, 1, 1, "the process that read this file died"), ())

    monkeypatch.setattr(extraction, "extract_file", dying)
    assert "FL001" in {finding.code for finding in check(root).findings}
    monkeypatch.undo()
    assert not memo_of(root).exists()
    assert "FL001" not in {finding.code for finding in check(root).findings}


def test_what_is_found_while_a_rule_fails_is_not_kept(make_tree: MakeTree, use_rules: UseRules) -> None:
    root = make_tree(SHOP)
    use_rules(Fails)
    assert check(root).errors
    assert not memo_of(root).exists()


# What a stranger may have written


@pytest.mark.parametrize(
    "content", [b"", b"\xc1", b"\x91" * 100_000, msgspec.msgpack.encode([b"another", b"", [], [], [], []])]
)
def test_what_is_no_memo_is_as_good_as_none(make_tree: MakeTree, linked: list[int], content: bytes) -> None:
    root = make_tree(SHOP)
    cold = check(root)
    write_checked(memo_of(root), content)
    assert check(root) == cold
    assert len(linked) == 2
    assert check(root) == cold
    assert len(linked) == 2


@pytest.mark.parametrize("text", [b"write-without-commit", b"FL302"])
def test_a_rule_that_could_steer_the_terminal_is_not_believed(
    make_tree: MakeTree, linked: list[int], text: bytes
) -> None:
    root = make_tree(SHOP)
    cold = check(root)
    content = bytes(read_checked(memo_of(root), memo.LARGEST))
    assert text in content
    write_checked(memo_of(root), content.replace(text, b"\x1b" + text[1:]))
    assert check(root) == cold
    assert len(linked) == 2


def test_a_memo_that_speaks_of_other_files_is_not_believed(make_tree: MakeTree, linked: list[int]) -> None:
    root = make_tree(SHOP)
    cold = check(root)
    stored = msgspec.msgpack.decode(read_checked(memo_of(root), memo.LARGEST))
    violations = stored[5][0]
    code = next(code for code, found in violations.items() if found)
    violations[code][0]["module"] = "../../etc/passwd"
    write_checked(memo_of(root), msgspec.msgpack.encode(stored))
    assert check(root) == cold
    assert len(linked) == 2


def test_messages_of_a_stranger_cannot_steer_the_terminal(make_tree: MakeTree, run_cli: RunCli) -> None:
    root = make_tree(SHOP)
    check(root)
    stored = msgspec.msgpack.decode(read_checked(memo_of(root), memo.LARGEST))
    for found in stored[5][0].values():
        for violation in found:
            violation |= {"message": "\x1b[2J", "help": "\x1b[2J", "span": [-5, 1 << 62]}
            for step in violation.get("evidence", ()):
                step |= {"message": "\x1b[2J", "span": [1 << 62, -1]}
    write_checked(memo_of(root), msgspec.msgpack.encode(stored))
    for output_format in ("full", "concise", "grouped", "json", "sarif", "github", "gitlab", "junit", "markdown"):
        run = run_cli("--output-format", output_format, cwd=root)
        assert run.code == 1, run.err
        assert "\x1b" not in run.out + run.err


def test_a_link_in_place_of_a_memo_is_neither_read_nor_followed(make_tree: MakeTree, tmp_path: Path) -> None:
    root = make_tree(SHOP)
    cold = check(root)
    precious = tmp_path / "precious"
    memo_of(root).rename(precious)
    content = precious.read_bytes()
    memo_of(root).symlink_to(precious)
    assert check(root) == cold
    assert precious.read_bytes() == content
    assert not memo_of(root).is_symlink()


def test_a_memo_that_cannot_be_written_or_is_too_large_costs_nothing_but_time(
    make_tree: MakeTree, linked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(SHOP)
    monkeypatch.setattr(memo, "LARGEST", 10)
    assert check(root) == check(root)
    assert not memo_of(root).exists()
    monkeypatch.undo()
    memo_of(root).mkdir()
    assert check(root) == check(root, use_cache=False)


def test_without_the_own_source_there_is_no_memo(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_sources: object) -> bytes:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(memo, "version_of", refuse)
    memo.own_version.cache_clear()
    try:
        root = make_tree(SHOP)
        assert check(root).findings == check(root, use_cache=False).findings
        assert not memo_of(root).exists()
    finally:
        memo.own_version.cache_clear()


def test_manifests_that_are_no_files_or_too_large_are_known_by_what_the_system_says(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(
        {**SHOP, "requirements.txt": "-r more.txt\n-r folder\n-r ../out.txt\n", "more.txt": "pydantic<2\n"}
    )
    (root / "folder").mkdir()
    monkeypatch.setattr(memo, "LARGEST_MANIFEST", 4)
    check(root)
    write_tree(root, {"more.txt": "pydantic>2\n"})
    assert check(root) == check(root, use_cache=False)
