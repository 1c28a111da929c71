"""FL309: the client gets a 500 where the route said 409."""

import pytest

from fastapi_lint.rules.base import ExampleKind
from fastapi_lint.rules.transactions.dependency_swallows_exception_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, titled


def _status(project: RunningProject) -> int:
    async def scenario() -> int:
        async with client(project.module("app.main").app) as http:
            return (await http.post("/users", params={"email": "nobody"})).status_code

    return project.run(scenario)


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is ExampleKind.BAD])
def test_the_answer_of_the_route_is_lost(open_project: OpenProject, title: str) -> None:
    assert _status(open_project(titled(EXAMPLES, title))) == 500


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is not ExampleKind.BAD])
def test_the_client_gets_the_answer_of_the_route(open_project: OpenProject, title: str) -> None:
    assert _status(open_project(titled(EXAMPLES, title))) == 409
