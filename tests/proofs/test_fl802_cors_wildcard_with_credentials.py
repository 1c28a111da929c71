"""FL802: any site that a visitor opens may read what the API answers with the visitor's cookies."""

import pytest

from fastapi_lint.rules.base import ExampleKind
from fastapi_lint.rules.security.cors_wildcard_with_credentials_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import client, titled

ATTACKER = "https://attacker.example"


def _attacker_may_read(open_project: OpenProject, title: str) -> bool:
    """Tell whether a browser would give the answer to the attacker's page."""
    project = open_project(titled(EXAMPLES, title))

    async def scenario() -> bool:
        async with client(project.module("app.main").app) as http:
            answer = await http.get("/me", headers={"Origin": ATTACKER, "Cookie": "session=ada"})
        allowed = [answer.headers.get(f"access-control-allow-{what}") for what in ("origin", "credentials")]
        return allowed == [ATTACKER, "true"]

    return project.run(scenario)


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is ExampleKind.BAD])
def test_the_attacker_may_read(open_project: OpenProject, title: str) -> None:
    assert _attacker_may_read(open_project, title)


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is not ExampleKind.BAD])
def test_the_attacker_may_not_read(open_project: OpenProject, title: str) -> None:
    assert not _attacker_may_read(open_project, title)
