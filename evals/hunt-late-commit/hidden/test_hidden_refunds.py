"""Nothing is committed after the client has its answer."""

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event
from starlette.types import Message, Receive, Scope, Send

from tests.features.invoices.test_invoices import make_invoice


async def test_a_refund_is_committed_before_it_is_confirmed(ada: AsyncClient, app: FastAPI) -> None:
    invoice = await make_invoice(ada)
    events: list[str] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            events.append("answer")
            await send(message)

        await app(scope, receive, noted)

    def note(_connection: object) -> None:
        events.append("commit")

    engine = app.state.database.engine.sync_engine
    event.listen(engine, "commit", note)
    async with AsyncClient(transport=ASGITransport(watched), base_url=ada.base_url, headers=ada.headers) as client:
        body = {"invoice_id": invoice["id"], "amount": "1.00"}
        answer = await client.post("/refunds", json=body)
    event.remove(engine, "commit", note)
    assert answer.status_code == 201, answer.text
    assert "commit" in events
    assert "commit" not in events[events.index("answer") :]
