"""A project in its own environment, made by uv; its tools run as its README says."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from uv import find_uv_bin


class ToolFailedError(Exception):
    """A tool returned something but 0; the message is all that it said."""


class Workspace(Struct, frozen=True):
    """A project's folder."""

    root: Path

    def sync(self) -> None:
        """Lock the dependencies and install them into the project's environment."""
        self._call(find_uv_bin(), "sync", "--quiet")

    def run(self, *command: str, **environment: str) -> str:
        """Run a command of the project's environment and return what it said.

        Raises:
            ToolFailedError: it failed.

        """
        return self._call(find_uv_bin(), "run", "--no-sync", *command, **environment)

    @property
    def python(self) -> Path:
        """Return the interpreter of the project's environment."""
        return self.root / ".venv/bin/python"

    def _call(self, *command: str, **environment: str) -> str:
        result = subprocess.run(
            command,
            cwd=self.root,
            env=tool_environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ToolFailedError(f"{' '.join(command[1:])} returned {result.returncode}:\n{result.stdout}")
        return result.stdout


def tool_environment(additions: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a project's tools: without ours, and with every interpreter that pyenv has."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "DATABASE_URL", "SECRET_KEY", "TEST_DATABASE_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    versions = Path(environment.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    if versions.is_dir():  # its shims hide what PYENV_VERSION does not name
        environment["PYENV_VERSION"] = ":".join(sorted(version.name for version in versions.iterdir()))
    return environment | dict(additions)
