"""A progress bar on standard error, when work is long and somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE: Final = 0.8
"""Seconds of work before anything is shown."""


class ProgressBar:
    """Shows the step that is under way, once the work has taken a while."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._since = monotonic()
        self._bar: Progress | None = None

    def step(self, what: str, step: int, steps: int) -> None:
        """Tell which step of how many begins now."""
        if not self._shown or (self._bar is None and monotonic() - self._since < PATIENCE):
            return
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

            columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(what, total=steps)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], description=what, completed=step, total=steps)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._shown = False


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[ProgressBar]:
    """Yield a progress bar; it stays dark unless standard error is a terminal."""
    bar = ProgressBar(shown=shown and sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.close()
