"""What tests share: a migrated database that is empty for each test, the application, and users."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import argon2
import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from app.config import API_PREFIX, Settings
from app.core import security
from app.main import create_app
from app.models.registry import Base

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse battery staple"

LogIn = Callable[[str], Awaitable[AsyncClient]]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Name the database of `TEST_DATABASE_URL`, or a SQLite file; `.env` is not read."""
    file = tmp_path_factory.mktemp("database") / "test.db"
    url = os.environ.get("TEST_DATABASE_URL", f"sqlite+aiosqlite:///{file}")
    return Settings(
        _env_file=None,
        database_url=SecretStr(url),
        secret_key=SecretStr("a key that only the tests know, and long enough"),
    )


@pytest.fixture(scope="session")
def alembic_config(settings: Settings) -> Config:
    """Point the migrations at the database of the tests."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["database_url"] = settings.database_url.get_secret_value()
    return config


@pytest.fixture(scope="session")
def migrated(alembic_config: Config) -> None:
    """Make the tables as production does."""
    command.upgrade(alembic_config, "head")


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Spare the tests the work that makes passwords hard to guess."""
    security.password_hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)


@pytest.fixture(scope="session")
async def app(settings: Settings, migrated: None) -> AsyncIterator[FastAPI]:
    """Start the application once."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """Call the application as nobody in particular; afterwards the tables are empty."""
    async with AsyncClient(
        transport=ASGITransport(app), base_url=f"http://test{API_PREFIX}"
    ) as anonymous:
        yield anonymous
    async with app.state.database.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture
async def log_in(app: FastAPI, client: AsyncClient) -> AsyncIterator[LogIn]:
    """Register users; each gets a client that sends the user's access token."""
    clients: list[AsyncClient] = []

    async def register_and_log_in(email: str) -> AsyncClient:
        registered = await client.post(
            "/auth/register", json={"email": email, "password": PASSWORD}
        )
        assert registered.status_code == 201, registered.text
        answer = await client.post("/auth/login", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        clients.append(
            AsyncClient(transport=ASGITransport(app), base_url=client.base_url, headers=headers)
        )
        return clients[-1]

    yield register_and_log_in
    for each in clients:
        await each.aclose()


@pytest.fixture
async def ada(log_in: LogIn) -> AsyncClient:
    """A logged-in user."""
    return await log_in("ada@example.com")


@pytest.fixture
async def bob(log_in: LogIn) -> AsyncClient:
    """Another one."""
    return await log_in("bob@example.com")
