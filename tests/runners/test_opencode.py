"""OpenCode itself, from npm, in a project that the agent was installed into, with a scripted model."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import RunCli
from tests.runners.conftest import CLEAN, NAMES, SLEEP
from tests.runners.scripted_model import Request, Say, ScriptedModel, Step, Use

VERSION: Final = "1.18.33"
LIMIT_S: Final = 900
ALONE: Final = (
    "OPENCODE_DISABLE_AUTOUPDATE",
    "OPENCODE_DISABLE_DEFAULT_PLUGINS",
    "OPENCODE_DISABLE_LSP_DOWNLOAD",
    "OPENCODE_DISABLE_MODELS_FETCH",
)
"""What keeps it from fetching what the test does not need."""
AGENT: Final = "# FastAPI expert"
"""How the body of the agent begins, which is what the subagent is told to be."""


@pytest.fixture
def opencode(from_npm: Callable[[str, str, str], str]) -> str:
    return from_npm("opencode-ai", VERSION, "opencode")


@pytest.fixture
def installed(project: Path, run_cli: RunCli) -> Path:
    """Return a project with everything that OpenCode loads."""
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True, timeout=600)
    assert run_cli("agent", "install", "--for", "opencode", cwd=project).code == 0
    return project


def work(
    opencode: str, project: Path, environment: Mapping[str, str], scripts: Mapping[str, Sequence[Step]]
) -> ScriptedModel:
    """Let a scripted model work on a project, and return it with what it was asked."""
    with ScriptedModel(scripts) as model:
        provider = {"anthropic": {"options": {"baseURL": f"{model.url}/v1", "apiKey": "none"}}}
        config = {"model": "anthropic/claude-sonnet-4-5", "autoupdate": False, "provider": provider}
        (project / "opencode.json").write_text(json.dumps(config), encoding="utf-8")
        done = subprocess.run(
            [opencode, "run", "work"],
            cwd=project,
            env={**environment, **dict.fromkeys(ALONE, "1")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    return model


def edit(path: Path, change: tuple[str, str]) -> Use:
    return Use("edit", {"filePath": str(path), "oldString": change[0], "newString": change[1]})


def added(before: Request, after: Request) -> str:
    """Return what the model reads in a request that it had not read in the one before."""
    return json.dumps(after.body["messages"][len(before.body["messages"]) :])


def test_edits_are_answered_the_skills_are_there_and_the_agent_works(
    opencode: str, installed: Path, environment: Mapping[str, str]
) -> None:
    app = installed / "app.py"
    scripts: dict[str, list[Step]] = {
        AGENT: [edit(app, NAMES), Say("finished")],
        "": [
            Use(
                "write",
                {"filePath": str(app), "content": CLEAN.replace("import asyncio", "import asyncio\nimport time")},
            ),
            edit(app, SLEEP),
            Use("task", {"description": "t", "prompt": "do it", "subagent_type": "fastapi"}),
            Say("finished"),
        ],
    }
    model = work(opencode, installed, environment, scripts)
    first, clean, sleeps, *_ = [request for request in model.asked() if "skill" in request.tools]
    assert "fastapi-lint found" not in clean.conversation
    assert "FL201 [blocking-call-in-async]" in added(clean, sleeps)
    offered = json.dumps(first.body)
    assert "FastAPI expert for async APIs" in offered
    assert all(f"{skill.name}" in offered for skill in (installed / ".agents/skills").iterdir())
    start, told = model.asked(AGENT)
    assert {"read", "edit", "write", "bash", "skill"} <= set(start.tools)
    assert "FL402 [n-plus-one-relationship]" in added(start, told)
