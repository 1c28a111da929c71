"""Codex itself, from npm, in a project that the agent was installed into, with a scripted model."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import RunCli
from tests.runners.conftest import CLEAN, NAMES, SLEEP
from tests.runners.scripted_model import Request, Say, ScriptedModel, Step, Use

VERSION: Final = "0.169.0"
LIMIT_S: Final = 600
CONFIG: Final = """\
model = "{model}"
model_provider = "scripted"
approval_policy = "never"
sandbox_mode = "danger-full-access"

[model_providers.scripted]
name = "scripted"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "SCRIPTED_KEY"

[projects."{project}"]
trust_level = "trusted"
"""


@pytest.fixture
def codex(from_npm: Callable[[str, str, str], str]) -> str:
    return from_npm("@openai/codex", VERSION, "codex")


@pytest.fixture
def installed(project: Path, run_cli: RunCli) -> Path:
    """Return a project with everything that Codex loads."""
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True, timeout=600)
    assert run_cli("agent", "install", "--for", "codex", cwd=project).code == 0
    return project


def work(
    codex: str, project: Path, environment: Mapping[str, str], steps: Sequence[Step], model_name: str = "gpt-5.5"
) -> list[Request]:
    """Let a scripted model work on a project, and return what it was asked."""
    home = Path(environment["HOME"], ".codex")
    home.mkdir()
    with ScriptedModel({"": steps}) as model:
        (home / "config.toml").write_text(
            CONFIG.format(model=model_name, url=model.url, project=project), encoding="utf-8"
        )
        done = subprocess.run(
            [codex, "exec", "--dangerously-bypass-hook-trust", "work"],
            cwd=project,
            env={**environment, "SCRIPTED_KEY": "none"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return model.asked()


def patch(name: str, change: tuple[str, str]) -> Use:
    hunk = _marked("-", change[0]) + _marked("+", change[1])
    return Use("apply_patch", f"*** Begin Patch\n*** Update File: {name}\n@@\n{hunk}*** End Patch")


def create(name: str, content: str) -> Use:
    return Use("apply_patch", f"*** Begin Patch\n*** Add File: {name}\n{_marked('+', content)}*** End Patch")


def _marked(mark: str, text: str) -> str:
    return "".join(f"{mark}{line}" for line in text.splitlines(keepends=True))


def added(before: Request, after: Request) -> str:
    """Return what the model reads in a request that it had not read in the one before."""
    return json.dumps(after.body["input"][len(before.body["input"]) :])


def test_an_edit_is_answered_with_its_findings_and_a_clean_one_with_silence(
    codex: str, installed: Path, environment: Mapping[str, str]
) -> None:
    steps: list[Step] = [
        create("app.py", CLEAN),
        patch("app.py", ("import asyncio\n", "import asyncio\nimport time\n")),
        patch("app.py", SLEEP),
        patch("app.py", NAMES),
        Say("finished"),
        Say("I leave it"),
    ]
    _, new, clean, sleeps, loads, sent_back = work(codex, installed, environment, steps)
    assert "fastapi-lint found" not in new.conversation
    assert "fastapi-lint found" not in clean.conversation
    assert "FL201 [blocking-call-in-async]" in added(clean, sleeps)
    assert "FL402 [n-plus-one-relationship]" in added(sleeps, loads)
    assert "FL201 [" not in added(sleeps, loads)
    assert "FL201 [" in added(loads, sent_back)
    assert "FL402 [" not in added(loads, sent_back)


def test_skills_and_agent_are_offered(codex: str, installed: Path, environment: Mapping[str, str]) -> None:
    # A model that Codex does not know is offered the agents by a tool, with their descriptions.
    (first,) = work(codex, installed, environment, [Say("finished")], "unknown")
    for skill in (installed / ".agents/skills").iterdir():
        assert f"{skill.name}: " in first.conversation
    assert "FastAPI expert for async APIs" in json.dumps(first.body["tools"])
