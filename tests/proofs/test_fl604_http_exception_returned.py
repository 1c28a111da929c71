"""FL604: a returned HTTPException is the body of a 200; a dependency that returns one lets everybody in."""

import httpx
import pytest

from fastapi_lint.rules.api.http_exception_returned_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import client, titled


def _user(open_project: OpenProject, title: str, number: int) -> httpx.Response:
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> httpx.Response:
        async with client(project.module("app.main").app) as http:
            return await http.get(f"/users/{number}")

    return project.run(scenario)


@pytest.mark.parametrize("title", ["a route returns the exception", "an own subclass, returned from an except"])
def test_the_client_sees_a_success(open_project: OpenProject, title: str) -> None:
    response = _user(open_project, title, 9)
    assert response.status_code == 200
    assert response.json()["status_code"] == 404


def test_the_dependency_lets_everybody_in(open_project: OpenProject) -> None:
    assert _user(open_project, "a dependency lets everybody in", 9).json() == {"id": 9}


@pytest.mark.parametrize(
    "title",
    [
        "the exception is raised",
        "a function that makes exceptions for others to raise",
        "a response with the status is a response",
        "an exception handler and a project's own result type",
    ],
)
def test_the_client_sees_the_error(open_project: OpenProject, title: str) -> None:
    assert _user(open_project, title, 9).status_code == 404
