"""Builds a linked project from sources that stand in a test."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from fastapi_lint.config import CONFIG_NAMES, Config, is_config, read_config
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.file_kinds import Directory, FileKind
from fastapi_lint.model.program import link
from fastapi_lint.model.project import Project
from fastapi_lint.model.versions import read_manifest


def build_project(root: Path, files: Mapping[str, str], settings: Config | None = None) -> Project:
    """Return the project that these files make; manifests among them are written below ``root`` and read from there.

    Without ``settings`` it goes by those that a manifest states.
    """
    facts: dict[str, ModuleFacts] = {}
    manifests: list[Path] = []
    for key, text in files.items():
        if key.endswith(".py"):
            found = extract(text.encode(), key)
            assert isinstance(found, ModuleFacts), found
            facts[key] = found
            continue
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        manifests.append(path)
    kinds = {key: _kind(key, facts.keys()) for key in facts}
    stated = (read_config(path) for path in manifests if path.name in CONFIG_NAMES and is_config(path))
    known = (settings or next(stated, Config())).knowledge
    return link(facts, kinds=kinds, manifest=read_manifest(root, manifests), settings=known)


def _kind(key: str, keys: Iterable[str]) -> FileKind:
    """Return what a file is for, as discovery says it."""
    *parents, name = key.split("/")
    directory = Directory()
    path = ""
    for parent in parents:
        directory = directory.below(parent, in_package=bool(path) and f"{path}__init__.py" in keys)
        path += f"{parent}/"
    return directory.file(name)
