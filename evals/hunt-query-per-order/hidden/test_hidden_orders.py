"""The totals are right, and their queries do not grow with the orders."""

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from tests.features.invoices.test_invoices import make_invoice
from tests.features.orders.test_orders import make_order


async def test_each_order_has_the_total_of_its_invoices(ada: AsyncClient) -> None:
    order, empty = await make_order(ada), await make_order(ada)
    for total in ("1.50", "2.25"):
        await make_invoice(ada, order_id=order["id"], total=total)
    answer = await ada.get("/orders/totals")
    assert answer.status_code == 200, answer.text
    listed = [(item["order_id"], float(item["total"])) for item in answer.json()]
    assert listed == [(order["id"], 3.75), (empty["id"], 0.0)]


async def test_queries_do_not_grow_with_orders(ada: AsyncClient, app: FastAPI) -> None:
    engine = app.state.database.engine.sync_engine
    counts = []
    for _ in range(2):
        await make_invoice(ada)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        await ada.get("/orders/totals")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]
