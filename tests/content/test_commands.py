"""The commands in the agent and the skills run as they stand, each document's in a project that it fits."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from alembic.config import Config

from fastapi_lint.integrations.agent_files.document import read_document
from fastapi_lint_dev.places import ROOT
from tests.content.samples import samples_of

BUILD: Final = "skills/fastapi-lint-build/SKILL.md"
FINDINGS: Final = 1


def example(folder: Path) -> Path:
    """Copy the example of the README."""
    return Path(shutil.copytree(ROOT / "tests" / "example", folder / "example"))


def own(document: str) -> Callable[[Path], Path]:
    """Return a function that writes the project of a document's samples."""
    return lambda folder: samples_of(read_document(ROOT / document)).write(folder)


def with_migrations(folder: Path) -> Path:
    """Write the project of the samples about Alembic, with the template of migrations that ``alembic init`` writes."""
    own("skills/fastapi-lint-database/references/alembic.md")(folder)
    (folder / "alembic" / "versions").mkdir()
    templates = Path(Config().get_template_directory())
    shutil.copy(templates / "pyproject_async" / "script.py.mako", folder / "alembic")
    return folder


def with_tests(folder: Path) -> Path:
    """Write a project that has types and tests."""
    own("skills/fastapi-lint-debug/references/proofs.md")(folder)
    (folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nasyncio_mode = "auto"\nasyncio_default_fixture_loop_scope = "function"\n'
        "[tool.ruff]\nline-length = 100\n[tool.mypy]\nstrict = true\nexplicit_package_bases = true\n"
    )
    return folder


PROJECTS: Final[Mapping[str, Callable[[Path], Path]]] = {
    "agents/fastapi.md": with_tests,
    "skills/fastapi-lint-database/references/alembic.md": with_migrations,
    "skills/fastapi-lint-debug/SKILL.md": example,
    "skills/fastapi-lint-pydantic-v2/SKILL.md": example,
    "skills/fastapi-lint-review/SKILL.md": example,
}


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command with the programs of this environment; ``uv run`` is what makes them those of a project."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(folder),
        "DATABASE_URL": "sqlite+aiosqlite:///commands.db",
    }
    program = shlex.split(command.removeprefix("uv run "))
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, f"$ {command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("document", PROJECTS)
def test_commands_run(document: str, tmp_path: Path) -> None:
    folder = PROJECTS[document](tmp_path)
    for command in samples_of(read_document(ROOT / document)).commands:
        code, said = run(command, folder)
        linting = command.removeprefix("uv run ").startswith("fastapi-lint")
        assert code in ({0, FINDINGS} if linting else {0}), said


def test_no_other_document_has_commands_but_the_one_that_makes_projects() -> None:
    documents = [*(ROOT / "agents").glob("*.md"), *(ROOT / "skills").rglob("*.md")]
    having = {path.relative_to(ROOT).as_posix() for path in documents if samples_of(read_document(path)).commands}
    assert having == {*PROJECTS, BUILD}


def test_a_project_and_a_feature_are_made_and_their_loop_is_the_one_of_the_template(tmp_path: Path) -> None:
    """The trials of the template run that loop, in an environment of its own."""
    new, *others = samples_of(read_document(ROOT / BUILD)).commands
    code, said = run(new, tmp_path)
    assert code == 0, said
    shop = tmp_path / "shop"
    readme = (shop / "README.md").read_text()
    for command in others:
        if command.startswith("uv run"):
            assert command in readme
        else:
            code, said = run(command, shop)
            assert code == 0, said
    assert (shop / "src" / "app" / "features" / "invoices" / "api.py").is_file()
