"""An open ticket can be changed and closed; a closed one cannot be changed."""

from httpx import AsyncClient

from tests.features.tickets.test_tickets import make_ticket


async def test_a_closed_ticket_is_kept_as_it_was(ada: AsyncClient) -> None:
    made = await make_ticket(ada, is_closed=True, subject="late")
    answer = await ada.patch(f"/tickets/{made['id']}", json={"subject": "early"})
    assert answer.status_code == 409, answer.text
    assert (await ada.get(f"/tickets/{made['id']}")).json()["subject"] == "late"


async def test_an_open_ticket_can_be_closed(ada: AsyncClient) -> None:
    made = await make_ticket(ada, is_closed=False)
    answer = await ada.patch(f"/tickets/{made['id']}", json={"is_closed": True})
    assert (answer.status_code, answer.json()["is_closed"]) == (200, True)
