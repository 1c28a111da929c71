"""Logging in, staying logged in, and logging out."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import SecretStr, TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.core.exceptions import UnauthenticatedError
from app.core.security import (
    create_access_token,
    new_refresh_token,
    token_digest,
    verify_password,
)
from app.features.auth.models import RefreshToken
from app.features.auth.repository import RefreshTokenRepository
from app.features.auth.schemas import TokenResponse
from app.features.users.models import User
from app.features.users.repository import UserRepository
from app.features.users.schemas import Email

_email: TypeAdapter[str] = TypeAdapter(Email)


class AuthService:
    """The rules about sessions."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self.session = session
        self.settings = settings
        self.users = UserRepository(session)
        self.tokens = RefreshTokenRepository(session)

    async def login(self, username: str, password: SecretStr) -> TokenResponse:
        """Exchange a password for tokens; an unknown email takes as long as a wrong password.

        Raises:
            UnauthenticatedError: the two do not belong to an active user.
        """
        user = await self._find_user(username)
        await self.session.commit()  # hashing is slow: it holds no connection
        matches = await verify_password(password, user.hashed_password if user else None)
        if not matches or user is None or not user.is_active:
            raise UnauthenticatedError("The email or the password is wrong.")
        return await self._issue(user.id, uuid4())

    async def refresh(self, token: SecretStr) -> TokenResponse:
        """Exchange a refresh token for the next one.

        Raises:
            UnauthenticatedError: it is unknown, expired, or used before. In the last case it
                was stolen, or its successor was: nobody can tell, so the session ends.
        """
        digest = token_digest(token.get_secret_value())
        used = await self.tokens.use(digest, datetime.now(UTC))
        if used is None:
            await self._end_session(digest)
            await self.session.commit()  # the error below must not undo this
            raise UnauthenticatedError("The refresh token is not valid.")
        user = await self.users.get(used.user_id)
        if user is None or not user.is_active:
            raise UnauthenticatedError("The refresh token is not valid.")
        return await self._issue(user.id, used.family)

    async def logout(self, token: SecretStr) -> None:
        """End the session of a refresh token; an unknown token has none."""
        await self._end_session(token_digest(token.get_secret_value()))

    async def _find_user(self, username: str) -> User | None:
        try:
            return await self.users.get_by_email(_email.validate_python(username))
        except ValidationError:
            return None

    async def _end_session(self, digest: str) -> None:
        token = await self.tokens.get(digest)
        if token is not None:
            await self.tokens.revoke_family(token.family)

    async def _issue(self, user_id: int, family: UUID) -> TokenResponse:
        refresh_token = new_refresh_token()
        await self.tokens.add(
            RefreshToken(
                user_id=user_id,
                family=family,
                digest=token_digest(refresh_token),
                expires_at=datetime.now(UTC) + self.settings.refresh_token_lifetime,
            )
        )
        return TokenResponse(
            access_token=create_access_token(user_id, self.settings),
            refresh_token=refresh_token,
            expires_in=int(self.settings.access_token_lifetime.total_seconds()),
        )
