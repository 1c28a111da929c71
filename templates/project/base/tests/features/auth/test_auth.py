"""Registration, login, and the life of tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select, update

from app.config import Settings
from app.core.security import ALGORITHM, AUDIENCE
from app.features.auth.models import RefreshToken
from tests.conftest import PASSWORD

EMAIL = "ada@example.com"


@pytest.fixture
async def tokens(ada: AsyncClient, client: AsyncClient) -> dict[str, str]:
    """The tokens of a login."""
    answer = await client.post("/auth/login", data={"username": EMAIL, "password": PASSWORD})
    tokens: dict[str, str] = answer.json()
    return tokens


async def refresh(client: AsyncClient, token: str) -> Any:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def test_an_email_registers_once_whatever_its_case(client: AsyncClient) -> None:
    body = {"email": "Ada@Example.com", "password": PASSWORD, "full_name": "Ada"}
    registered = await client.post("/auth/register", json=body)
    assert registered.status_code == 201
    assert registered.json()["email"] == EMAIL
    again = await client.post("/auth/register", json={**body, "email": "aDA@example.COM"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "short"},
        {"password": "x" * 129},
        {"password": None},
        {"email": "nobody"},
        {"email": "a\x00@example.com"},
        {"full_name": "x" * 256},
        {"is_active": False},
        {"role": "admin"},
    ],
)
async def test_what_is_not_valid_does_not_register(
    client: AsyncClient, changes: dict[str, Any]
) -> None:
    body = {"email": EMAIL, "password": PASSWORD, **changes}
    answer = await client.post("/auth/register", json=body)
    assert answer.status_code == 422
    assert "horse" not in answer.text


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (EMAIL, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("no email", PASSWORD),
        ("a\x00b@example.com", PASSWORD),
        (EMAIL, "\x00"),
    ],
)
@pytest.mark.usefixtures("ada")
async def test_a_wrong_login_does_not_say_what_is_wrong(
    client: AsyncClient, username: str, password: str
) -> None:
    answer = await client.post("/auth/login", data={"username": username, "password": password})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The email or the password is wrong."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_refresh_token_is_exchanged_once(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    answer = await refresh(client, tokens["refresh_token"])
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.get("/users/me", headers=headers)).json()["email"] == EMAIL
    assert (await refresh(client, answer.json()["refresh_token"])).status_code == 200


async def test_a_token_that_is_used_twice_ends_its_session(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    successor = (await refresh(client, tokens["refresh_token"])).json()["refresh_token"]
    assert (await refresh(client, tokens["refresh_token"])).status_code == 401
    assert (await refresh(client, successor)).status_code == 401


async def test_logout_ends_the_session(client: AsyncClient, tokens: dict[str, str]) -> None:
    body = {"refresh_token": tokens["refresh_token"]}
    assert (await client.post("/auth/logout", json=body)).status_code == 204
    assert (await client.post("/auth/logout", json=body)).status_code == 204
    assert (await refresh(client, tokens["refresh_token"])).status_code == 401


async def test_an_expired_refresh_token_is_refused(
    app: FastAPI, client: AsyncClient, tokens: dict[str, str]
) -> None:
    async with app.state.database.sessions.begin() as session:
        await session.execute(update(RefreshToken).values(expires_at=datetime.now(UTC)))
    assert (await refresh(client, tokens["refresh_token"])).status_code == 401


async def test_a_refresh_token_is_not_stored(
    app: FastAPI, client: AsyncClient, tokens: dict[str, str]
) -> None:
    async with app.state.database.sessions() as session:
        stored = (await session.scalars(select(RefreshToken))).all()
    assert stored
    assert all(tokens["refresh_token"] not in vars(token).values() for token in stored)


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    valid = {"sub": "1", "aud": AUDIENCE, "iat": now, "exp": now + timedelta(minutes=1)}
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": "nobody"},
        {"sub": "2147483647"},
        {"sub": None},
    ],
)
async def test_an_access_token_with_other_claims_is_refused(
    client: AsyncClient, settings: Settings, changes: dict[str, Any]
) -> None:
    token = jwt.encode(claims(**changes), settings.secret_key.get_secret_value(), ALGORITHM)
    answer = await client.get("/users/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        jwt.encode(claims(), "a key that somebody else has, and long enough", ALGORITHM),
        jwt.encode(claims(), None, "none"),
    ],
)
async def test_a_foreign_access_token_is_refused(client: AsyncClient, token: str) -> None:
    answer = await client.get("/users/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_refresh_token_is_no_access_token(
    client: AsyncClient, tokens: dict[str, str]
) -> None:
    headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert (await client.get("/users/me", headers=headers)).status_code == 401
