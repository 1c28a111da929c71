"""Requests that race."""

import asyncio
from collections import Counter

from httpx import AsyncClient

from tests.conftest import PASSWORD


async def test_of_many_registrations_of_one_email_one_succeeds(client: AsyncClient) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(client.post("/auth/register", json=body) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}


async def test_of_many_uses_of_one_refresh_token_one_succeeds(
    ada: AsyncClient, client: AsyncClient
) -> None:
    form = {"username": "ada@example.com", "password": PASSWORD}
    tokens = (await client.post("/auth/login", data=form)).json()
    body = {"refresh_token": tokens["refresh_token"]}
    answers = await asyncio.gather(*(client.post("/auth/refresh", json=body) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 4}
