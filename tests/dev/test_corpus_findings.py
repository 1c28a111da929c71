"""Labels follow their findings, and precision is counted from labels only."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from fastapi_lint_dev.analyser import JsonFinding, Place
from fastapi_lint_dev.corpus.findings import (
    Label,
    LabelledFinding,
    describe,
    keep_labels,
    read_findings,
    sample,
    write_findings,
)
from fastapi_lint_dev.corpus.precision import precision, rule_table


def found(folder: Path, source: str, *places: tuple[int, str]) -> list[LabelledFinding]:
    (folder / "a.py").write_text(source)
    findings = [JsonFinding("FL201", "n", "error", "exact", text, "a.py", Place(row, 1)) for row, text in places]
    return describe("shop", findings, folder)


def labelled(rows: list[LabelledFinding]) -> list[LabelledFinding]:
    return [replace(row, label=Label.RIGHT, reason=str(number)) for number, row in enumerate(rows)]


def test_a_label_follows_a_finding_whose_row_moves(tmp_path: Path) -> None:
    before = labelled(found(tmp_path, "sleep()\n", (1, "blocks at 1")))
    after = found(tmp_path, "\n\nsleep()\n", (3, "blocks at 3"))
    assert [row.label for row in keep_labels(before, after)] == [Label.RIGHT]


def test_a_label_follows_a_finding_whose_message_is_worded_anew(tmp_path: Path) -> None:
    before = labelled(found(tmp_path, "sleep()\n", (1, "blocks")))
    after = found(tmp_path, "sleep()\n", (1, "stops the loop"))
    assert [row.label for row in keep_labels(before, after)] == [Label.RIGHT]


def test_a_label_is_not_guessed_between_two_new_messages_of_one_row(tmp_path: Path) -> None:
    before = labelled(found(tmp_path, "sleep()\n", (1, "blocks")))
    after = found(tmp_path, "sleep()\n", (1, "stops a"), (1, "stops b"))
    assert [row.label for row in keep_labels(before, after)] == [Label.UNLABELLED, Label.UNLABELLED]


def test_two_alike_findings_keep_their_own_labels(tmp_path: Path) -> None:
    rows = found(tmp_path, "sleep()\nsleep()\n", (1, "blocks"), (2, "blocks"))
    assert [row.reason for row in keep_labels(labelled(rows), rows)] == ["0", "1"]


def test_rows_survive_a_round_trip(tmp_path: Path) -> None:
    rows = labelled(found(tmp_path, "sleep()\n", (1, 'blocks "x"\tand y')))
    write_findings(tmp_path / "t.tsv", rows)
    assert read_findings(tmp_path / "t.tsv") == rows


def test_the_sample_is_the_same_every_time_and_limited_by_project(tmp_path: Path) -> None:
    rows = found(tmp_path, "sleep()\n" * 9, *((row, "blocks") for row in range(1, 10)))
    assert len(sample(rows, 4)) == 4
    assert sample(list(reversed(rows)), 4) == sample(rows, 4)


def test_unlabelled_findings_do_not_count_as_right(tmp_path: Path) -> None:
    rows = found(tmp_path, "sleep()\n" * 3, (1, "a"), (2, "b"), (3, "c"))
    rows = [replace(rows[0], label=Label.RIGHT), replace(rows[1], label=Label.FALSE_ALARM), rows[2]]
    assert (precision(rows).share, precision(rows).unlabelled) == ("50.0 %", 1)
    assert rule_table(rows)[-1] == "| all | 3 | 1 | 1 | 1 | 50.0 % |"


def test_nothing_labelled_has_no_precision() -> None:
    assert precision([]).share == "-"


@pytest.mark.parametrize("row", [0, 99])
def test_a_finding_outside_of_the_text_has_a_row_all_the_same(tmp_path: Path, row: int) -> None:
    assert len(found(tmp_path, "x\n", (row, "blocks"))) == 1
