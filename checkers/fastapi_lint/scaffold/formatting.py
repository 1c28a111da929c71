"""Formats rendered Python the way the project formats its own: with Ruff and the project's settings."""

import json
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.small_files import read_small_file

_DEFAULT_WIDTH: Final = 88


class Formatter:
    """Formats files of one project, also files that are not there yet; ``width`` is the length of its lines."""

    def __init__(self, root: Path, packages: Iterable[str]) -> None:
        """Read what the project calls its own.

        Args:
            root: the project's root.
            packages: its top-level packages; Ruff does not know the parts of them that are not on the disk.

        Raises:
            ScaffoldError: the settings of Ruff cannot be read.

        """
        self._root = root
        settings = _settings(root)
        known = [*_strings(_table(settings, "lint", "isort").get("known-first-party")), *packages]
        width = settings.get("line-length")
        self.width = width if isinstance(width, int) else _DEFAULT_WIDTH
        self._options = ["--config", f"lint.isort.known-first-party = {json.dumps(known)}"]

    def formatted(self, source: str, key: str) -> str:
        """Return the source of a file with sorted imports and the project's format.

        Raises:
            ScaffoldError: Ruff refuses, mostly for what is in the project's settings; the message is Ruff's.

        """
        ordered = self._ruff(["check", "--select", "I", "--fix", "--exit-zero", *self._options], source, key)
        return self._ruff(["format"], ordered, key)

    def _ruff(self, arguments: list[str], source: str, key: str) -> str:
        from ruff import find_ruff_bin  # type: ignore[import-untyped] # noqa: PLC0415 - it has no stubs; only this needs it

        command = [find_ruff_bin(), *arguments, "--no-cache", "--stdin-filename", str(self._root / key), "-"]
        result = subprocess.run(command, input=source.encode(), capture_output=True, check=False, cwd=self._root)  # noqa: S603 - Ruff's own binary, no shell
        if result.returncode:
            message = result.stderr.decode(errors="replace").strip().splitlines()
            raise ScaffoldError(f"{key} cannot be formatted: {message[-1] if message else 'ruff failed'}")
        return result.stdout.decode()


def _settings(root: Path) -> dict[str, Any]:
    """Return the settings of Ruff at the root, empty where there are none."""
    for name, tables in (("ruff.toml", ()), (".ruff.toml", ()), ("pyproject.toml", ("tool", "ruff"))):
        if not (root / name).exists():
            continue
        try:
            settings = tomllib.loads(read_small_file(root / name).decode("utf-8"))
        except (OSError, ValueError) as error:
            raise ScaffoldError(f"{name}: cannot be read: {error}") from None
        return _table(settings, *tables)
    return {}


def _table(settings: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        found = settings.get(name)
        settings = found if isinstance(found, dict) else {}
    return settings


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
