"""Claims about registration, login and tokens."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx

from fastapi_lint_dev.trial.attack.target import PASSWORD, SECRET_KEY, Target, claims_of, signed


async def one_email_registers_once(target: Target) -> None:
    """Of 20 concurrent registrations of one email one gets 201, the rest 409; another case is the same email."""
    email = f"{uuid4().hex}@example.com"
    body = {"email": email, "password": PASSWORD}
    async with target.client() as client:
        answers = await asyncio.gather(*(client.post("/auth/register", json=body) for _ in range(20)))
        shouted = await client.post("/auth/register", json={**body, "email": email.upper()})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert shouted.status_code == 409, shouted.text


async def only_valid_access_tokens_open(target: Target) -> None:
    """Wrong, expired, foreign and unsigned access tokens get 401."""
    tokens = await target.log_in(await target.register())
    valid = claims_of(tokens["access_token"])
    forged = [
        "x",
        tokens["access_token"][:-4] + "AAAA",
        tokens["refresh_token"],
        signed(valid, key="the key of somebody else, which is long enough"),
        signed(valid, algorithm="none"),
        signed({**valid, "exp": 1}),
        signed({**valid, "aud": "somebody else"}),
        signed({**valid, "sub": "2147483647"}),
        signed({**valid, "sub": "x"}),
        signed({name: value for name, value in valid.items() if name != "exp"}),
    ]
    for token in forged:
        async with target.client(token) as client:
            answer = await client.get("/users/me")
        assert answer.status_code == 401, (token, answer.text)
    async with target.client(signed(valid, SECRET_KEY)) as client:
        assert (await client.get("/users/me")).status_code == 200, "the attack cannot sign"


async def a_refresh_token_works_once(target: Target) -> None:
    """A refresh token that is used twice, one after the other or at once, gets 401 and ends its session."""
    email = await target.register()
    async with target.client() as client:

        async def refresh(token: str) -> httpx.Response:
            return await client.post("/auth/refresh", json={"refresh_token": token})

        first = (await target.log_in(email))["refresh_token"]
        second = (await refresh(first)).json()["refresh_token"]
        target.secrets.add(second)
        assert (await refresh(first)).status_code == 401
        assert (await refresh(second)).status_code == 401, "the session of a stolen token goes on"
        token = (await target.log_in(email))["refresh_token"]
        answers = await asyncio.gather(*(refresh(token) for _ in range(10)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 9}
        for wrong in ("", "x", "é", "\x00", "x" * 100_000):
            assert 400 <= (await refresh(wrong)).status_code < 500, wrong


async def logins_tell_nothing(target: Target) -> None:
    """Answer an unknown email and a wrong password alike, whatever the two are."""
    email = await target.register()
    forms = [
        {"username": username, "password": password}
        for username, password in (
            (email, "wrong"),
            (f"{uuid4().hex}@example.com", PASSWORD),
            ("no email", PASSWORD),
            ("\x00", PASSWORD),
            ("x" * 100_000, PASSWORD),
            (email, "\x00"),
            (email, "x" * 100_000),
        )
    ]
    async with target.client() as client:
        answers = [await client.post("/auth/login", data=form) for form in forms]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
