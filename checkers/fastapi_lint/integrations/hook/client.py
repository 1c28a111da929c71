"""What runs on each edit: hands the payload to the server of this installation, started for the first of them.

Only what Python has loaded anyway is imported on this way; the analyser is, where there can be no server.
"""

import os
import sys

from fastapi_lint.integrations.hook import wire


def main() -> int:
    """Answer the payload on standard input on standard output; whatever happens, the exit code is 0."""
    try:
        sys.stdout.buffer.write(_answer(sys.stdin.buffer.read()))
        sys.stdout.buffer.flush()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - a session must not break
        _log()
    return 0


def _answer(payload: bytes) -> bytes:
    project = os.environ.get("CLAUDE_PROJECT_DIR", "")
    served = wire.ask(payload, project)
    if served is None and wire.start_server():
        served = wire.ask(payload, project)
    if served is not None:
        return served
    from fastapi_lint.integrations.hook.answers import answer  # noqa: PLC0415 - all of the analyser

    return answer(payload, project)


def _log() -> None:
    import traceback  # noqa: PLC0415 - only where something went wrong

    from fastapi_lint.integrations.hook.places import log_failure  # noqa: PLC0415

    log_failure(traceback.format_exc())
