"""A change of a lane touches what was sent."""

from httpx import AsyncClient

from tests.features.lanes.test_lanes import make_lane


async def test_a_change_touches_what_was_sent(ada: AsyncClient) -> None:
    made = await make_lane(ada, origin="Oslo", target="Bergen")
    answer = await ada.patch(f"/lanes/{made['id']}", json={"origin": "Voss"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["origin"], answer.json()["target"]) == ("Voss", "Bergen")
