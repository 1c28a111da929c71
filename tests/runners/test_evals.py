"""The runner's own harness loads every eval case."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint_dev.evals.cases import all_cases
from tests.runners.conftest import REPOSITORY
from tests.runners.scripted_model import Say, ScriptedModel
from tests.runners.test_claude_code import LIMIT_S, RUNNER

OPTIONS: Final = shlex.split("--trust-plugin --ablation none --runs 1 --no-publish --allow-tools Bash Write Edit")
PLUGIN: Final = (".claude-plugin", "agents", "evals", "hooks", "skills")

pytestmark = pytest.mark.skipif(not RUNNER.is_file(), reason="claude-agent-sdk bundles no runner for this platform")


def test_the_runner_loads_every_case(tmp_path: Path, environment: Mapping[str, str]) -> None:
    """A copy is loaded, since the results are written beside the cases."""
    for name in PLUGIN:
        shutil.copytree(REPOSITORY / name, tmp_path / "plugin" / name)
    results = tmp_path / "results.json"
    with ScriptedModel({"": [Say("done")] * (2 * len(all_cases()))}) as model:
        done = subprocess.run(
            [str(RUNNER), "plugin", "eval", "plugin", *OPTIONS, "--json", str(results)],
            cwd=tmp_path,
            env={
                **environment,
                "ANTHROPIC_BASE_URL": model.url,
                "ANTHROPIC_API_KEY": "the-scripted-model-asks-for-none",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert results.is_file(), done.stdout + done.stderr
    loaded = json.loads(results.read_text(encoding="utf-8"))["cases"]
    assert [case["name"] for case in loaded] == [case.name for case in all_cases()]
    assert all(case["promptMarkdown"].strip() and case["timeoutSeconds"] == 1200 for case in loaded)
    assert "cannot pass" not in done.stderr
