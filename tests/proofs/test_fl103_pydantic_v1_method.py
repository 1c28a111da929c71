"""FL103: Pydantic 2 warns that the methods of version 1 go away in version 3."""

import httpx
import pytest
from pydantic import PydanticDeprecatedSince20

from fastapi_lint.rules.pydantic.pydantic_v1_method_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, client, titled


def _send(project: RunningProject, method: str, path: str, body: object = None) -> httpx.Response:
    async def scenario() -> httpx.Response:
        async with client(project.module("app.main").app) as http:
            return await http.request(method, path, json=body)

    return project.run(scenario)


@pytest.mark.parametrize(
    ("title", "method", "path", "uses"),
    [
        ("the body of a route and its copies", "PATCH", "/users/1", {"dict", "copy"}),
        ("what a function of another module returns, a loop and an attribute", "GET", "/users", {"dict"}),
        ("what a function of another module returns, a loop and an attribute", "GET", "/users/first", {"json"}),
    ],
)
def test_a_request_uses_deprecated_methods(
    open_project: OpenProject, title: str, method: str, path: str, uses: set[str]
) -> None:
    project = open_project(titled(EXAMPLES, title))
    with pytest.warns(PydanticDeprecatedSince20) as caught:
        assert _send(project, method, path, {"name": "Ada"}).status_code == 200
    assert {str(warning.message).split("`")[1] for warning in caught} == uses


def test_the_functions_are_deprecated(open_project: OpenProject) -> None:
    service = open_project(titled(EXAMPLES, "class methods and functions")).module("app.service")
    for call in (
        lambda: service.from_row(service.Row(1, "Ada")),
        lambda: service.from_json('{"id": 1, "name": "Ada"}'),
        lambda: service.from_many([{"id": 1, "name": "Ada"}]),
        service.field_names,
    ):
        with pytest.warns(PydanticDeprecatedSince20):
            call()


def test_the_methods_of_pydantic_2_are_not_deprecated(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "the methods of Pydantic 2"))
    assert _send(project, "PATCH", "/users/1", {"name": "Ada"}).json()["data"] == {"name": "Ada"}


def test_the_same_names_elsewhere_are_not_deprecated(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "the same names on other objects"))
    assert _send(project, "POST", "/drafts", {"name": "Ada"}).json()["draft"] == {"name": "Ada"}


def test_the_models_own_methods_are_not_deprecated(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "the model has a method of its own with that name"))
    assert _send(project, "POST", "/reports", {"title": "Plan"}).json()["report"] == {"title": "Plan"}
