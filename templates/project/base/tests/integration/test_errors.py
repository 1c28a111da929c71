"""Every error is a problem (RFC 9457), and none tells a secret."""

import json

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr, ValidationError
from sqlalchemy.orm.exc import StaleDataError

from app.config import Settings
from app.core.exceptions import PROBLEM_MEDIA_TYPE
from app.core.middleware import REQUEST_ID_HEADER
from app.main import MAX_BODY_SIZE, create_app
from tests.conftest import PASSWORD


def assert_is_problem(answer: Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert answer.json()["status"] == status
    assert answer.headers[REQUEST_ID_HEADER]


async def test_errors_of_all_kinds_have_one_shape(client: AsyncClient) -> None:
    assert_is_problem(await client.get("/nowhere"), 404)
    assert_is_problem(await client.put("/auth/login"), 405)
    assert_is_problem(await client.get("/users/me"), 401)
    assert_is_problem(await client.post("/auth/register", json={}), 422)
    assert_is_problem(await client.post("/auth/register", content=b"{"), 422)
    too_large = b"x" * (MAX_BODY_SIZE + 1)
    assert_is_problem(await client.post("/auth/register", content=too_large), 413)


async def test_a_validation_error_names_the_field_and_hides_the_value(client: AsyncClient) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD, "passwort": PASSWORD}
    answer = await client.post("/auth/register", json=body)
    assert answer.json()["errors"] == [
        {"location": "body.passwort", "message": "Extra inputs are not permitted"}
    ]
    assert PASSWORD not in answer.text


async def test_an_unexpected_error_is_logged_with_the_request_and_told_to_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)

    @app.get("/fail")
    async def fail() -> None:
        raise RuntimeError(PASSWORD)

    @app.get("/mail")
    async def mail() -> None:
        raise ConnectionRefusedError  # by another server than the database

    @app.get("/stale")
    async def stale() -> None:
        raise StaleDataError

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/fail", headers={REQUEST_ID_HEADER: "from-the-proxy"})
        assert_is_problem(answer, 500)
        assert answer.headers[REQUEST_ID_HEADER] == "from-the-proxy"
        assert PASSWORD not in answer.text
        assert_is_problem(await client.get("/mail"), 500)
        assert_is_problem(await client.get("/stale"), 409)


async def test_an_odd_request_id_is_replaced(client: AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={REQUEST_ID_HEADER: 'x"}\\n{"forged'})
    assert answer.headers[REQUEST_ID_HEADER].isalnum()


async def test_health(app: FastAPI) -> None:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        assert (await client.get("/health/ready")).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////nowhere/at/all.db",
        "postgresql+asyncpg://ada@127.0.0.1:1/refused",
        "postgresql+asyncpg://ada@/none?host=/nowhere/at/all",
    ],
)
async def test_without_its_database_the_application_is_alive_but_not_ready(
    settings: Settings, url: str
) -> None:
    app = create_app(settings.model_copy(update={"database_url": SecretStr(url)}))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as client,
    ):
        assert (await client.get("/health/live")).status_code == 200
        assert_is_problem(await client.get("/health/ready"), 503)


def test_settings_that_are_missing_are_named_and_others_are_not_told() -> None:
    with pytest.raises(ValidationError, match="secret_key") as raised:
        Settings(_env_file=None, database_url=SecretStr("postgresql://ada:horse@db/app"))
    assert "horse" not in str(raised.value)


def test_the_schema_of_the_api_describes_problems(app: FastAPI) -> None:
    schema = json.dumps(app.openapi())
    assert PROBLEM_MEDIA_TYPE in schema
    assert "HTTPValidationError" not in schema
