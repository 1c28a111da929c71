"""Known defects are replayed with the real analyser on real commits."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastapi_lint_dev.cases.command import cases
from tests.dev.git_projects import commit, initialise

DEFECT = """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
"""
FIXED = DEFECT.replace('["*"]', '["https://example.org"]')
HEADER = "id\trepo\tfix_commit\tparent_commit\tpath\tline\tend_line\tcategory\tdepth\tnote\texpect\n"


class Replay:
    """A mirror with one project, and a table of cases about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = initialise(folder / "work")
        self.table = folder / "cases.tsv"
        self.table.write_text(HEADER)
        (folder / "mirrors" / "shop").mkdir(parents=True)
        (folder / "mirrors" / "shop" / "repo").symlink_to(self.work / ".git")

    def add(self, case_id: str, before: str, after: str, expect: str = "finding") -> None:
        """Add a case: the same file before and after a fix."""
        manifest = {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.128"]\n'}
        parent = commit(self.work, manifest | {"main.py": before, "case.txt": f"{case_id} before"})
        fix = commit(self.work, {"main.py": after, "case.txt": f"{case_id} after"})
        row = (case_id, "o/shop", fix, parent, "main.py", "5", "5", "other:cors_wildcard_credentials", "", "", expect)
        with self.table.open("a") as table:
            table.write("\t".join(row) + "\n")

    def run(self, *options: str) -> Result:
        """Replay the table."""
        places = ["--cases", self.table, "--mirrors", self.folder / "mirrors", "--cache", self.folder / "cache"]
        return CliRunner().invoke(cases, [*map(str, places), *options], catch_exceptions=False)


@pytest.fixture
def replay(tmp_path: Path) -> Replay:
    return Replay(tmp_path)


def test_a_defect_that_a_fix_removes_is_found(replay: Replay) -> None:
    replay.add("C1", DEFECT, FIXED)
    assert "1 of 1 found, 1 of those gone at the fix" in replay.run().output


def test_a_defect_that_the_fix_leaves_stays(replay: Replay) -> None:
    replay.add("C1", DEFECT, f"{DEFECT}\nother = 1\n")
    output = replay.run().output
    assert "stays" in output
    assert "1 of 1 found, 0 of those gone at the fix" in output


def test_what_is_not_reported_is_missed(replay: Replay) -> None:
    replay.add("C1", FIXED, FIXED)
    assert "missed" in replay.run().output


@pytest.mark.parametrize(
    ("source", "outcome"), [(FIXED, "rightly silent"), (DEFECT, "wrongly reported")], ids=["silent", "not silent"]
)
def test_a_case_that_expects_silence_is_right_when_nothing_is_said(replay: Replay, source: str, outcome: str) -> None:
    replay.add("C1", source, FIXED, expect="silence")
    assert outcome in replay.run().output


def test_written_tables_hold_the_verdict_and_keep_other_cases(replay: Replay) -> None:
    replay.add("C1", DEFECT, FIXED)
    replay.add("C2", FIXED, FIXED)
    replay.run("--write")
    replay.run("--write", "--only", "C2", "--rematch")
    table = (replay.folder / "cases-result.tsv").read_text().splitlines()
    assert [line.split("\t")[:5] for line in table[1:]] == [
        ["C1", "other:cors_wildcard_credentials", "found", "line", "FL802"],
        ["C2", "other:cors_wildcard_credentials", "missed", "", ""],
    ]
    assert "**1 of 2 found, 1 of those gone at the fix.**" in (replay.folder / "CASES.md").read_text()


def test_a_case_is_shown_with_its_source_and_what_was_found(replay: Replay) -> None:
    replay.add("C1", DEFECT, FIXED)
    output = replay.run("--show").output
    assert ">     5 app.add_middleware" in output
    assert "-- line: FL802 cors-wildcard-with-credentials" in output


def test_an_unknown_case_is_an_error(replay: Replay) -> None:
    result = replay.run("--only", "C9")
    assert (result.exit_code, "no case C9" in result.output) == (2, True)


def test_a_missing_repository_fails_its_case_only(replay: Replay) -> None:
    replay.add("C1", DEFECT, FIXED)
    replay.add("C2", DEFECT, FIXED)
    replay.table.write_text(replay.table.read_text().replace("C1\to/shop", "C1\to/gone"))
    output = replay.run().output
    assert "no bare repository of o/gone" in output
    assert "1 of 2 found" in output
