"""How refresh tokens are stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.features.auth.models import RefreshToken


class RefreshTokenRepository:
    """Reads and writes refresh tokens within the session that it is given."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, token: RefreshToken) -> None:
        """Insert a token."""
        self.session.add(token)
        await self.session.flush()

    async def use(self, digest: str, now: datetime) -> RefreshToken | None:
        """Mark a token as used; of several requests with one token, one gets it."""
        query = (
            update(RefreshToken)
            .where(
                RefreshToken.digest == digest,
                RefreshToken.used_at.is_(None),
                RefreshToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(RefreshToken)
        )
        return (await self.session.scalars(query)).one_or_none()

    async def get(self, digest: str) -> RefreshToken | None:
        """Return a token, used or not."""
        return await self.session.scalar(select(RefreshToken).where(RefreshToken.digest == digest))

    async def revoke_family(self, family: UUID) -> None:
        """End one session."""
        await self.session.execute(delete(RefreshToken).where(RefreshToken.family == family))

    async def revoke_user(self, user_id: int) -> None:
        """End all sessions of a user."""
        await self.session.execute(delete(RefreshToken).where(RefreshToken.user_id == user_id))
