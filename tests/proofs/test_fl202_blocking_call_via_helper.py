"""FL202: a blocking call two modules below an async function stops the event loop like a direct one."""

import pytest

from fastapi_lint.rules.asynchronous.blocking_call_via_helper_examples import EXAMPLES
from tests.proofs.conftest import OpenProject, Upstream
from tests.proofs.running import LoopWatch, client, titled


@pytest.mark.parametrize(
    ("title", "moves"),
    [
        ("the service's client is a class of the project that uses requests", False),
        ("a singleton of the module", False),
        ("the boundary call runs in a thread", True),
    ],
)
def test_the_loop_while_the_helper_waits(
    open_project: OpenProject, upstream: Upstream, title: str, *, moves: bool
) -> None:
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> int:
        async with LoopWatch() as upstream.watch, client(project.module("app.main").app) as http:
            return (await http.get("/search", params={"q": "x"})).status_code

    assert project.run(scenario) == 200
    assert upstream.loop_moved == [moves]
