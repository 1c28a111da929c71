"""Examples of FL505: a default that is computed when the class is made, and defaults that are computed per row."""

from fastapi_lint.rules.base import bad, good, near_miss

BASE = """\
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""

EXAMPLES = (
    bad(
        "the time of the import for every row",
        {
            "app/base.py": """\
from datetime import UTC, datetime

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class TimestampMixin:
    created_at: Mapped[datetime] = mapped_column(default=datetime.now(UTC))  # expect: FL505
    updated_at: Mapped[datetime] = mapped_column(
        default=lambda: datetime.now(UTC),
        onupdate=datetime.now(UTC),  # expect: FL505
    )
""",
            "app/models.py": """\
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base, TimestampMixin


class Note(TimestampMixin, Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
""",
        },
    ),
    bad(
        "one token and one key for everybody",
        {
            "app/base.py": BASE,
            "app/models.py": """\
import secrets
import uuid

from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


class Invitation(Base):
    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(default=secrets.token_urlsafe(16))  # expect: FL505


class Job(Base):
    __tablename__ = "jobs"

    id = Column(Integer, primary_key=True)
    key = Column(String, default=str(uuid.uuid4()), unique=True)  # expect: FL505
""",
        },
    ),
    bad(
        "a field of SQLModel",
        {
            "app/models.py": """\
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    joined: datetime = Field(default=datetime.now(UTC))  # expect: FL505
""",
        },
    ),
    good(
        "callables and the database's clock",
        {
            "app/base.py": BASE,
            "app/models.py": """\
import secrets
import uuid
from datetime import UTC, datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


def utc_now() -> datetime:
    return datetime.now(UTC)


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    text: Mapped[str]
""",
        },
    ),
    near_miss(
        "SQL functions are evaluated by the database",
        {
            "app/base.py": BASE,
            "app/models.py": """\
from datetime import datetime

from sqlalchemy import func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=func.now(), onupdate=func.now())
    day: Mapped[str] = mapped_column(default=text("CURRENT_DATE"))
""",
        },
    ),
    near_miss(
        "a constant is what is meant",
        {
            "app/base.py": BASE,
            "app/models.py": """\
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


class Plan(Base):
    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal] = mapped_column(default=Decimal("9.99"))
    period: Mapped[timedelta] = mapped_column(default=timedelta(days=30))
    epoch: Mapped[datetime] = mapped_column(default=datetime(2020, 1, 1, tzinfo=UTC))
""",
        },
    ),
    near_miss(
        "a call that returns the callable",
        {
            "app/base.py": BASE,
            "app/models.py": """\
import random
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Mapped, mapped_column

from app.base import Base


def prefixed(prefix: str) -> Callable[[], str]:
    return lambda: f"{prefix}_{random.randrange(10**9)}"


class Payment(Base):
    __tablename__ = "payments"

    id: Mapped[str] = mapped_column(primary_key=True, default=prefixed("pay"))
    lot: Mapped[int] = mapped_column(default=partial(random.randrange, 10))
""",
        },
    ),
    near_miss(
        "a keyword of the same name in an ordinary call",
        {
            "app/main.py": """\
from datetime import UTC, datetime

from fastapi import FastAPI

app = FastAPI()


def parse(text: str | None, default: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else default


@app.get("/since")
async def since(text: str | None = None) -> datetime:
    return parse(text, default=datetime.now(UTC))
""",
        },
    ),
)
