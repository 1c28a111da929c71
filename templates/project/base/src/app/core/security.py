"""Passwords and tokens: how they are made and how they are checked."""

import hashlib
import os
import secrets
from datetime import UTC, datetime

import jwt
from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from app.config import Settings
from app.core.exceptions import UnauthenticatedError

ALGORITHM = "HS256"
AUDIENCE = "access"

password_hasher = PasswordHasher()
_hashing = CapacityLimiter(os.cpu_count() or 1)
"""Each hash takes a core and 64 MiB: as many at a time as there are cores."""


async def hash_password(password: SecretStr) -> str:
    """Hash off the event loop, which other requests need."""
    return await to_thread.run_sync(
        password_hasher.hash, password.get_secret_value(), limiter=_hashing
    )


async def verify_password(password: SecretStr, hashed: str | None) -> bool:
    """Tell whether the password belongs to the hash; off the event loop.

    Without a hash the answer is no, and takes as long: it does not tell who has an account.
    """
    return await to_thread.run_sync(_verify, hashed, password.get_secret_value(), limiter=_hashing)


def _verify(hashed: str | None, password: str) -> bool:
    if hashed is None:
        password_hasher.hash(password)
        return False
    try:
        return password_hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def create_access_token(user_id: int, settings: Settings) -> str:
    """Sign who the client is; valid for a short time, and known to nobody but the client."""
    now = datetime.now(UTC)
    claims = {
        "sub": str(user_id),
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + settings.access_token_lifetime,
    }
    return jwt.encode(claims, settings.secret_key.get_secret_value(), ALGORITHM)


def read_access_token(token: str, settings: Settings) -> int:
    """Return the user's id.

    Raises:
        UnauthenticatedError: the token is expired, foreign, or none.
    """
    try:
        claims = jwt.decode(
            token,
            settings.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["sub", "aud", "iat", "exp"]},
        )
        return int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise UnauthenticatedError("The access token is not valid.") from error


def new_refresh_token() -> str:
    """Make a token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return what is stored of a token: who reads the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()
