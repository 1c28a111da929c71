"""What is an object of a library's class whatever happens, read from names alone."""

from pathlib import Path

import pytest

from fastapi_lint.facts.expressions import Attribute, Expr
from fastapi_lint.model.library_types import LibraryTypes
from tests.projects import build_project

HEAD = """\
import httpx
from fastapi.testclient import TestClient
from httpx import AsyncClient, Response
from shop.models import Order
from shop.main import app

client = TestClient(app)
again = again.get()
"""


def asked(tmp_path: Path, function: str) -> str | None:
    """Return the class of what ``.json`` is asked of in a function."""
    files = {"shop/models.py": "class Order: ...\n", "tests/test_shop.py": HEAD + function}
    project = build_project(tmp_path, files)
    types = LibraryTypes(project.modules["tests/test_shop.py"].functions["test"])
    asked: list[Expr] = [
        item.value for item in types.expressions if isinstance(item, Attribute) and item.attr == "json"
    ]
    return types.of(asked[0])


@pytest.mark.parametrize(
    "function",
    [
        "def test():\n    assert client.get('/').json() == {}",
        "def test():\n    answer = client.get('/')\n    answer = client.post(answer.text)\n    answer.json()",
        "def test():\n    httpx.get('/').json()",
        "def test(given: Response):\n    given.json()",
        "async def test(asking: AsyncClient):\n    answer = await asking.get('/')\n    return [answer.json()]",
        "def test():\n    mine = httpx.Client()\n    mine.get('/').json()",
        "def test():\n    if (answer := client.get('/')):\n        answer.json()",
    ],
)
def test_an_answer_of_a_client_is_known_by_its_class(tmp_path: Path, function: str) -> None:
    assert asked(tmp_path, function) == "httpx.Response"


@pytest.mark.parametrize(
    "function",
    [
        "def test(given):\n    given.json()",
        "def test(given: Order):\n    given.json()",
        "def test(client):\n    client.get('/').json()",
        "def test(httpx):\n    httpx.get('/').json()",
        "def test():\n    answer = client.get('/')\n    answer = Order()\n    answer.json()",
        "def test(answer: Order):\n    answer = client.get('/')\n    answer.json()",
        "def test():\n    answer = client.get('/')\n    for answer in orders(): answer.json()",
        "def test():\n    answer = client.get('/')\n    with open_order() as answer: answer.json()",
        "def test():\n    answer = client.get('/')\n    return [answer.json() for answer in orders()]",
        "def test():\n    answer = client.get('/')\n    return lambda answer: answer.json()",
        "def test():\n    global client\n    client.get('/').json()",
        "def test():\n    global answer\n    answer = client.get('/')\n    answer.json()",
        "def test():\n    Order().json()",
        "def test():\n    client.get('/').json().json()",
        "def test():\n    client.app.json()",
        "def test():\n    again.json()",
        "def test():\n    answer = answer.get()\n    answer.json()",
    ],
)
def test_what_may_be_something_else_is_not_known(tmp_path: Path, function: str) -> None:
    assert asked(tmp_path, function) is None
