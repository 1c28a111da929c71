"""How users are stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import ConflictError
from app.core.schemas import Page
from app.features.users.models import User


class UserRepository:
    """Reads and writes users within the session that it is given; it never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, user_id: int) -> User | None:
        """Return a user by id."""
        return await self.session.get(User, user_id)

    async def get_by_email(self, email: str) -> User | None:
        """Return a user by email, which is in lower case."""
        return await self.session.scalar(select(User).where(User.email == email))

    async def list_page(self, page: Page) -> Sequence[User]:
        """Return one page, in an order that does not change."""
        query = select(User).order_by(User.id).limit(page.limit).offset(page.offset)
        return (await self.session.scalars(query)).all()

    async def add(self, user: User) -> User:
        """Insert a user.

        Raises:
            ConflictError: the email is taken; the database decides, since two requests may race.
        """
        self.session.add(user)
        await self._flush()
        return user

    async def update(self, user: User, changes: Mapping[str, Any]) -> User:
        """Change the given columns, to None where that is said.

        Raises:
            ConflictError: the email is taken.
        """
        for column, value in changes.items():
            setattr(user, column, value)
        await self._flush()
        return user

    async def _flush(self) -> None:
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise ConflictError("This email is registered already.") from error
