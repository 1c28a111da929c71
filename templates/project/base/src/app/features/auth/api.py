"""The routes of registration and login."""

from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import SecretStr

from app.core.dependencies import SettingsDep
from app.database import SessionDep
from app.features.auth.schemas import RefreshRequest, TokenResponse
from app.features.auth.services import AuthService
from app.features.users.api import UserServiceDep
from app.features.users.models import User
from app.features.users.schemas import UserCreate, UserResponse

router = APIRouter(prefix="/auth", tags=["auth"])


async def get_auth_service(session: SessionDep, settings: SettingsDep) -> AuthService:
    """Bind the service to the session of the request."""
    return AuthService(session, settings)


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]


@router.post("/register", response_model=UserResponse, status_code=status.HTTP_201_CREATED)
async def register(data: UserCreate, service: UserServiceDep) -> User:
    """Make an account."""
    return await service.register(data)


@router.post("/login")
async def login(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], service: AuthServiceDep
) -> TokenResponse:
    """Exchange email (as `username`) and password for an access and a refresh token."""
    return await service.login(form.username, SecretStr(form.password))


@router.post("/refresh")
async def refresh(data: RefreshRequest, service: AuthServiceDep) -> TokenResponse:
    """Exchange a refresh token for new tokens; each works once."""
    return await service.refresh(data.refresh_token)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(data: RefreshRequest, service: AuthServiceDep) -> None:
    """End the session that the refresh token belongs to."""
    await service.logout(data.refresh_token)
