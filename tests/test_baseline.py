"""Baselines: what was accepted stays accepted when code moves, and what is new is new."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.baseline import BaselineError, read_baseline, write_baseline
from fastapi_lint.findings import Confidence, Finding, Location, Position, Report, Severity
from fastapi_lint.fingerprints import fingerprints
from tests.conftest import MakeTree

Row = tuple[Finding, Path, str]


def finding(row: int, code: str = "FL402", path: str = "a.py", message: str = "message") -> Finding:
    location = Location(Path(path), Position(row, 1), Position(row, 5))
    return Finding(code, "name", "queries", Severity.WARNING, Confidence.EXACT, message, location)


def rows(root: Path, *items: tuple[Finding, str]) -> list[Row]:
    return [(item, root / item.location.path, text) for item, text in items]


def new(root: Path, file: Path, found: list[Row]) -> tuple[list[int], int]:
    baseline = read_baseline(file, root)
    return [
        item.location.start.row for item, path, text in found if not baseline.accepts(item, path, text)
    ], baseline.stale


def test_what_was_written_is_accepted_wherever_it_moves(make_tree: MakeTree) -> None:
    root = make_tree({})
    file = root / "baseline.json"
    assert write_baseline(file, root, rows(root, (finding(3), "  for u in users:"))) == 1
    moved = finding(30, message="said in another way")
    assert new(root, file, rows(root, (moved, "for  u in users:"))) == ([], 0)


def test_another_code_row_or_file_is_new(make_tree: MakeTree) -> None:
    root = make_tree({})
    file = root / "baseline.json"
    write_baseline(file, root, rows(root, (finding(3), "x")))
    others = rows(root, (finding(1, code="FL405"), "x"), (finding(2), "y"), (finding(4, path="b.py"), "x"))
    assert new(root, file, others) == ([1, 2, 4], 1)


def test_one_more_of_the_same_is_new(make_tree: MakeTree) -> None:
    root = make_tree({})
    file = root / "baseline.json"
    write_baseline(file, root, rows(root, (finding(1), "x"), (finding(2), "x")))
    assert new(root, file, rows(root, (finding(1), "x"), (finding(2), "x"), (finding(3), "x"))) == ([3], 0)


def test_a_file_that_does_not_parse_is_never_accepted(make_tree: MakeTree) -> None:
    root = make_tree({})
    file = root / "baseline.json"
    broken = rows(root, (finding(1, code="FL001"), "x"))
    assert write_baseline(file, root, broken) == 0
    assert new(root, file, broken) == ([1], 0)


def test_paths_are_relative_to_the_baseline_so_that_the_project_can_move(make_tree: MakeTree) -> None:
    first, second = make_tree({"backend/x.py": ""}), make_tree({"backend/x.py": ""})
    write_baseline(first / "b.json", first / "backend", rows(first / "backend", (finding(1), "x")))
    assert "backend/a.py" in json.loads((first / "b.json").read_text())["findings"]
    (second / "b.json").write_bytes((first / "b.json").read_bytes())
    assert new(second / "backend", second / "b.json", rows(second / "backend", (finding(1), "x"))) == ([], 0)


def test_a_baseline_elsewhere_is_relative_to_the_project(make_tree: MakeTree) -> None:
    root, elsewhere = make_tree({}), make_tree({})
    write_baseline(elsewhere / "b.json", root, rows(root, (finding(1), "x")))
    assert list(json.loads((elsewhere / "b.json").read_text())["findings"]) == ["a.py"]


_FOUND = st.lists(
    st.tuples(
        st.integers(1, 9), st.sampled_from(["FL402", "FL405"]), st.sampled_from(["a.py", "b/é.py"]), st.text(max_size=8)
    ),
    max_size=12,
)


@given(_FOUND, st.randoms())
def test_writing_and_reading_accepts_exactly_what_was_there(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[int, str, str, str]], random: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("root")
    file = root / "b.json"
    written = rows(root, *((finding(row, code, path), text) for row, code, path, text in found))
    assert write_baseline(file, root, written) == len(found)
    first = file.read_bytes()
    random.shuffle(written)  # type: ignore[attr-defined]  # hypothesis types its random as an object
    assert new(root, file, written) == ([], 0)
    write_baseline(file, root, written)
    assert file.read_bytes() == first


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a baseline"),
        (b"[]", "is not a baseline"),
        (b'{"version": "1"}', "is not a baseline"),
        (b'{"version": 9, "findings": {}}', "has version 9, expected 1"),
        (b'{"version": 1, "findings": {"a": [{"code": 1, "line": ""}]}}', "is not a baseline"),
        (b"[" * 100_000, "is not a baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_said(make_tree: MakeTree, content: bytes, message: str) -> None:
    root = make_tree({"b.json": content})
    with pytest.raises(BaselineError, match=message):
        read_baseline(root / "b.json", root)


def test_a_baseline_that_is_not_there_is_said(make_tree: MakeTree) -> None:
    root = make_tree({"file": ""})
    with pytest.raises(BaselineError, match="cannot be read"):
        read_baseline(root / "b.json", root)
    with pytest.raises(BaselineError, match="cannot be written"):
        write_baseline(root / "file/b.json", root, [])


def test_a_baseline_is_written_with_its_directories(make_tree: MakeTree) -> None:
    root = make_tree({})
    assert write_baseline(root / "ci/lint/b.json", root, []) == 0
    read_baseline(root / "ci/lint/b.json", root)


def test_a_baseline_that_never_ends_is_not_read(make_tree: MakeTree) -> None:
    root = make_tree({})
    (root / "b.json").symlink_to("/dev/zero")
    with pytest.raises(BaselineError, match="it is no regular file"):
        read_baseline(root / "b.json", root)


def test_no_other_file_is_replaced_by_a_baseline(make_tree: MakeTree) -> None:
    root = make_tree({"b.json": "{}"})
    with pytest.raises(BaselineError, match="is no baseline"):
        write_baseline(root / "b.json", root, [])
    assert (root / "b.json").read_text() == "{}"


def test_a_baseline_keeps_its_mode(make_tree: MakeTree) -> None:
    root = make_tree({"b.json": ""})
    (root / "b.json").chmod(0o640)
    write_baseline(root / "b.json", root, [])
    assert (root / "b.json").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in root.iterdir()] == ["b.json"]


def test_fingerprints_do_not_know_rows_and_are_unique() -> None:
    def marks(*found: Finding) -> list[str]:
        excerpts = {Path("a.py"): {item.location.start.row: "x = 1" for item in found}}
        return [mark for _, mark in fingerprints(Report(found, 1, excerpts=excerpts))]

    twice = marks(finding(1), finding(2))
    assert len(set(twice)) == 2
    assert marks(finding(7), finding(9)) == twice
    assert marks(finding(1, code="FL405")) != twice[:1]
