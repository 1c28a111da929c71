"""The stored verdicts keep what people wrote, and the page shows what is stored."""

from pathlib import Path

import pytest

from fastapi_lint_dev.cases.categories import CODES
from fastapi_lint_dev.cases.results import merge, read_results, render_page, write_results
from fastapi_lint_dev.cases.table import Case, Expectation, Extent, TableError, read_cases
from fastapi_lint_dev.cases.verdict import Outcome, Verdict, score
from fastapi_lint_dev.places import CORPUS
from fastapi_lint_dev.rows import RowRange


def case(case_id: str, category: str = "n_plus_one") -> Case:
    return Case(
        id=case_id, repository="o/n", fix="f", parent="p", path="a.py", rows=RowRange(1, 1),
        category=category, depth="same_file", note="a | b", expectation=Expectation.FINDING, extent=Extent.FUNCTION,
    )  # fmt: skip


def test_a_replay_keeps_the_reason_that_somebody_wrote(tmp_path: Path) -> None:
    table = tmp_path / "cases-result.tsv"
    cases = [case("A"), case("B")]
    write_results(table, merge({}, [Verdict(each, Outcome.MISSED) for each in cases], cases))
    table.write_text(
        table.read_text().replace("A\tn_plus_one\tmissed\t\t\t\t\t", "A\tn_plus_one\tmissed\t\t\t\t\tneeds X")
    )
    merged = merge(read_results(table), [Verdict(case("A"), Outcome.MISSED)], cases)
    assert (merged["A"].reason, merged["B"].outcome) == ("needs X", Outcome.MISSED)


def test_a_case_that_left_the_list_leaves_the_table() -> None:
    merged = merge({}, [Verdict(case("A"), Outcome.MISSED)], [case("A")])
    assert merge(merged, [], [case("B")]) == {}


def test_the_page_counts_and_escapes() -> None:
    cases = [case("A"), case("B", "lazy_load_async")]
    page = render_page(merge({}, [Verdict(cases[0], Outcome.FOUND), Verdict(cases[1], Outcome.STAYS)], cases), cases)
    assert "**2 of 2 found, 1 of those gone at the fix.**" in page
    assert "| A | o/n | a \\| b | found |" in page


def test_a_finding_about_a_neighbour_counts_as_missed() -> None:
    assert score([Outcome.NEIGHBOUR, Outcome.RIGHTLY_SILENT]).found == 1


def test_a_table_with_a_wrong_row_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.tsv"
    path.write_text("id\trepo\tline\nA\to/n\t1\n")
    with pytest.raises(TableError, match=r"cases\.tsv:2: 'fix_commit'"):
        read_cases(path)


def test_the_committed_table_names_distinct_cases_and_known_categories() -> None:
    cases = read_cases(CORPUS / "cases.tsv")
    assert len({each.id for each in cases}) == len(cases)
    assert {each.category for each in cases} == set(CODES)
