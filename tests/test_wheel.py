"""The wheel: it carries what agents load, where the installer and `library-skills` look for it."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint.scaffold.project.answers import Answers
from fastapi_lint.scaffold.project.rendering import render_project
from tests.conftest import write_tree

REPOSITORY: Final = Path(__file__).parents[1]
SKILLS: Final = sorted(path.name for path in (REPOSITORY / "skills").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose environment has the wheel, and nothing else."""
    root = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(root / "dist")]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True, timeout=600)
    write_tree(root, {"pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["fastapi-lint"]\n'})
    venv.create(root / ".venv", symlinks=True)
    (wheel,) = (root / "dist").iterdir()
    (site_packages,) = (root / ".venv").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)
    return root


def test_library_skills_finds_every_skill(project: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "library-skills", "install", "--all", "--yes"],
        cwd=project,
        env={**os.environ, "VIRTUAL_ENV": str(project / ".venv"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (project / ".agents/skills").iterdir()) == SKILLS
    for name in SKILLS:
        installed = project / ".agents/skills" / name / "SKILL.md"
        assert installed.read_bytes() == (REPOSITORY / "skills" / name / "SKILL.md").read_bytes()


def test_everything_that_is_installed_comes_with_the_wheel(project: Path) -> None:
    (site_packages,) = (project / ".venv").glob("lib/python*/site-packages")
    script = "\n".join(
        (
            f"import sys; sys.path.insert(0, {str(site_packages)!r})",
            "from pathlib import Path",
            "from fastapi_lint.integrations.installing.installing import plan_installation",
            "from fastapi_lint.integrations.installing.runners import Runner",
            "plan_installation(Path('target'), list(Runner), for_user=False).carry_out()",
            "import fastapi_lint; print(fastapi_lint.__file__)",
        )
    )
    (project / "target").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.stdout == f"{site_packages / 'fastapi_lint/__init__.py'}\n", done.stderr
    assert (project / "target/.claude/agents/fastapi.md").read_bytes() == (
        REPOSITORY / "agents/fastapi.md"
    ).read_bytes()
    assert (project / "target/.opencode/plugins/fastapi-lint.js").is_file()


def test_a_project_is_rendered_from_the_wheel(project: Path) -> None:
    (site_packages,) = (project / ".venv").glob("lib/python*/site-packages")
    script = "\n".join(
        (
            f"import sys; sys.path.insert(0, {str(site_packages)!r})",
            "import fastapi_lint; print(fastapi_lint.__file__)",
            "from fastapi_lint import cli",
            "raise SystemExit(cli.run(['new', 'shop', '--defaults']))",
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{site_packages / 'fastapi_lint/__init__.py'}\n")
    rendered = render_project(Answers("shop"))
    assert {path: (project / "shop" / path).read_bytes() for path in rendered} == rendered
