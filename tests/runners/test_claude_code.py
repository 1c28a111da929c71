"""Claude Code itself, as a wheel bundles it, with the plugin that this repository is and a scripted model."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import claude_agent_sdk
import pytest

from tests.runners.conftest import CLEAN, DEFECTIVE, NAMES, REPOSITORY, SLEEP
from tests.runners.scripted_model import Request, Say, ScriptedModel, Step, Use

RUNNER: Final = Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"
AGENT: Final = "# FastAPI expert"
"""How the body of the agent begins, which is what the subagent is told to be."""
HOOK_CONTEXT: Final = "PostToolUse:{} hook additional context: fastapi-lint found"
LIMIT_S: Final = 600
BLOCKS: Final = "FL201 [blocking-call-in-async]"
LOADS_EACH: Final = "FL402 [n-plus-one-relationship]"
_MODE: Final = (
    "--permission-mode=acceptEdits",
    "--include-hook-events",
    "--output-format=stream-json",
    "--verbose",
)

pytestmark = pytest.mark.skipif(not RUNNER.is_file(), reason="claude-agent-sdk bundles no runner for this platform")


def run(
    project: Path, environment: Mapping[str, str], scripts: Mapping[str, Sequence[Step]], *options: str
) -> tuple[ScriptedModel, list[dict[str, Any]]]:
    """Let a scripted model work on a project, and return what it was asked and what the runner reported."""
    with ScriptedModel(scripts) as model:
        done = subprocess.run(
            [str(RUNNER), "-p", "work", *_MODE, *options],
            cwd=project,
            env={
                **environment,
                "ANTHROPIC_BASE_URL": model.url,
                "ANTHROPIC_API_KEY": "the-scripted-model-asks-for-none",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, (done.stdout[-3000:], done.stderr[-3000:])
    return model, [json.loads(line) for line in done.stdout.splitlines()]


def with_plugin(
    project: Path, environment: Mapping[str, str], scripts: Mapping[str, Sequence[Step]]
) -> Sequence[Request]:
    """Let the model work with this repository as a plugin, and return what its main speaker was asked."""
    model, _ = run(project, environment, scripts, "--plugin-dir", str(REPOSITORY))
    return model.asked()


def write(path: Path, content: str) -> Use:
    return Use("Write", {"file_path": str(path), "content": content})


def edit(path: Path, change: tuple[str, str]) -> Use:
    return Use("Edit", {"file_path": str(path), "old_string": change[0], "new_string": change[1], "replace_all": False})


def added(before: Request, after: Request) -> str:
    """Return what the model reads in a request that it had not read in the one before."""
    known = len(before.body["messages"])
    return json.dumps(after.body["messages"][known:])


def test_an_edit_is_answered_with_its_findings_and_a_clean_one_with_silence(
    project: Path, environment: Mapping[str, str]
) -> None:
    app = project / "app.py"
    first, clean, sleeps, loads, sent_back = with_plugin(
        project,
        environment,
        {
            "": [
                write(app, CLEAN),
                edit(app, ("import asyncio\n", "import asyncio\nimport time\n")),
                edit(app, SLEEP),
                edit(app, NAMES),
                Say("finished"),
            ]
        },
    )[:5]
    assert HOOK_CONTEXT.format("Write") not in clean.conversation
    assert "fastapi-lint found" not in sleeps.conversation
    assert HOOK_CONTEXT.format("Edit") in loads.conversation
    assert BLOCKS in added(sleeps, loads)
    assert LOADS_EACH not in loads.conversation
    assert LOADS_EACH in added(loads, sent_back)
    assert BLOCKS not in added(loads, sent_back)
    assert first.speaker == ""


def test_a_turn_that_ends_with_errors_is_sent_back_once(project: Path, environment: Mapping[str, str]) -> None:
    script: list[Step] = [write(project / "app.py", DEFECTIVE), Say("finished"), Say("I leave it")]
    _, told, sent_back = with_plugin(project, environment, {"": script})
    assert BLOCKS in told.conversation
    assert LOADS_EACH in told.conversation
    assert "Stop hook feedback:" in added(told, sent_back)
    assert BLOCKS in added(told, sent_back)
    assert LOADS_EACH not in added(told, sent_back)


def test_the_agent_has_its_tools_and_skills_and_is_told_what_it_writes(
    project: Path, environment: Mapping[str, str]
) -> None:
    app = project / "app.py"
    task = {"description": "t", "prompt": "do it", "subagent_type": "fastapi-lint:fastapi", "run_in_background": False}
    scripts: dict[str, list[Step]] = {
        AGENT: [Use("Skill", {"skill": "fastapi-lint:fastapi-lint-review"}), write(app, DEFECTIVE), Say("finished")],
        "": [Use("Agent", task), Say("done")],
    }
    model, _ = run(project, environment, scripts, "--plugin-dir", str(REPOSITORY))
    start, with_skill, told = model.asked(AGENT)[:3]
    assert {"Read", "Bash", "Edit", "Write", "Skill"} <= set(start.tools)
    assert "Review and repair" in added(start, with_skill)
    assert BLOCKS in added(with_skill, told)
    assert LOADS_EACH in added(with_skill, told)


def test_the_runner_knows_every_part_of_the_plugin(project: Path, environment: Mapping[str, str]) -> None:
    for command in (
        ["validate", "--strict", "."],
        ["marketplace", "add", str(REPOSITORY)],
        ["install", "fastapi-lint@fastapi-lint"],
    ):
        done = subprocess.run(
            [str(RUNNER), "plugin", *command],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    _, events = run(project, environment, {"": [Say("done")]})
    start = next(event for event in events if event.get("subtype") == "init")
    assert "fastapi-lint:fastapi" in start["agents"]
    skills = {f"fastapi-lint:{path.name}" for path in (REPOSITORY / "skills").iterdir() if path.is_dir()}
    assert skills <= set(start["skills"])
    assert "fastapi-lint" in {plugin["name"] for plugin in start["plugins"]}
    hooks = {event["hook_name"] for event in events if event.get("subtype") == "hook_started"}
    assert "Stop" in hooks
