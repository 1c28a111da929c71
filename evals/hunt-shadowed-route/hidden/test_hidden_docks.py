"""The list of open docks is where the clients look for it."""

from httpx import AsyncClient

from tests.features.docks.test_docks import make_dock


async def test_open_docks_are_listed(ada: AsyncClient) -> None:
    opened = await make_dock(ada, is_open=True)
    await make_dock(ada, is_open=False)
    answer = await ada.get("/docks/open")
    assert answer.status_code == 200, answer.text
    assert [dock["id"] for dock in answer.json()] == [opened["id"]]
