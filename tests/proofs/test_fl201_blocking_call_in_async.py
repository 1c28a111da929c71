"""FL201: while the call waits, the event loop stands still: the upstream server cannot see it move."""

import pytest

from fastapi_lint.rules.asynchronous.blocking_call_in_async_examples import EXAMPLES
from tests.proofs.conftest import OpenProject, Upstream
from tests.proofs.running import LoopWatch, client, titled


@pytest.mark.parametrize(
    ("title", "moves"),
    [
        ("requests in an async service", False),
        ("a sync client that the constructor keeps", False),
        ("an async client", True),
        ("the blocking call runs in a thread", True),
        ("a nested function that is given to a thread", True),
        ("def routes and def dependencies run in the thread pool", True),
    ],
)
def test_the_loop_while_a_call_waits_for_the_network(
    open_project: OpenProject, upstream: Upstream, title: str, *, moves: bool
) -> None:
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> int:
        async with LoopWatch() as upstream.watch, client(project.module("app.main").app) as http:
            return (await http.get("/rates/EUR")).status_code

    assert project.run(scenario) == 200
    assert set(upstream.loop_moved) == {moves}


def test_the_loop_while_a_url_is_opened(open_project: OpenProject, upstream: Upstream) -> None:
    project = open_project(titled(EXAMPLES, "sleeping, a subprocess and a URL in async functions"))

    async def scenario() -> int:
        async with LoopWatch() as upstream.watch, client(project.module("app.main").app) as http:
            return (await http.get("/wait", params={"url": upstream.url})).status_code

    assert project.run(scenario) == 200
    assert upstream.loop_moved == [False]
