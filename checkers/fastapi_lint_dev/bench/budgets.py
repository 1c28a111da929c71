"""The budgets, and whether measurements keep them."""

from collections.abc import Sequence

from msgspec import Struct

from fastapi_lint_dev.bench.measure import Floor, Timings

COLD_TO_FLOOR = 1.0
WARM_ABOVE_RUFF = 0.1
EDITED_TO_COLD = 0.25
HOOK = 0.3
HOOK_OF_MANY = 1.0
MANY_FILES = 200
"""Above as many files the hook may take the longer time."""
BYTES_A_LINE = 1536
GROWTH = 1.5
"""Time and memory a line may be this much higher in a large project than in one a tenth of its size."""

HEADER = ("case", "measured", "reference", "ratio", "budget", "kept")


class Row(Struct, frozen=True):
    """One measurement beside its reference."""

    case: str
    measured: str
    reference: str
    ratio: str
    budget: str
    kept: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row as cells, in the order of ``HEADER``."""
        return (self.case, self.measured, self.reference, self.ratio, self.budget, "yes" if self.kept else "NO")


class Grown(Struct, frozen=True):
    """A cold run on a synthetic project; ``kib`` is its peak memory."""

    lines: int
    seconds: float
    kib: int


def judge(timings: Timings, floor: Floor) -> list[Row]:
    """Return each budget of a project beside what was measured."""
    bytes_a_line = timings.peak_kib * 1024 / max(1, floor.lines)
    warm_limit = timings.ruff + WARM_ABOVE_RUFF
    hook_limit = HOOK if floor.files <= MANY_FILES else HOOK_OF_MANY
    return [
        _ratio("cold", timings.cold, f"ast.parse {floor.seconds:.2f} s", floor.seconds, COLD_TO_FLOOR),
        Row(
            "warm",
            f"{timings.warm:.2f} s",
            f"ruff {timings.ruff:.2f} s",
            f"{timings.warm / timings.ruff:.2f}",
            f"{warm_limit:.2f} s (ruff + {1000 * WARM_ABOVE_RUFF:.0f} ms)",
            timings.warm <= warm_limit,
        ),
        _ratio("warm, one file edited", timings.edited, f"cold {timings.cold:.2f} s", timings.cold, EDITED_TO_COLD),
        Row(
            "the agent's hook, one file edited",
            f"{timings.hook:.2f} s",
            f"{floor.files} files",
            f"{timings.hook / hook_limit:.2f}",
            f"{hook_limit:.2f} s",
            timings.hook <= hook_limit,
        ),
        Row(
            "peak memory, all processes",
            f"{timings.peak_kib / 1024:.0f} MiB",
            f"{floor.lines} lines",
            f"{bytes_a_line:.0f} bytes a line",
            f"{BYTES_A_LINE} bytes a line",
            bytes_a_line <= BYTES_A_LINE,
        ),
    ]


def judge_growth(runs: Sequence[Grown]) -> list[Row]:
    """Return how time and memory a line change from each size to the next; what one line adds counts, not the start."""
    rows = []
    for before, small, large in zip(runs, runs[1:], runs[2:], strict=False):
        for what, value in (("seconds", lambda run: run.seconds), ("KiB", lambda run: float(run.kib))):
            slope_small = (value(small) - value(before)) / (small.lines - before.lines)
            slope_large = (value(large) - value(small)) / (large.lines - small.lines)
            ratio = slope_large / slope_small if slope_small > 0 else float("inf")
            rows.append(
                Row(
                    f"growth of {what}, {small.lines} to {large.lines} lines",
                    f"{1000 * slope_large:.4g} {what} a 1,000 lines",
                    f"{1000 * slope_small:.4g} from {before.lines} to {small.lines}",
                    f"{ratio:.2f}",
                    f"{GROWTH:.2f}",
                    ratio <= GROWTH,
                )
            )
    return rows


def _ratio(case: str, seconds: float, reference: str, base: float, budget: float) -> Row:
    ratio = seconds / base
    return Row(case, f"{seconds:.2f} s", reference, f"{ratio:.2f}", f"{budget:.2f}", ratio <= budget)
