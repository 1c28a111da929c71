"""Claims about the event loop while passwords are computed."""

import asyncio
import http.client
import threading
import time
from typing import Final

from fastapi_lint_dev.trial.attack.target import Target

LOGINS: Final = 20


async def logins_let_other_requests_pass(target: Target) -> None:
    """While 20 logins are computed, many more requests that need none are answered, one after the other."""
    waits = await _waits_under_logins(target)
    assert len(waits) > 3 * LOGINS, f"{len(waits)} answers"


async def logins_do_not_stall_the_loop(target: Target) -> None:
    """While 20 logins are computed, a request that needs none never waits for 100 ms."""
    waits = await _waits_under_logins(target)
    assert max(waits) < 0.1, f"{max(waits) * 1000:.0f} ms"


async def _waits_under_logins(target: Target) -> list[float]:
    emails = [await target.register() for _ in range(LOGINS)]
    done = threading.Event()
    pulse = asyncio.create_task(asyncio.to_thread(_waits, target.server.url, done))
    await asyncio.gather(*(target.log_in(email) for email in emails))
    done.set()
    return await pulse


def _waits(url: str, done: threading.Event) -> list[float]:
    """Ask again and again over one connection, until done; return how long each answer took, in seconds."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    waits = []
    while not done.is_set():
        started = time.perf_counter()
        connection.request("GET", "/health/live")
        connection.getresponse().read()
        waits.append(time.perf_counter() - started)
    connection.close()
    return waits
