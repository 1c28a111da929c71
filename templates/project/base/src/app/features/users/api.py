"""The routes of users: one's own account, and all accounts for administrators."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, status

from app.core.schemas import PageDep, RowId
from app.database import SessionDep
from app.features.auth.dependencies import CurrentUser, require_admin
from app.features.users.models import User
from app.features.users.schemas import (
    PasswordChange,
    UserAdminUpdate,
    UserResponse,
    UserUpdate,
)
from app.features.users.services import UserService

router = APIRouter(prefix="/users", tags=["users"])


async def get_user_service(session: SessionDep) -> UserService:
    """Bind the service to the session of the request."""
    return UserService(session)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


@router.get("/me", response_model=UserResponse)
async def read_me(user: CurrentUser) -> User:
    """Return the account of the client."""
    return user


@router.patch("/me", response_model=UserResponse)
async def update_me(data: UserUpdate, user: CurrentUser, service: UserServiceDep) -> User:
    """Change the account of the client; null clears the name."""
    return await service.update_profile(user, data)


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(data: PasswordChange, user: CurrentUser, service: UserServiceDep) -> None:
    """Set a new password; all sessions have to log in again."""
    await service.change_password(user, data)


@router.get("", response_model=list[UserResponse], dependencies=[Depends(require_admin)])
async def list_users(page: PageDep, service: UserServiceDep) -> Sequence[User]:
    """List all users."""
    return await service.list_users(page)


@router.get("/{user_id}", response_model=UserResponse, dependencies=[Depends(require_admin)])
async def read_user(user_id: RowId, service: UserServiceDep) -> User:
    """Return any user."""
    return await service.get_user(user_id)


@router.patch("/{user_id}", response_model=UserResponse, dependencies=[Depends(require_admin)])
async def administrate_user(user_id: RowId, data: UserAdminUpdate, service: UserServiceDep) -> User:
    """Give a role, or lock an account."""
    return await service.administrate(user_id, data)
