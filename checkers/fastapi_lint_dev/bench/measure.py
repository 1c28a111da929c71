"""Time programs as whole processes, the reference and the analyser alike; the best of several runs counts."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from fastapi_lint.file_kinds import FileKind
from fastapi_lint.resolution import CheckOptions, resolve
from fastapi_lint_dev.analyser import PROGRAM, has_crashed
from fastapi_lint_dev.memory import PeakMemory

_PARSE = """
import ast, sys, time
contents = [open(name, "rb").read() for name in sys.stdin.read().split("\\0") if name]
lines = sum(content.count(b"\\n") for content in contents)
started = time.perf_counter()
for content in contents:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError):
        pass
print(time.perf_counter() - started, len(contents), lines)
"""
_EDIT = "\n\ndef edited_by_the_benchmark(value: int) -> int:\n    return value + {number}\n"


class MeasurementError(Exception):
    """A program that is measured did not do its work."""


class Floor(Struct, frozen=True):
    """What one process needs to parse files with ``ast.parse``, start and reading left out."""

    seconds: float
    files: int
    lines: int


class Timings(Struct, frozen=True):
    """Seconds of whole processes, the best of several, and the memory of a cold run at its worst moment.

    ``hook`` is what an agent waits for after an edit, once the hook has answered another.
    """

    cold: float
    warm: float
    edited: float
    hook: float
    ruff: float
    peak_kib: int


def files_of(folder: Path) -> list[Path]:
    """Return the files that the analyser reads below a folder."""
    done = _run([*_analyser(), ".", "--show-files", "--isolated"], folder)
    return [folder / line for line in done.stdout.decode().splitlines() if line]


def measure_floor(files: Sequence[Path], repeat: int) -> Floor:
    """Time ``ast.parse`` over files."""
    names = "\0".join(str(path) for path in files).encode()
    best: Floor | None = None
    for _ in range(repeat):
        done = subprocess.run([sys.executable, "-c", _PARSE], input=names, capture_output=True, check=True)
        seconds, count, lines = done.stdout.split()
        floor = Floor(float(seconds), int(count), int(lines))
        best = floor if best is None or floor.seconds < best.seconds else best
    assert best is not None
    return best


def _largest_of_the_application(folder: Path) -> Path:
    """Return the largest file that is neither a test, a migration nor a script: what others import and call."""
    files = resolve((folder,), CheckOptions(isolated=True)).tree.files
    return max((file for file in files if file.kind is FileKind.APP), key=lambda file: file.size).path


def measure(folder: Path, repeat: int) -> Timings:
    """Time the analyser and Ruff on a copy of a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(folder, Path(scratch) / "project", symlinks=True))
        cache = Path(scratch) / "cache"
        command = [*_analyser(), ".", "--isolated", "--exit-zero", "--cache-dir", str(cache)]
        ruff = [_ruff(), "check", "--no-cache", "--isolated", "--exit-zero", "--quiet", "."]

        def forget() -> None:
            shutil.rmtree(cache, ignore_errors=True)

        cold = _best(repeat, copy, command, before=lambda _: forget())
        warm = _best(repeat, copy, command)
        edited_file = _largest_of_the_application(copy)
        original = edited_file.read_bytes()

        def edit(number: int) -> None:
            edited_file.write_bytes(original + _EDIT.format(number=number).encode())

        edited = _best(repeat, copy, command, before=edit)
        hook = _measure_hook(copy, edited_file, edit, repeat)
        reference = _best(repeat, copy, ruff)
        forget()
        return Timings(cold, warm, edited, hook, reference, _peak_kib(command, copy))


def measure_cold(folder: Path, repeat: int) -> tuple[float, int]:
    """Return the seconds and the peak memory in KiB of a run without a cache."""
    command = [*_analyser(), ".", "--isolated", "--exit-zero", "--no-cache"]
    return _best(repeat, folder, command), _peak_kib(command, folder)


def _best(
    repeat: int, folder: Path, command: Sequence[str], before: Callable[[int], None] = lambda _number: None
) -> float:
    seconds = []
    for number in range(repeat):
        before(number)
        started = time.perf_counter()
        _run(command, folder)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _measure_hook(folder: Path, file: Path, edit: Callable[[int], None], repeat: int) -> float:
    """Return the seconds of the hook as a whole process, after an edit of a file."""
    tool = {"tool_name": "Write", "tool_input": {"file_path": str(file)}, "tool_response": {"type": "create"}}
    payload = json.dumps({"hook_event_name": "PostToolUse", "cwd": str(folder), **tool}).encode()
    command = [sys.executable, "-c", PROGRAM, "hook"]
    seconds = []
    with tempfile.TemporaryDirectory() as place:
        environment = {**_environment(), "XDG_RUNTIME_DIR": place, "XDG_CACHE_HOME": place}
        for number in range(repeat + 1):
            edit(repeat + number)
            started = time.perf_counter()
            subprocess.run(command, input=payload, env=environment, capture_output=True, check=True)
            seconds.append(time.perf_counter() - started)
        subprocess.run([*command, "--stop"], env=environment, capture_output=True, check=True)
    return min(seconds[1:])


def _peak_kib(command: Sequence[str], folder: Path) -> int:
    with (
        subprocess.Popen(
            command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
        PeakMemory(process.pid) as memory,
    ):
        process.wait()
    return memory.kib


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)
    complaint = done.stderr.decode("utf-8", "replace").strip()
    if has_crashed(done.returncode, complaint):
        raise MeasurementError(f"{' '.join(command)}: {complaint[-500:]}")
    return done


@cache
def _environment() -> dict[str, str]:
    """Return an environment in which programs are compiled once, as installers do it: users never wait for that."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="fastapi-lint-bench-")
        atexit.register(shutil.rmtree, environment["PYTHONPYCACHEPREFIX"], ignore_errors=True)
    return environment


def _analyser() -> list[str]:
    return [sys.executable, "-c", PROGRAM, "check"]


def _ruff() -> str:
    found = shutil.which("ruff", path=sysconfig.get_path("scripts")) or shutil.which("ruff")
    if found is None:
        raise MeasurementError("ruff is not installed")
    return found
