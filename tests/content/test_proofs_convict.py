"""The proofs of the debug skill fail on the defects that they are for: each defect is put into their application."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint.integrations.agent_files.document import read_document
from fastapi_lint_dev.places import ROOT
from tests.content.samples import samples_of

PROOFS: Final = ROOT / "skills" / "fastapi-lint-debug" / "references" / "proofs.md"
APPLICATION: Final = "app/main.py"
OPEN: Final = """\
    async with AsyncSession(engine_of(request.app), expire_on_commit=False) as session:
        yield session
        await session.commit()
"""
LEFT_OPEN: Final = """\
    session = request.app.state.kept = AsyncSession(engine_of(request.app), expire_on_commit=False)
    yield session
"""
FAILED_TESTS: Final = 1


@pytest.mark.parametrize(
    ("right", "wrong", "convicted_by"),
    [
        (', scope="function"', "", "test_a_commit_that_fails_is_an_error_for_the_client"),
        (".options(selectinload(Author.posts))", "", "test_the_number_of_statements_does_not_grow_with_rows"),
        ("        await session.commit()\n", "", "test_a_write_can_be_read_after_its_201"),
        (OPEN, LEFT_OPEN, "test_no_connection_is_left_checked_out"),
        ("def report()", "async def report()", "test_the_event_loop_goes_on_during_a_report"),
    ],
)
def test_a_proof_fails_on_its_defect(tmp_path: Path, right: str, wrong: str, convicted_by: str) -> None:
    folder = samples_of(read_document(PROOFS)).write(tmp_path)
    application = folder / APPLICATION
    text = application.read_text(encoding="utf-8")
    assert right in text
    application.write_text(text.replace(right, wrong), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:randomly", "-k", convicted_by],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == FAILED_TESTS, done.stdout + done.stderr
    assert f"FAILED tests/test_proofs.py::{convicted_by}" in done.stdout
