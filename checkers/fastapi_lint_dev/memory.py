"""Measure the memory of a process and all its children at the worst moment, from /proc."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_INTERVAL = 0.02


class PeakMemory:
    """Watches a process tree while the block is open; afterwards ``kib`` is its peak.

    A page that several processes share counts once (proportional set size). Where /proc does not exist, it is 0.
    """

    def __init__(self, pid: int) -> None:
        self.kib = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_INTERVAL):
            self.kib = max(self.kib, sum(_proportional_kib(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found.extend(int(child) for child in children.read_text().split())
            except OSError:
                continue  # the process ended between the two looks
    return found


def _proportional_kib(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0  # it ended, or it is not ours
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
