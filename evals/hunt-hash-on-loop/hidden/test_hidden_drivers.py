"""Licences are hashed where nobody waits for it."""

import asyncio

import pytest
from argon2 import PasswordHasher
from httpx import AsyncClient

from tests.features.drivers.test_drivers import make_driver


async def test_a_licence_is_hashed_off_the_event_loop(
    ada: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_it, on_loop = PasswordHasher.hash, []

    def watched(self: PasswordHasher, secret: str) -> str:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            on_loop.append(False)
        else:
            on_loop.append(True)
        return hash_it(self, secret)

    monkeypatch.setattr(PasswordHasher, "hash", watched)
    await make_driver(ada)
    assert on_loop == [False]
