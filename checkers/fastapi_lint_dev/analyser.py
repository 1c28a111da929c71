"""Run the analyser as its users do: a process of its own that prints JSON. Records time and memory.

A process cannot take the caller down with it, and its memory is its own: that is what corpus and benchmark need.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from fastapi_lint_dev.memory import PeakMemory

PROGRAM = "from fastapi_lint.cli import main; main()"
CLEAN, FOUND, INCOMPLETE = 0, 1, 2
CRASHES = ("Traceback (most recent call last)", "internal error:")
"""What is printed, among other things, when the analyser fails itself."""
_FAILURE = "error:"


class Place(Struct, frozen=True):
    """Where something begins; both count from 1."""

    row: int
    column: int


class EvidenceStep(Struct, frozen=True):
    """One step of a finding's evidence; the file name is relative to the folder of the run."""

    filename: str
    location: Place
    message: str


class JsonFinding(Struct, frozen=True):
    """A finding as ``--output-format json`` prints it, as far as the tools of this package read it."""

    code: str
    name: str
    severity: str
    confidence: str
    message: str
    filename: str
    location: Place
    evidence: tuple[EvidenceStep, ...] = ()
    help: str | None = None

    @property
    def anchor(self) -> EvidenceStep:
        """Return where the finding is reported, in the form of a step."""
        return EvidenceStep(self.filename, self.location, self.message)

    @property
    def steps(self) -> tuple[EvidenceStep, ...]:
        """Return the anchor and the evidence behind it."""
        return (self.anchor, *self.evidence)


class Run(Struct, frozen=True):
    """What one process did; ``peak_kib`` is the memory of it and of all its children at the worst moment."""

    exit_code: int
    findings: tuple[JsonFinding, ...]
    complaint: str
    seconds: float
    peak_kib: int

    @property
    def crashed(self) -> bool:
        """Return whether the process ended in a way that no user should see."""
        return has_crashed(self.exit_code, self.complaint)

    @property
    def errors(self) -> tuple[str, ...]:
        """Return what could not be done, a line each: rules that failed, files that could not be read."""
        return tuple(line for line in self.complaint.splitlines() if line.startswith(_FAILURE))

    @property
    def problem(self) -> str:
        """Return why the run proves nothing, or an empty text."""
        if self.crashed:
            lines = self.complaint.strip().splitlines()
            return f"crashed: {lines[-1] if lines else f'exit code {self.exit_code}'}"
        if self.exit_code == INCOMPLETE and not self.findings:
            return f"exit code 2: {' '.join(self.complaint.split())[:300]}"
        return ""


def has_crashed(exit_code: int, complaint: str) -> bool:
    """Return whether a process that ended like this ended in a way that no user should see."""
    return exit_code not in {CLEAN, FOUND, INCOMPLETE} or any(sign in complaint for sign in CRASHES)


def analyse(folder: Path, arguments: Sequence[str], *, timeout: float = 900) -> Run:
    """Run the analyser in ``folder`` and return what it found.

    Raises:
        subprocess.TimeoutExpired: it did not end within ``timeout`` seconds.

    """
    command = [sys.executable, "-c", PROGRAM, *arguments, "--output-format", "json"]
    started = time.perf_counter()
    with (
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        PeakMemory(process.pid) as memory,
    ):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        seconds = time.perf_counter() - started
    findings: tuple[JsonFinding, ...] = ()
    complaint = err.decode("utf-8", "replace")
    if out.strip():
        try:
            findings = msgspec.json.decode(out, type=tuple[JsonFinding, ...])
        except msgspec.MsgspecError as error:
            complaint = f"{complaint}\nTraceback (most recent call last): output is no JSON array of findings: {error}"
    return Run(process.returncode, findings, complaint, seconds, memory.kib)
