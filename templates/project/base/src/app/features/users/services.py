"""What can be done with users."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import NotFoundError, UnauthenticatedError
from app.core.schemas import Page
from app.core.security import hash_password, verify_password
from app.features.auth.repository import RefreshTokenRepository
from app.features.users.models import User
from app.features.users.repository import UserRepository
from app.features.users.schemas import PasswordChange, UserAdminUpdate, UserCreate, UserUpdate


class UserService:
    """The rules about users."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.users = UserRepository(session)
        self.tokens = RefreshTokenRepository(session)

    async def list_users(self, page: Page) -> Sequence[User]:
        """Return one page of all users."""
        return await self.users.list_page(page)

    async def get_user(self, user_id: int) -> User:
        """Return a user.

        Raises:
            NotFoundError: there is none.
        """
        user = await self.users.get(user_id)
        if user is None:
            raise NotFoundError("There is no such user.")
        return user

    async def register(self, data: UserCreate) -> User:
        """Make an account; the first query comes after the slow hash."""
        hashed_password = await hash_password(data.password)
        return await self.users.add(
            User(email=data.email, hashed_password=hashed_password, full_name=data.full_name)
        )

    async def update_profile(self, user: User, data: UserUpdate) -> User:
        """Change what was sent, and nothing else."""
        return await self.users.update(user, data.model_dump(exclude_unset=True))

    async def administrate(self, user_id: int, data: UserAdminUpdate) -> User:
        """Change what an administrator sent; who may not log in any more loses all sessions."""
        user = await self.get_user(user_id)
        await self.users.update(user, data.model_dump(exclude_unset=True))
        if not user.is_active:
            await self.tokens.revoke_user(user.id)
        return user

    async def change_password(self, user: User, data: PasswordChange) -> None:
        """Set a new password and end all sessions, since one of them may be the reason.

        Raises:
            UnauthenticatedError: the current password is wrong.
        """
        await self.session.commit()  # hashing is slow: it holds no connection
        if not await verify_password(data.current_password, user.hashed_password):
            raise UnauthenticatedError("The current password is wrong.")
        hashed_password = await hash_password(data.new_password)
        await self.users.update(user, {"hashed_password": hashed_password})
        await self.tokens.revoke_user(user.id)
