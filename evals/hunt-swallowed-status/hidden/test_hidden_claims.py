"""Clients see why they do not get a claim."""

from httpx import AsyncClient

from tests.features.claims.test_claims import make_claim


async def test_a_missing_claim_is_not_found(ada: AsyncClient) -> None:
    assert (await ada.get("/claims/4711")).status_code == 404


async def test_a_claim_that_was_booked_back_is_a_conflict(ada: AsyncClient) -> None:
    made = await make_claim(ada, amount="-1.00")
    assert (await ada.get(f"/claims/{made['id']}")).status_code == 409
