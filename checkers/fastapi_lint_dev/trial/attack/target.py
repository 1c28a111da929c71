"""A server under attack: who calls it, what it answered, and what lies behind it."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it has no stubs
import httpx

from fastapi_lint_dev.trial.serving import Server

PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - of users that the attack makes
SECRET_KEY: Final = "a key that only the attack knows, and long enough"  # noqa: S105 - of a server that ends with it


class Target:
    """A running project; every body that it sends is kept, to be searched for secrets."""

    def __init__(self, server: Server, database: str) -> None:
        self.server = server
        self.database = database
        self.bodies: list[str] = []
        self.secrets: set[str] = {PASSWORD}

    @asynccontextmanager
    async def client(self, access_token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Open connections, as nobody or with an access token."""
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        async with httpx.AsyncClient(
            base_url=f"{self.server.url}/api/v1",
            headers=headers,
            timeout=300,  # on a busy machine, twenty logins at once take a while
            verify=False,  # noqa: S501 - no TLS here, and to prepare it takes 50 ms
            event_hooks={"response": [self._keep]},
            limits=httpx.Limits(max_connections=None),
        ) as opened:
            yield opened

    async def _keep(self, response: httpx.Response) -> None:
        await response.aread()
        if not response.request.url.path.endswith(("/login", "/refresh")):
            self.bodies.append(response.text)

    async def register(self) -> str:
        """Make an account and return its email."""
        email = f"{uuid4().hex}@example.com"
        async with self.client() as client:
            answer = await client.post("/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return email

    async def log_in(self, email: str) -> dict[str, Any]:
        """Return the tokens of a login."""
        async with self.client() as client:
            answer = await client.post("/auth/login", data={"username": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        self.secrets |= {tokens["access_token"], tokens["refresh_token"]}
        return tokens

    @asynccontextmanager
    async def user(self) -> AsyncIterator[httpx.AsyncClient]:
        """Call as a new user."""
        tokens = await self.log_in(await self.register())
        async with self.client(tokens["access_token"]) as client:
            yield client

    async def execute(self, statement: str) -> None:
        """Run a statement on the database, behind the server's back."""
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


Claim = Callable[[Target], Coroutine[None, None, None]]


def signed(claims: dict[str, Any], key: str = SECRET_KEY, algorithm: str = "HS256") -> str:
    """Return a JSON Web Token with any content (RFC 7519)."""
    text = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims))
    signature = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest() if algorithm == "HS256" else b""
    return f"{text}.{_encoded(signature)}"


def claims_of(token: str) -> dict[str, Any]:
    """Return what a JSON Web Token says, unchecked."""
    middle = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return claims


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
