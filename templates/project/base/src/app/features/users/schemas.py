"""What clients send and read about users."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field

from app.core.schemas import NO_NUL, OMITTED, ResponseSchema, Schema, Secret, ShortText
from app.features.users.models import Role

Email = Annotated[EmailStr, AfterValidator(str.lower), Field(max_length=254, pattern=NO_NUL)]
"""One mailbox has one spelling here, so that the unique index means one account a mailbox."""

NewPassword = Annotated[Secret, Field(min_length=12)]


class UserCreate(Schema):
    """A registration."""

    email: Email
    password: NewPassword
    full_name: ShortText | None = None


class UserUpdate(Schema):
    """What users change about themselves."""

    email: Email = OMITTED
    full_name: ShortText | None = None


class PasswordChange(Schema):
    """A new password, and the proof that it is the user who sets it."""

    current_password: Secret
    new_password: NewPassword


class UserAdminUpdate(Schema):
    """What administrators change about users."""

    role: Role = OMITTED
    is_active: bool = OMITTED


class UserResponse(ResponseSchema):
    """A user, without secrets."""

    id: int
    email: str
    full_name: str | None
    role: Role
    is_active: bool
    created_at: datetime
    updated_at: datetime
