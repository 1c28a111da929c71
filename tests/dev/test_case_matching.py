"""A finding counts for a known defect only when it speaks of that defect."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace

from fastapi_lint_dev.analyser import EvidenceStep, JsonFinding, Place
from fastapi_lint_dev.cases.matching import Grade, is_gone, match
from fastapi_lint_dev.cases.table import Case, Expectation, Extent
from fastapi_lint_dev.rows import RowRange

SOURCE = dedent(
    """\
    async def handler():
        first()
        read_file(
            "a",
        )
        last()


    async def other():
        read_file("b")
    """
)
DEFECT = Case(
    id="X1", repository="o/n", fix="f", parent="p", path="app/a.py", rows=RowRange(4, 4),
    category="blocking_async", depth="same_function", note="", expectation=Expectation.FINDING, extent=Extent.FUNCTION,
)  # fmt: skip


def finding(code: str, filename: str, row: int, *evidence: tuple[str, int], message: str = "blocks") -> JsonFinding:
    steps = tuple(EvidenceStep(name, Place(at, 1), "") for name, at in evidence)
    return JsonFinding(code, "name", "error", "exact", message, filename, Place(row, 1), steps)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_text(SOURCE)
    return tmp_path


def grades(
    checkout: Path, *findings: JsonFinding, changed: Mapping[str, tuple[RowRange, ...]] | None = None
) -> list[Grade]:
    return [found.grade for found in match(DEFECT, findings, checkout, changed or {})]


def test_an_anchor_on_the_defects_statement_matches_best(checkout: Path) -> None:
    assert grades(checkout, finding("FL201", "app/a.py", 3)) == [Grade.LINE]


def test_an_evidence_step_on_the_defects_statement_matches_as_well(checkout: Path) -> None:
    assert grades(checkout, finding("FL202", "app/routes.py", 9, ("app/a.py", 5))) == [Grade.LINE]


def test_a_neighbour_in_the_function_matches_weakly(checkout: Path) -> None:
    assert grades(checkout, finding("FL201", "app/a.py", 6)) == [Grade.FUNCTION]


def test_a_neighbour_on_rows_that_the_fix_changed_names_the_defect(checkout: Path) -> None:
    changed = {"app/a.py": (RowRange(6, 6),)}
    assert grades(checkout, finding("FL201", "app/a.py", 6), changed=changed) == [Grade.CHANGED]


def test_evidence_that_passes_through_the_function_matches_weakest(checkout: Path) -> None:
    assert grades(checkout, finding("FL202", "app/routes.py", 9, ("app/a.py", 1))) == [Grade.PATH]


@pytest.mark.parametrize(
    "elsewhere",
    [
        finding("FL201", "app/a.py", 10),
        finding("FL201", "app/b.py", 4),
        finding("FL205", "app/a.py", 4),
        finding("FL202", "app/b.py", 4, ("app/a.py", 10)),
    ],
    ids=["another function", "another file", "a rule of another family", "evidence in another function"],
)
def test_a_finding_elsewhere_does_not_count(checkout: Path, elsewhere: JsonFinding) -> None:
    assert grades(checkout, elsewhere) == []


def test_a_finding_is_gone_when_its_function_no_longer_has_it(checkout: Path, tmp_path: Path) -> None:
    reported = finding("FL201", "app/a.py", 3, message="blocks at line 3")
    moved = finding("FL201", "app/a.py", 5, message="blocks at line 5")
    in_other = finding("FL201", "app/a.py", 10, message="blocks at line 10")
    assert is_gone(reported, ([reported, in_other], checkout), ([in_other], checkout))
    assert not is_gone(reported, ([reported, in_other], checkout), ([moved, in_other], checkout))


def test_one_of_two_alike_findings_is_gone_when_one_is_left(checkout: Path) -> None:
    first, second = finding("FL201", "app/a.py", 3), finding("FL201", "app/a.py", 6)
    assert is_gone(first, ([first, second], checkout), ([second], checkout))
    assert not is_gone(first, ([first, second], checkout), ([first, second], checkout))


def test_a_defect_all_over_a_commit_is_found_wherever_the_fix_changed_it(checkout: Path) -> None:
    everywhere = replace(DEFECT, extent=Extent.COMMIT)
    changed = {"app/b.py": (RowRange(7, 7),)}
    on_changed, elsewhere = finding("FL201", "app/b.py", 7), finding("FL201", "app/b.py", 8)
    assert [found.finding for found in match(everywhere, [elsewhere, on_changed], checkout, changed)] == [on_changed]
    assert match(DEFECT, [on_changed], checkout, changed) == []
