"""What clients send and read to prove who they are."""

from typing import Literal

from app.core.schemas import Schema, Secret


class RefreshRequest(Schema):
    """A refresh token, to be exchanged or given up."""

    refresh_token: Secret


class TokenResponse(Schema):
    """What a login gives: a token for the next minutes, and one to get the next."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - its kind, not its text
    expires_in: int
