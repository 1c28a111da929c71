"""A run that proves nothing says so."""

import pytest

from fastapi_lint_dev.analyser import JsonFinding, Place, Run

FINDING = JsonFinding("FL001", "unreadable-file", "error", "exact", "broken", "a.py", Place(1, 1))
TRACEBACK = "Traceback (most recent call last):\n  File x\nValueError: no\n"


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        (Run(0, (), "", 1.0, 1), ""),
        (Run(1, (FINDING,), "progress", 1.0, 1), ""),
        (Run(2, (FINDING,), "", 1.0, 1), ""),
        (Run(2, (), "error: no such\nfile", 1.0, 1), "exit code 2: error: no such file"),
        (Run(1, (), TRACEBACK, 1.0, 1), "crashed: ValueError: no"),
        (Run(-9, (), "", 1.0, 1), "crashed: exit code -9"),
    ],
    ids=["clean", "findings", "some files unreadable", "nothing analysed", "a traceback", "killed"],
)
def test_a_run_names_its_problem(run: Run, problem: str) -> None:
    assert run.problem == problem
