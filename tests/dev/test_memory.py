"""The peak of a process tree holds what its processes held, children of children included."""

import subprocess
import sys
from pathlib import Path

import pytest

from fastapi_lint_dev.memory import PeakMemory

HOLD = "held = b'x' * (64 * 1024 * 1024); input()"
SPAWN = "import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
HELD_KIB = 64 * 1024

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc with proportional sizes")


def peak_of(code: str) -> int:
    command = [sys.executable, "-c", code]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE) as process,
        PeakMemory(process.pid) as memory,
    ):
        assert process.stdin is not None
        while memory.kib < HELD_KIB and process.poll() is None:
            pass
        process.communicate(b"\n")
    return memory.kib


def test_memory_of_the_process_counts() -> None:
    assert HELD_KIB <= peak_of(HOLD) < 2 * HELD_KIB


def test_memory_of_a_grandchild_counts() -> None:
    assert peak_of(SPAWN.format(code=SPAWN.format(code=HOLD))) >= HELD_KIB
