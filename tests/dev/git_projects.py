"""Small git repositories for tests of the development tools."""

import subprocess
from collections.abc import Mapping
from pathlib import Path


def initialise(folder: Path) -> Path:
    """Make an empty repository and return its folder."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def commit(folder: Path, files: Mapping[str, str]) -> str:
    """Write files, commit everything, and return the commit."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
