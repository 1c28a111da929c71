"""Items: what their owner does with them, and what others cannot."""

from typing import Any

import pytest
from httpx import AsyncClient


async def make_item(client: AsyncClient, title: str = "Lamp", **fields: Any) -> dict[str, Any]:
    answer = await client.post("/items", json={"title": title, **fields})
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


async def test_an_item_can_be_read_once_it_was_made(ada: AsyncClient) -> None:
    item = await make_item(ada, description="Brass")
    answer = await ada.get(f"/items/{item['id']}")
    assert answer.status_code == 200
    assert answer.json() == item
    assert item["title"] == "Lamp"
    assert item["description"] == "Brass"


async def test_a_list_holds_ones_own_items_page_by_page(ada: AsyncClient, bob: AsyncClient) -> None:
    made = [await make_item(ada, f"Item {number}") for number in range(5)]
    await make_item(bob)
    first = await ada.get("/items", params={"limit": 3})
    second = await ada.get("/items", params={"limit": 3, "offset": 3})
    assert first.json() + second.json() == made


async def test_a_change_touches_what_was_sent(ada: AsyncClient) -> None:
    item = await make_item(ada, description="Brass")
    changed = await ada.patch(f"/items/{item['id']}", json={"title": "Desk lamp"})
    assert changed.status_code == 200
    assert changed.json()["title"] == "Desk lamp"
    assert changed.json()["description"] == "Brass"


async def test_null_clears_what_may_be_empty_and_nothing_else(ada: AsyncClient) -> None:
    item = await make_item(ada, description="Brass")
    cleared = await ada.patch(f"/items/{item['id']}", json={"description": None})
    assert cleared.status_code == 200
    assert cleared.json()["description"] is None
    refused = await ada.patch(f"/items/{item['id']}", json={"title": None})
    assert refused.status_code == 422


async def test_a_deleted_item_is_gone(ada: AsyncClient) -> None:
    item = await make_item(ada)
    assert (await ada.delete(f"/items/{item['id']}")).status_code == 204
    assert (await ada.get(f"/items/{item['id']}")).status_code == 404
    assert (await ada.delete(f"/items/{item['id']}")).status_code == 404


async def test_somebody_elses_item_does_not_exist(ada: AsyncClient, bob: AsyncClient) -> None:
    path = f"/items/{(await make_item(ada))['id']}"
    assert (await bob.get(path)).status_code == 404
    assert (await bob.patch(path, json={"title": "Mine"})).status_code == 404
    assert (await bob.delete(path)).status_code == 404
    assert (await ada.get(path)).json()["title"] == "Lamp"


async def test_nobody_sees_items_without_a_token(client: AsyncClient) -> None:
    assert (await client.get("/items")).status_code == 401
    assert (await client.post("/items", json={"title": "Lamp"})).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": None},
        {"title": "x" * 256},
        {"title": "a\x00b"},
        {"title": 1},
        {"title": "Lamp", "description": "x" * 10_001},
        {"title": "Lamp", "user_id": 1},
    ],
)
async def test_what_is_not_valid_is_refused(ada: AsyncClient, body: dict[str, Any]) -> None:
    answer = await ada.post("/items", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("item_id", ["0", "-1", "2147483648", "99999999999999999999", "x"])
async def test_an_id_that_cannot_be_is_refused(ada: AsyncClient, item_id: str) -> None:
    assert (await ada.get(f"/items/{item_id}")).status_code == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=99999999999", "page=2"]
)
async def test_a_page_that_cannot_be_is_refused(ada: AsyncClient, query: str) -> None:
    assert (await ada.get(f"/items?{query}")).status_code == 422
