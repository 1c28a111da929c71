"""Who the client is, for the routes of all features."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer

from app.config import API_PREFIX
from app.core.dependencies import SettingsDep
from app.core.exceptions import ForbiddenError, UnauthenticatedError
from app.core.security import read_access_token
from app.database import SessionDep
from app.features.users.models import Role, User
from app.features.users.repository import UserRepository

oauth2_scheme = OAuth2PasswordBearer(tokenUrl=f"{API_PREFIX}/auth/login")


async def get_current_user(
    token: Annotated[str, Depends(oauth2_scheme)], settings: SettingsDep, session: SessionDep
) -> User:
    """Return the user that the access token was given to, as long as the account is active."""
    user = await UserRepository(session).get(read_access_token(token, settings))
    if user is None or not user.is_active:
        raise UnauthenticatedError("The access token is not valid.")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


async def require_admin(user: CurrentUser) -> None:
    """Refuse everybody but administrators."""
    if user.role is not Role.ADMIN:
        raise ForbiddenError("This is for administrators.")
