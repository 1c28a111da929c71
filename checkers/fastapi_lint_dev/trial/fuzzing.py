"""Schemathesis, driven by the OpenAPI schema of a running server; in an environment of its own, made by uv."""

import subprocess
import tempfile
from typing import Final

from uv import find_uv_bin

from fastapi_lint_dev.trial.workspace import ToolFailedError, tool_environment

FUZZER: Final = "schemathesis==4.32.5"


def fuzz(url: str, access_token: str, seconds: int) -> str:
    """Send what the schema of the API at a URL allows and forbids, as a user; return the fuzzer's report.

    Raises:
        ToolFailedError: an answer was a server error; the message is the report, which says how to repeat it.

    """
    run = [find_uv_bin(), "tool", "run", "--from", FUZZER, "schemathesis", "run", f"{url}/openapi.json"]
    options = ["--checks", "not_a_server_error", "--max-time", str(seconds), "--suppress-health-check", "all"]
    command = [*run, *options, "--header", f"Authorization: Bearer {access_token}"]
    with tempfile.TemporaryDirectory() as directory:  # it leaves its examples where it runs
        done = subprocess.run(
            command,
            cwd=directory,
            env=tool_environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if done.returncode:
        raise ToolFailedError(done.stdout)
    return done.stdout
