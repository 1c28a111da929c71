"""Numbers are drawn at the pace that the registry allows, and nobody sleeps on the event loop for it."""

import asyncio
import time

import pytest
from httpx import AsyncClient

from tests.features.quotes.test_quotes import make_quote

PAUSE = 0.25


async def test_no_draw_sleeps_on_the_event_loop(ada: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep, on_loop = time.sleep, []

    def watched(seconds: float) -> None:
        try:
            on_loop.append(asyncio.get_running_loop())
        except RuntimeError:
            sleep(seconds)

    monkeypatch.setattr(time, "sleep", watched)
    await make_quote(ada)
    start = time.monotonic()
    await make_quote(ada)
    await make_quote(ada)
    assert on_loop == []
    assert time.monotonic() - start >= PAUSE
