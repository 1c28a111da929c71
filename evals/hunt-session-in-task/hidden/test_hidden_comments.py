"""A comment opens its ticket again."""

from httpx import AsyncClient

from tests.features.comments.test_comments import make_comment
from tests.features.tickets.test_tickets import make_ticket


async def test_a_comment_opens_its_ticket_again(ada: AsyncClient) -> None:
    ticket = await make_ticket(ada, is_closed=True)
    await make_comment(ada, ticket_id=ticket["id"])
    assert (await ada.get(f"/tickets/{ticket['id']}")).json()["is_closed"] is False
