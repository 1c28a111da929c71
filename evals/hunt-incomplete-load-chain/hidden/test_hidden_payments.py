"""The list has the invoice of each payment, and its queries do not grow with its rows."""

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from tests.features.payments.test_payments import make_payment


async def test_the_list_has_the_invoices(ada: AsyncClient) -> None:
    made = [await make_payment(ada) for _ in range(3)]
    answer = await ada.get("/payments")
    assert answer.status_code == 200, answer.text
    listed = [(payment["id"], payment["invoice"]["id"]) for payment in answer.json()]
    assert listed == [(payment["id"], payment["invoice_id"]) for payment in made]


async def test_queries_do_not_grow_with_rows(ada: AsyncClient, app: FastAPI) -> None:
    engine = app.state.database.engine.sync_engine
    counts = []
    for _ in range(2):
        await make_payment(ada)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        await ada.get("/payments")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]
