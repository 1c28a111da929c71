"""Changes are shown as a diff that tools take, or written as a whole, and never outside the project."""

import shutil
import subprocess
from pathlib import Path

import pytest

from fastapi_lint.scaffold.changes import Change, as_diff, effective, read_text, write
from fastapi_lint.scaffold.failure import ScaffoldError

CHANGES = (
    Change("kept.py", "same\n", "same\n"),
    Change("new/empty.py", None, ""),
    Change("new/file.py", None, "one\ntwo\n"),
    Change("old.py", "a\nb\nc", "a\nB\nc"),
)


def test_git_takes_the_diff_and_gets_what_is_written(tmp_path: Path) -> None:
    written, applied = tmp_path / "written", tmp_path / "applied"
    for root in (written, applied):
        root.mkdir()
        (root / "kept.py").write_text("same\n")
        (root / "old.py").write_text("a\nb\nc")
    changes = effective(CHANGES)
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "init", "--quiet"], cwd=applied, check=True)
    subprocess.run([git, "apply", "-"], cwd=applied, input=as_diff(changes), text=True, check=True)
    write(written, changes)
    for name in ("kept.py", "new/empty.py", "new/file.py", "old.py"):
        assert (written / name).read_bytes() == (applied / name).read_bytes()


def test_what_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "new").symlink_to(outside)
    with pytest.raises(ScaffoldError, match=r"new/empty\.py: leads out of the project"):
        write(root, effective(CHANGES))
    assert not list(outside.iterdir())


def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")
    with pytest.raises(ScaffoldError, match=r"cannot be written: .*; nothing was changed"):
        write(tmp_path, effective(CHANGES))
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ScaffoldError, match=r"latin\.py: not UTF-8"):
        read_text(tmp_path, "latin.py")
    with pytest.raises(ScaffoldError, match="cannot be read"):
        read_text(tmp_path, ".")
    assert read_text(tmp_path, "none.py") is None
