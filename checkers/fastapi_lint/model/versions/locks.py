"""Exact versions from lock files: ``uv.lock``, ``pylock.toml``, ``poetry.lock``, ``pdm.lock`` and ``Pipfile.lock``.

A TOML lock of a megabyte costs tomllib half a second; the tools that write locks put one key on a line, so the tables
are scanned, and only a file of another shape is parsed.
"""

import json
import re
import tomllib
from collections.abc import Iterable
from typing import Final

from fastapi_lint.model.versions.declarations import Collector, Contents, ManifestError, normalised

_PACKAGE: Final = re.compile(
    r"^\[\[packages?\]\][ \t]*\r?\n"
    r'(?:name = "(?P<name>[^"\n]+)"\r?\n)?'
    r'(?:version = "(?P<version>[^"\n]+)"\r?\n)?'
    r"(?:source = \{ (?P<source>[a-z-]+) =)?",
    re.MULTILINE,
)
_PYTHON: Final = re.compile(r'^(?:requires-python|python-versions) = "([^"\n]*)"', re.MULTILINE)
_CONFLICT: Final = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
_OWN_SOURCES: Final = frozenset({"editable", "virtual", "directory"})


def read_toml_lock(text: str) -> Contents:
    """Return the versions that a TOML lock pins."""
    found = list(_PACKAGE.finditer(text))
    if not found or not all(match["name"] for match in found) or _CONFLICT.search(text):
        return _parsed(text)
    own = {normalised(match["name"]) for match in found if match["source"] in _OWN_SOURCES}
    python = _PYTHON.search(text)
    return _contents(
        ((match["name"], match["version"]) for match in found if match["version"]), own, python[1] if python else None
    )


def read_pipfile_lock(text: str) -> Contents:
    """Return the versions that a ``Pipfile.lock`` pins."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"is not JSON: {error}") from error
    tables = [document.get(group) for group in ("default", "develop")] if isinstance(document, dict) else []
    versions = [
        (name, entry["version"].removeprefix("=="))
        for table in tables
        if isinstance(table, dict)
        for name, entry in table.items()
        if isinstance(entry, dict) and isinstance(entry.get("version"), str)
    ]
    return _contents(versions, set(), None)


def _parsed(text: str) -> Contents:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ManifestError(f"is not TOML: {error}") from error
    packages = document.get("package", document.get("packages", []))
    entries = [entry for entry in packages if isinstance(entry, dict)] if isinstance(packages, list) else []
    versions = [
        (entry["name"], entry["version"])
        for entry in entries
        if isinstance(entry.get("name"), str) and isinstance(entry.get("version"), str)
    ]
    return _contents(versions, set(), document.get("requires-python"))


def _contents(versions: Iterable[tuple[str, str]], own: set[str], python: object) -> Contents:
    locked: dict[str, tuple[str, ...]] = {}
    for name, version in versions:
        key = normalised(name)
        locked[key] = (*locked.get(key, ()), version)
    collector = Collector(own=own)
    collector.python(python)
    return collector.contents(locked)
