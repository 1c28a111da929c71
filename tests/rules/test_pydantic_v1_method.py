"""FL103 outside of the application: models are told from the answers of clients, which have a ``json`` as well."""

from pathlib import Path

import pytest

from fastapi_lint.rules.pydantic.pydantic_v1_method import PydanticV1Method
from tests.projects import build_project

HEAD = """\
from fastapi.testclient import TestClient
from shop.schemas import Order
from shop.compat import parse_obj_as as parse

client = TestClient(object())

"""
FILES = {
    "shop/schemas.py": "from pydantic import BaseModel\n\nclass Order(BaseModel):\n    id: int\n",
    "shop/compat.py": "from pydantic import parse_obj_as\n",
    "requirements.txt": "pydantic==2.12.0\n",
}


def found(tmp_path: Path, function: str) -> list[str]:
    project = build_project(tmp_path, {**FILES, "tests/test_shop.py": HEAD + function})
    return [item.message.partition(":")[0] for item in PydanticV1Method().check(project)]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("def test():\n    assert client.get('/').json() == {}\n", []),
        ("def test():\n    assert client.get('/').json() == Order(id=1).json()\n", ["`json` is Pydantic 1"]),
        (
            "def test():\n    answer = client.get('/').json()\n    Order.parse_obj(answer)\n",
            ["`parse_obj` is Pydantic 1"],
        ),
        ("def test(order: Order):\n    order.dict()\n", ["`dict` is Pydantic 1"]),
        ("def test():\n    parse(Order, client.get('/').json())\n", ["`parse_obj_as` is Pydantic 1"]),
        (
            "def test():\n    def inner():\n        return order.json()\n    order = Order(id=1)\n",
            ["`json` is Pydantic 1"],
        ),
    ],
)
def test_a_test_is_looked_at_where_it_may_ask_a_model(tmp_path: Path, function: str, expected: list[str]) -> None:
    assert found(tmp_path, function) == expected
