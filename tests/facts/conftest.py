"""What the tests of the store share: files of a project on the disk."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from fastapi_lint.discovery import SourceFile, discover
from fastapi_lint.facts import extraction, store
from fastapi_lint.facts.extraction import Extracted
from fastapi_lint.roots import find_project_root

Files = tuple[SourceFile, ...]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the empty root of a project."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'project'\n")
    return root


@pytest.fixture
def cache_dir(tmp_path: Path) -> Path:
    """Return an empty directory for the cache."""
    directory = tmp_path / "cache"
    directory.mkdir()
    return directory


@pytest.fixture
def write(root: Path) -> Callable[[Mapping[str, str | bytes]], Files]:
    """Write files into the project and return all its files."""

    def write(files: Mapping[str, str | bytes]) -> Files:
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return discover(find_project_root([root])).files

    return write


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the keys of the files that this process extracts from now on."""
    keys: list[str] = []
    extract_file = extraction.extract_file

    def listed(file: SourceFile) -> Extracted:
        keys.append(file.key)
        return extract_file(file)

    monkeypatch.setattr(extraction, "extract_file", listed)
    return keys


@pytest.fixture
def always_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small projects be worth a second process."""
    monkeypatch.setattr(store, "_ALONE_FILES", 1)
    monkeypatch.setattr(store, "_ALONE_BYTES", 2)
