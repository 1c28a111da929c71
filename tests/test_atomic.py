"""Several files are written, or none is."""

import os
from pathlib import Path

import pytest

from fastapi_lint.atomic import replace_files


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_files_are_written_with_their_directories_and_keep_their_modes(tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_bytes(b"old")
    script.chmod(0o750)
    replace_files({script: b"new", tmp_path / "a/b/c.txt": b"text"})
    assert script.read_bytes() == b"new"
    assert script.stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "a/b/c.txt").read_bytes() == b"text"
    assert names(tmp_path) == ["a", "run"]


def test_nothing_is_written_when_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"old")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        replace_files({tmp_path / "kept": b"new", tmp_path / "made/x": b"x", tmp_path / "file/below": b"y"})
    assert (tmp_path / "kept").read_bytes() == b"old"
    assert names(tmp_path) == ["file", "kept"]


def test_what_was_replaced_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "first").write_bytes(b"old")
    replaced: list[str] = []

    def replace(source: Path, target: Path) -> Path:
        if target.name == "third":
            raise OSError(28, "No space left on device")
        replaced.append(target.name)
        os.replace(source, target)  # noqa: PTH105 - Path.replace is what this stands for
        return target

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space left"):
        replace_files({tmp_path / "first": b"new", tmp_path / "second": b"new", tmp_path / "third": b"new"})
    assert replaced[:2] == ["first", "second"]
    assert (tmp_path / "first").read_bytes() == b"old"
    assert names(tmp_path) == ["first"]
