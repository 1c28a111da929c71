"""Users: their own account, and what administrators see and do."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import update

from app.features.users.models import Role, User
from tests.conftest import PASSWORD, LogIn


@pytest.fixture
async def admin(app: FastAPI, log_in: LogIn) -> AsyncClient:
    """An administrator."""
    client = await log_in("root@example.com")
    async with app.state.database.sessions.begin() as session:
        await session.execute(
            update(User).where(User.email == "root@example.com").values(role=Role.ADMIN)
        )
    return client


async def test_me_is_the_account_without_its_secrets(ada: AsyncClient) -> None:
    me = (await ada.get("/users/me")).json()
    assert me["email"] == "ada@example.com"
    assert me["role"] == "user"
    assert not any("password" in field for field in me)


async def test_a_name_is_set_and_cleared(ada: AsyncClient) -> None:
    named = await ada.patch("/users/me", json={"full_name": "Ada Lovelace"})
    assert named.json()["full_name"] == "Ada Lovelace"
    cleared = await ada.patch("/users/me", json={"full_name": None})
    assert cleared.status_code == 200
    assert cleared.json()["full_name"] is None


async def test_a_new_email_is_stored_in_lower_case(ada: AsyncClient) -> None:
    changed = await ada.patch("/users/me", json={"email": "Countess@Example.com"})
    assert changed.json()["email"] == "countess@example.com"


async def test_an_email_has_one_account(ada: AsyncClient, bob: AsyncClient) -> None:
    answer = await bob.patch("/users/me", json={"email": "ADA@example.com"})
    assert answer.status_code == 409
    assert (await bob.get("/users/me")).json()["email"] == "bob@example.com"


@pytest.mark.parametrize(
    "body",
    [
        {"email": None},
        {"email": "nobody"},
        {"role": "admin"},
        {"full_name": "x" * 256},
        {"full_name": "a\x00b"},
    ],
)
async def test_what_is_not_valid_is_refused(ada: AsyncClient, body: dict[str, Any]) -> None:
    assert (await ada.patch("/users/me", json=body)).status_code == 422


async def test_a_new_password_replaces_the_old_one(ada: AsyncClient, client: AsyncClient) -> None:
    new = "another long password"
    body = {"current_password": PASSWORD, "new_password": new}
    assert (await ada.put("/users/me/password", json=body)).status_code == 204
    form = {"username": "ada@example.com", "password": PASSWORD}
    assert (await client.post("/auth/login", data=form)).status_code == 401
    form["password"] = new
    assert (await client.post("/auth/login", data=form)).status_code == 200


async def test_a_new_password_ends_all_sessions(ada: AsyncClient, client: AsyncClient) -> None:
    form = {"username": "ada@example.com", "password": PASSWORD}
    tokens = (await client.post("/auth/login", data=form)).json()
    body = {"current_password": PASSWORD, "new_password": "another long password"}
    await ada.put("/users/me/password", json=body)
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert (await client.post("/auth/refresh", json=refresh)).status_code == 401


async def test_a_new_password_needs_the_old_one(ada: AsyncClient) -> None:
    body = {"current_password": "not it", "new_password": "another long password"}
    assert (await ada.put("/users/me/password", json=body)).status_code == 401


async def test_only_administrators_see_others(ada: AsyncClient, client: AsyncClient) -> None:
    assert (await ada.get("/users")).status_code == 403
    assert (await ada.get("/users/1")).status_code == 403
    assert (await ada.patch("/users/1", json={"role": "admin"})).status_code == 403
    assert (await client.get("/users")).status_code == 401


async def test_administrators_list_users(admin: AsyncClient, ada: AsyncClient) -> None:
    listed = (await admin.get("/users")).json()
    assert [user["email"] for user in listed] == ["root@example.com", "ada@example.com"]
    ada_id = listed[1]["id"]
    assert (await admin.get(f"/users/{ada_id}")).json() == listed[1]
    assert (await admin.get(f"/users/{ada_id + 1000}")).status_code == 404


async def test_a_locked_account_is_locked_at_once(
    admin: AsyncClient, ada: AsyncClient, client: AsyncClient
) -> None:
    ada_id = (await ada.get("/users/me")).json()["id"]
    locked = await admin.patch(f"/users/{ada_id}", json={"is_active": False})
    assert locked.json()["is_active"] is False
    assert (await ada.get("/users/me")).status_code == 401
    form = {"username": "ada@example.com", "password": PASSWORD}
    assert (await client.post("/auth/login", data=form)).status_code == 401


async def test_administrators_make_administrators(admin: AsyncClient, ada: AsyncClient) -> None:
    ada_id = (await ada.get("/users/me")).json()["id"]
    assert (await admin.patch(f"/users/{ada_id}", json={"role": None})).status_code == 422
    await admin.patch(f"/users/{ada_id}", json={"role": "admin"})
    assert (await ada.get("/users")).status_code == 200
