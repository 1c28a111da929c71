"""A check with what an earlier one left comes to what a check from scratch comes to, after any edits (I2)."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_lint.api import CheckOptions, check_project
from fastapi_lint.config import Overrides
from fastapi_lint.findings import Report
from fastapi_lint.model.analyser import Analyser
from fastapi_lint.model.program import Program
from fastapi_lint.model.symbols import Function
from fastapi_lint.workspace import Workspace
from tests.conftest import MakeTree, write_tree
from tests.library import FILES, PROJECT

_OVERRIDES: Final = Overrides(preview=True)


def check(root: Path, workspace: Workspace | None, name: str = "", *, near: bool = False) -> Report:
    options = CheckOptions(use_cache=False, jobs=1, near_only=near, overrides=_OVERRIDES)
    return check_project([root / name], options, workspace=workspace)


def edits() -> st.SearchStrategy[tuple[str, str]]:
    """Return the states into which the files of the library are brought, one after the other."""
    return st.sampled_from(sorted(FILES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(FILES[name])))


@given(steps=st.lists(edits(), min_size=1, max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_after_any_edits_it_says_what_a_check_from_scratch_says(
    steps: list[tuple[str, str]], make_tree: MakeTree
) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    check(root, workspace)
    for name, text in steps:
        write_tree(root, {name: text})
        assert check(root, workspace, name, near=True) == check(root, None, name, near=True)
        assert check(root, workspace) == check(root, None)


@pytest.mark.parametrize("name", FILES)
def test_each_edit_of_a_file_says_what_a_check_from_scratch_says(make_tree: MakeTree, name: str) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    check(root, workspace)
    for text in (*FILES[name], *reversed(FILES[name])):
        write_tree(root, {name: text})
        assert check(root, workspace) == check(root, None)


def test_each_file_has_states_in_which_something_else_is_found(make_tree: MakeTree) -> None:
    for name, texts in FILES.items():
        found = set()
        for text in texts:
            report = check(make_tree({**PROJECT, name: text}), None)
            found.add(tuple((item.code, item.message, item.evidence) for item in report.findings))
        assert len(found) > 1, name


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that names each function that is analysed from now on."""
    names: list[str] = []
    analyse = Analyser._analyse

    def noting(self: Analyser, function: Function, own: object) -> object:
        names.append(function.qualname)
        return analyse(self, function, own)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(Analyser, "_analyse", noting)
    return names


def test_only_what_rests_on_an_edit_is_analysed_again(make_tree: MakeTree, analysed: list[str]) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    check(root, workspace)
    analysed.clear()
    write_tree(root, {"library/loans.py": PROJECT["library/loans.py"].replace("# Lend", "# Lend it")})
    check(root, workspace)
    assert set(analysed) == {"lend", "overdue", "lend_book", "list_overdue"}


def test_nothing_is_analysed_again_where_nothing_has_changed(make_tree: MakeTree, analysed: list[str]) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    first = check(root, workspace)
    analysed.clear()
    assert check(root, workspace) == first
    assert analysed == []


def test_another_project_is_not_taken_for_the_one_before(make_tree: MakeTree) -> None:
    workspace = Workspace()
    for name, texts in FILES.items():
        root = make_tree({**PROJECT, name: texts[-1]})
        assert check(root, workspace) == check(root, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            PROJECT["pyproject.toml"] + '[tool.fastapi-lint]\nknown-blocking = ["library.loans.lend"]\n',
        ),
        ("pyproject.toml", PROJECT["pyproject.toml"].replace("pydantic>=2", "pydantic<2")),
        ("library/extra.py", "from library.loans import lend\n"),
        ("library/loans.py", "async def lend(:\n"),
    ],
    ids=["settings", "versions", "another file", "no Python"],
)
def test_what_a_program_is_linked_with_links_another(make_tree: MakeTree, name: str, text: str) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    before = check(root, workspace)
    write_tree(root, {name: text})
    assert check(root, workspace) == check(root, None)
    write_tree(root, {name: PROJECT.get(name, "")})
    after = check(root, workspace)
    assert after == check(root, None)
    assert after.findings == before.findings


def test_after_an_error_it_begins_anew(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_tree(PROJECT)
    workspace = Workspace()
    check(root, workspace)
    name, text = "library/loans.py", FILES["library/loans.py"][1]
    write_tree(root, {name: text})

    def fail(_self: Program, _facts: object) -> bool:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Program, "take", fail)
        with pytest.raises(MemoryError):
            check(root, workspace)
    assert check(root, workspace) == check(root, None)
