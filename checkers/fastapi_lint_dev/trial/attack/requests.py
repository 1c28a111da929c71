"""Claims about requests that no client should send, and about what the answers and the log tell."""

import asyncio
import json

import httpx

from fastapi_lint_dev.trial.attack.target import PASSWORD, Target
from fastapi_lint_dev.trial.attack.values import (
    HOSTILE_FORMS,
    HOSTILE_IDS,
    HOSTILE_QUERIES,
    REGISTRATION,
    hostile_bodies,
)

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def hostile_values_are_refused(target: Target) -> None:
    """Null, oversized, NUL, unknown and huge values, and what is no JSON, get 4xx in the shape of all errors."""
    async with target.user() as client:
        path = f"/items/{(await client.post('/items', json={'title': 'x'})).json()['id']}"
        requests = [
            *(("POST", "/auth/register", body) for body in hostile_bodies(REGISTRATION)),
            *(("POST", "/items", body) for body in hostile_bodies({"title": "x"})),
            *(("PATCH", path, body) for body in hostile_bodies({"title": "x"}) if body != b"{}"),
            *(("POST", "/auth/refresh", body) for body in hostile_bodies({"refresh_token": "x"})),
            *(("POST", "/auth/login", body) for body in hostile_bodies({"username": "x"})),
            *(("GET", f"/items/{item}", b"") for item in HOSTILE_IDS),
            *(("GET", f"/items?{query}", b"") for query in HOSTILE_QUERIES),
            ("POST", "/items", b'{"title": "' + b"x" * 2_000_000 + b'"}'),
            ("PUT", "/auth/login", b""),
            ("GET", "/nowhere", b""),
        ]
        for method, url, body in requests:
            _assert_is_problem(await client.request(method, url, content=body, headers=_JSON), body)
        for body in HOSTILE_FORMS:
            _assert_is_problem(await client.post("/auth/login", content=body, headers=_FORM), body)


def _assert_is_problem(answer: httpx.Response, body: bytes) -> None:
    request = f"{answer.request.method} {answer.request.url} {body[:100]!r}"
    assert 400 <= answer.status_code < 500, f"{request}: {answer.status_code} {answer.text[:500]}"
    assert answer.headers["Content-Type"] == "application/problem+json", request
    assert answer.json()["status"] == answer.status_code, request
    assert answer.headers["X-Request-ID"], request


async def cut_off_requests_do_no_harm(target: Target) -> None:
    """Clients that go away in the middle of a request leave nothing behind: the next ones are served."""
    host, port = target.server.url.removeprefix("http://").split(":")
    for _ in range(30):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /api/v1/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    async with target.user() as client:
        assert (await client.get("/users/me")).status_code == 200


async def secrets_stay_secret(target: Target) -> None:
    """Passwords, hashes and tokens are in no response but the one that issues them, in no log, not in OpenAPI."""
    async with target.client() as client:
        schema = await client.get(f"{target.server.url}/openapi.json")
        wrong = {"email": "x", "password": PASSWORD, "passwrd": PASSWORD}
        await client.post("/auth/register", json=wrong)
        await client.get("/nowhere", params={"token": PASSWORD})
    text = "\n".join([*target.bodies, target.server.log])
    for secret in (*target.secrets, "$argon2"):
        assert secret not in text, secret[:20]
    response_schemas = {
        name: model for name, model in schema.json()["components"]["schemas"].items() if name.endswith("Response")
    }
    assert response_schemas
    assert "password" not in json.dumps({name: model.get("properties") for name, model in response_schemas.items()})
    for line in target.server.log.splitlines():
        if line.startswith("{"):
            assert "event" in json.loads(line)


async def nothing_failed_unexpectedly(target: Target) -> None:
    """After all of it, the log has no error but the commits that were made to fail, and the connections to be lost."""
    lines = [json.loads(line) for line in target.server.log.splitlines() if line.startswith("{")]
    provoked = ("at commit", "terminating connection due to administrator command")
    errors = [line for line in lines if line["level"] in {"error", "critical"}]
    errors = [line for line in errors if not any(words in str(line) for words in provoked)]
    assert not errors, errors[0]
    assert any(line.get("request_id") and line["event"] == "request" for line in lines)
