"""The table of users."""

from enum import StrEnum

from sqlalchemy import Enum, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TimestampMixin


class Role(StrEnum):
    """What a user may do."""

    USER = "user"
    ADMIN = "admin"


def _values(roles: type[Role]) -> list[str]:
    """Store values: by default SQLAlchemy stores the names."""
    return [role.value for role in roles]


class User(TimestampMixin, Base):
    """Somebody who can log in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)  # lower case, see `Email`
    hashed_password: Mapped[str] = mapped_column(String(255))
    full_name: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=_values), default=Role.USER
    )
    is_active: Mapped[bool] = mapped_column(default=True)
