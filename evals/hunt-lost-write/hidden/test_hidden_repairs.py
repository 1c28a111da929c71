"""A waiver lasts."""

from httpx import AsyncClient

from tests.features.repairs.test_repairs import make_repair


async def test_a_waived_repair_costs_nothing(ada: AsyncClient) -> None:
    made = await make_repair(ada, cost="12.50")
    assert (await ada.post(f"/repairs/{made['id']}/waiver")).status_code == 204
    assert float((await ada.get(f"/repairs/{made['id']}")).json()["cost"]) == 0
