"""No sample of the agent and the skills is only text: each is type-checked, run, and checked by the analyser."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint.api import CheckOptions, check_project
from tests.content.samples import Samples, hand_written, samples_of
from tests.proofs.running import RunningProject

ALL: Final = [samples_of(document) for document in hand_written()]
WITH_PYTHON: Final = [samples for samples in ALL if samples.modules]
MYPY: Final = "[mypy]\nstrict = true\nplugins = pydantic.mypy\nexplicit_package_bases = true\n"


def named(samples: list[Samples]) -> list[object]:
    return [pytest.param(item, id=item.name) for item in samples]


def run(folder: Path, *arguments: str) -> str:
    """Run Python in a folder, whose modules it finds; return what it said, and fail with that when it failed."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("samples", named(WITH_PYTHON))
def test_samples_have_types(samples: Samples, tmp_path: Path, mypy_cache: Path) -> None:
    samples.write(tmp_path)
    (tmp_path / "mypy.ini").write_text(MYPY)
    run(tmp_path, "-m", "mypy", "--config-file=mypy.ini", f"--cache-dir={mypy_cache}", ".")


def test_samples_are_formatted_and_clean_for_ruff(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('line-length = 100\nsrc = ["*"]\n')
    for samples in WITH_PYTHON:
        samples.write(tmp_path / samples.name.replace("/", "_"))
    run(tmp_path, "-m", "ruff", "format", "--check", "--diff", "--no-cache", ".")
    run(tmp_path, "-m", "ruff", "check", "--no-cache", ".")


@pytest.mark.parametrize("samples", named(WITH_PYTHON))
def test_samples_run_without_a_warning(samples: Samples, tmp_path: Path) -> None:
    with RunningProject(samples.as_example(), tmp_path) as project:
        for module in samples.modules:
            project.module(module)


@pytest.mark.parametrize("samples", named([samples for samples in ALL if samples.has_tests]))
def test_tests_in_samples_pass(samples: Samples, tmp_path: Path) -> None:
    samples.write(tmp_path)
    said = run(tmp_path, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "-p", "no:randomly")
    assert " passed" in said


@pytest.mark.parametrize("samples", named(WITH_PYTHON))
def test_the_analyser_finds_nothing_in_samples(samples: Samples, tmp_path: Path) -> None:
    samples.write(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    report = check_project([tmp_path], CheckOptions(isolated=True, use_cache=False, jobs=1))
    assert [f"{finding.location.path}: {finding.code} {finding.message}" for finding in report.findings] == []


@pytest.mark.parametrize("samples", named([samples for samples in ALL if samples.bad]))
def test_what_is_shown_as_wrong_is_reported(samples: Samples, tmp_path: Path) -> None:
    for number, (text, codes) in enumerate(samples.bad):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        (folder / "wrong.py").write_text(text)
        report = check_project([folder], CheckOptions(isolated=True, use_cache=False, jobs=1))
        assert codes, "a wrong sample names the codes that it gets"
        assert {finding.code for finding in report.findings} == set(codes)
