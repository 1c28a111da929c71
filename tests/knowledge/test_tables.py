"""A table with a wrong header or a row of another width is refused, with the row in the message."""

from pathlib import Path

import pytest

from fastapi_lint.knowledge import tables


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tables, "_FOLDER", tmp_path)
    return tmp_path


def test_comments_and_empty_lines_are_skipped(folder: Path) -> None:
    (folder / "t.tsv").write_text("# why\nname\ttype\n\na\tb\n# more\nc\t\n", encoding="utf-8")
    assert list(tables.read_table("t.tsv", ("name", "type"))) == [["a", "b"], ["c", ""]]


def test_other_columns_are_refused(folder: Path) -> None:
    (folder / "t.tsv").write_text("name\tkind\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"t\.tsv: columns are"):
        list(tables.read_table("t.tsv", ("name", "type")))


def test_a_row_of_another_width_is_refused(folder: Path) -> None:
    (folder / "t.tsv").write_text("name\ttype\nlonely\n", encoding="utf-8")
    with pytest.raises(ValueError, match="1 cells instead of 2 in 'lonely'"):
        list(tables.read_table("t.tsv", ("name", "type")))
