"""A budget is kept or broken by what was measured, and the start of a process is not growth."""

import pytest

from fastapi_lint_dev.bench.budgets import Grown, judge, judge_growth
from fastapi_lint_dev.bench.measure import Floor, Timings

FLOOR = Floor(seconds=2.0, files=100, lines=100_000)
WITHIN = Timings(cold=1.9, warm=0.3, edited=0.4, hook=0.29, ruff=0.25, peak_kib=100_000)


def test_measurements_within_every_budget_keep_them_all() -> None:
    assert [row.kept for row in judge(WITHIN, FLOOR)] == [True] * 5


@pytest.mark.parametrize(
    ("timings", "broken"),
    [
        (Timings(cold=2.1, warm=0.3, edited=0.4, hook=0.29, ruff=0.25, peak_kib=100_000), "cold"),
        (Timings(cold=1.9, warm=0.4, edited=0.4, hook=0.29, ruff=0.25, peak_kib=100_000), "warm"),
        (Timings(cold=1.9, warm=0.3, edited=0.5, hook=0.29, ruff=0.25, peak_kib=100_000), "warm, one file edited"),
        (
            Timings(cold=1.9, warm=0.3, edited=0.4, hook=0.31, ruff=0.25, peak_kib=100_000),
            "the agent's hook, one file edited",
        ),
        (Timings(cold=1.9, warm=0.3, edited=0.4, hook=0.29, ruff=0.25, peak_kib=160_000), "peak memory, all processes"),
    ],
)
def test_a_broken_budget_is_named(timings: Timings, broken: str) -> None:
    assert [row.case for row in judge(timings, FLOOR) if not row.kept] == [broken]


def test_a_project_of_many_files_has_more_time_for_the_hook() -> None:
    timings = Timings(cold=1.9, warm=0.3, edited=0.4, hook=0.9, ruff=0.25, peak_kib=100_000)
    assert all(row.kept for row in judge(timings, Floor(seconds=2.0, files=1700, lines=100_000)))


def test_linear_growth_above_a_fixed_start_is_linear() -> None:
    runs = [Grown(lines, 0.2 + lines / 50_000, 40_000 + lines) for lines in (1000, 10_000, 100_000)]
    assert [row.ratio for row in judge_growth(runs)] == ["1.00", "1.00"]


def test_quadratic_growth_is_not_kept() -> None:
    runs = [Grown(lines, 0.2 + (lines / 10_000) ** 2, 40_000 + lines) for lines in (1000, 10_000, 100_000)]
    assert [row.kept for row in judge_growth(runs)] == [False, True]
