"""Which rows an edit has touched."""

from pathlib import Path

import pytest

from fastapi_lint.integrations.hook.edits import FileEdit, Hunk, patched_files, replacement, touched_rows

TEXT = "a\nb\nc\nd\nb\n"


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        pytest.param((" a", "+b", " c"), {2}, id="new"),
        pytest.param((" a", "-x", "+b", " c"), {2}, id="changed"),
        pytest.param((" a", "-x", " b"), {1, 2}, id="the rows that meet where one was taken out"),
        pytest.param(("+a", "+b", " c", "+d"), {1, 2, 4}, id="two places"),
        pytest.param((" a", "-x", "-y", "+b", "\\ No newline at end of file"), {2}, id="no newline"),
    ],
)
def test_rows_of_a_hunk_with_a_place(lines: tuple[str, ...], rows: set[int]) -> None:
    assert touched_rows(TEXT, [Hunk(lines, 1)]) == frozenset(rows)


def test_the_place_of_a_hunk_is_found_by_its_new_text() -> None:
    assert touched_rows(TEXT, [Hunk((" c", "-x", "+d"))]) == frozenset({4})
    assert touched_rows(TEXT, [replacement("c\nd")]) == frozenset({3, 4})


def test_text_that_stands_twice_touches_both_places() -> None:
    assert touched_rows(TEXT, [replacement("b")]) == frozenset({2, 5})


@pytest.mark.parametrize("hunk", [replacement("gone"), replacement(""), Hunk(("-x",))])
def test_a_hunk_that_cannot_be_found_touches_everything(hunk: Hunk) -> None:
    assert touched_rows(TEXT, [hunk]) is None


def test_a_patch_of_several_files() -> None:
    patch = """\
*** Begin Patch
*** Update File: app/a.py
@@ def f():
 x = 1
-y = 2
+y = 3
@@
+z = 4
*** Add File: app/b.py
+new
*** Delete File: app/c.py
*** Update File: app/d.py
*** Move to: app/e.py
@@
+moved
*** End Patch"""
    assert list(patched_files(patch, Path("/p"))) == [
        FileEdit(Path("/p/app/a.py"), (Hunk((" x = 1", "-y = 2", "+y = 3")), Hunk(("+z = 4",)))),
        FileEdit(Path("/p/app/b.py")),
        FileEdit(Path("/p/app/e.py"), (Hunk(("+moved",)),)),
    ]
