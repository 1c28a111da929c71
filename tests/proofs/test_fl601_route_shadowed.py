"""FL601: an earlier path operation answers: with a 422, or with the wrong thing."""

import httpx
import pytest

from fastapi_lint.rules.api.route_shadowed_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import titled


def _request(open_project: OpenProject, title: str, path: str, method: str = "GET") -> httpx.Response:
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(app=project.module("app.main").app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.request(method, path)

    return project.run(scenario)


def test_me_is_not_a_number(open_project: OpenProject) -> None:
    assert _request(open_project, "me after the identifier", "/users/me").status_code == 422


@pytest.mark.parametrize(
    ("title", "path", "answer"),
    [
        ("a router that is included too late", "/items/stats", {"item": "stats"}),
        ("a router class of the project", "/v1/messages/batches", {"message": "batches"}),
        ("two parameters of different names, and a catch-all", "/teams/red", {"id": "red"}),
        ("two parameters of different names, and a catch-all", "/pages/archive/2026", {"page": "archive/2026"}),
    ],
)
def test_the_earlier_operation_answers(open_project: OpenProject, title: str, path: str, answer: object) -> None:
    assert _request(open_project, title, path).json() == answer


@pytest.mark.parametrize(
    ("title", "method", "path", "answer"),
    [
        ("the fixed path comes first", "GET", "/users/me", {"name": "Ada"}),
        ("another method", "POST", "/users/me", {"name": "Ada"}),
        ("another number of segments", "GET", "/users/me/posts", ["Hello"]),
        ("another number of segments", "GET", "/users", ["Ada"]),
        ("the converter of the path does not match", "GET", "/users/me", {"name": "Ada"}),
        ("the converter of the path does not match", "GET", "/files/readme", {"text": "readme"}),
        ("the parameter is bound to other prefixes", "GET", "/reports/latest", {"report": "latest"}),
        ("the routers are included in the right order", "GET", "/api/items/stats", {"items": 0}),
    ],
)
def test_the_operation_is_reached(
    open_project: OpenProject, title: str, method: str, path: str, answer: object
) -> None:
    assert _request(open_project, title, path, method).json() == answer
