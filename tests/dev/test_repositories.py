"""Checkouts hold what an analyser reads, and nothing outside their folder."""

from pathlib import Path

import pytest

from fastapi_lint_dev.repositories import BareRepository, RepositoryError, find_repository
from fastapi_lint_dev.rows import RowRange
from tests.dev.git_projects import commit, initialise


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return initialise(tmp_path / "work")


def test_a_checkout_holds_python_files_and_manifests_only(work: Path, tmp_path: Path) -> None:
    wanted = {
        "a/b.py": "x = 1\n",
        "pyproject.toml": "",
        "requirements-dev.txt": "",
        "uv.lock": "",
        "alembic.ini": "",
        "m/script.py.mako": "",
    }
    head = commit(work, wanted | {"logo.svg": "<svg/>", "package.json": "{}"})
    checkout = BareRepository(work / ".git").checkout(head, tmp_path / "out")
    assert {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()} == set(wanted)


def test_a_link_out_of_the_tree_is_not_written(work: Path, tmp_path: Path) -> None:
    (work / "evil.py").symlink_to("/etc/passwd")
    head = commit(work, {"a.py": ""})
    checkout = BareRepository(work / ".git").checkout(head, tmp_path / "out")
    assert [path.name for path in checkout.iterdir()] == ["a.py"]


def test_changed_rows_are_those_of_the_parent_that_a_fix_replaced(work: Path) -> None:
    before = "".join(f"line {number}\n" for number in range(1, 10))
    parent = commit(work, {"a.py": before})
    fix = commit(work, {"a.py": before.replace("line 3\nline 4\n", "other\n"), "new.py": "x\n"})
    assert BareRepository(work / ".git").changed_rows(parent, fix) == {"a.py": (RowRange(3, 4),)}


def test_rows_around_an_insertion_count_as_changed(work: Path) -> None:
    parent = commit(work, {"a.py": "one\ntwo\n"})
    fix = commit(work, {"a.py": "one\nnew\ntwo\n"})
    assert BareRepository(work / ".git").changed_rows(parent, fix) == {"a.py": (RowRange(1, 2),)}


def test_a_missing_commit_is_named(work: Path, tmp_path: Path) -> None:
    commit(work, {"a.py": ""})
    with pytest.raises(RepositoryError, match="no commit 1234567"):
        BareRepository(work / ".git").checkout("1234567", tmp_path / "out")


@pytest.mark.parametrize("place", ["owner+name", "owner/name", "name", "owner+name/repo", "owner+name.git"])
def test_a_mirror_is_found_under_the_usual_names(tmp_path: Path, place: str) -> None:
    bare = tmp_path / place
    bare.mkdir(parents=True)
    (bare / "HEAD").touch()
    assert find_repository(tmp_path, "owner/name").git_dir == bare


def test_a_missing_mirror_is_named(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="no bare repository of owner/name"):
        find_repository(tmp_path, "owner/name")
