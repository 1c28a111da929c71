"""FL606: the client gets a 500 where the code raised a 404."""

import pytest

from fastapi_lint.rules.api.broad_except_swallows_http_exception_examples import EXAMPLES
from fastapi_lint.rules.base import ExampleKind
from tests.proofs.conftest import OpenProject
from tests.proofs.running import client, titled


def _status(open_project: OpenProject, title: str, path: str = "/users/9") -> int:
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> int:
        async with client(project.module("app.main").app) as http:
            return (await http.get(path)).status_code

    return project.run(scenario)


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is ExampleKind.BAD])
def test_the_404_becomes_a_500(open_project: OpenProject, title: str) -> None:
    assert _status(open_project, title) == 500


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("the HTTPException goes on first", "/users/9"),
        ("the handler raises what it caught", "/users/9"),
        ("the handler raises what it caught", "/names/9"),
        ("the exception is raised outside of the try", "/users/9"),
        ("the handler does not catch an HTTPException", "/users/9"),
        ("the handler does not catch an HTTPException", "/names/9"),
        ("an inner try keeps it from the broad handler", "/greetings/-1"),
    ],
)
def test_the_404_stays(open_project: OpenProject, title: str, path: str) -> None:
    assert _status(open_project, title, path) == 404
