"""Examples of FL401: Python's own operators between columns, and conditions on plain values."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_id: Mapped[int]
    name: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
"""

DATABASE = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
"""

REPOSITORY = """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

"""

ROUTES = """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import UserRepository

app = FastAPI()


@app.get("/users")
async def list_users(session: SessionDep) -> list[int]:
    return [user.id for user in await UserRepository(session).find()]
"""


def _project(method: str) -> dict[str, str]:
    return {
        "app/models.py": MODELS,
        "app/database.py": DATABASE,
        "app/repositories.py": REPOSITORY + method,
        "app/main.py": ROUTES,
    }


EXAMPLES = (
    bad(
        "and drops a condition",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY
            + """\
    async def in_organisation(self, user_id: int, org_id: int) -> User | None:
        statement = select(User).where(User.id == user_id and User.org_id == org_id)  # expect: FL401
        return await self.session.scalar(statement)
""",
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep
from app.repositories import UserRepository

app = FastAPI()


@app.get("/organisations/{org_id}/users/{user_id}")
async def read_user(org_id: int, user_id: int, session: SessionDep) -> str | None:
    user = await UserRepository(session).in_organisation(user_id, org_id)
    if user is None:
        raise HTTPException(404)
    return user.name
""",
        },
    ),
    bad(
        "is None and not are answered by Python",
        _project("""\
    async def find(self) -> Sequence[User]:
        nameless = select(User).where(User.name is None)  # expect: FL401
        inactive = select(User).filter(not User.is_active)  # expect: FL401
        return [*await self.session.scalars(nameless), *await self.session.scalars(inactive)]
"""),
    ),
    bad(
        "in compares a column with each element",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, aliased

from app.models import User

engine = create_engine("sqlite:///./app.db")
app = FastAPI()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@app.get("/users")
def list_users(session: Annotated[Session, Depends(get_session)]) -> list[int]:
    member = aliased(User)
    wanted = [1, 2]
    return [user.id for user in session.query(member).filter(member.id in wanted)]  # expect: FL401
""",
        },
    ),
    good(
        "SQLAlchemy's operators",
        _project("""\
    async def find(self) -> Sequence[User]:
        statement = select(User).where(User.name.is_(None), ~User.is_active | User.org_id.in_([1, 2]))
        return (await self.session.scalars(statement)).all()

    async def in_organisation(self, user_id: int, org_id: int) -> User | None:
        return await self.session.scalar(select(User).where((User.id == user_id) & (User.org_id == org_id)))
"""),
    ),
    near_miss(
        "Python decides which condition to use",
        _project("""\
    async def find(self, *, everyone: bool = False, name: str | None = None) -> Sequence[User]:
        statement = select(User).where(User.is_active.is_(True) if not everyone else User.id > 0)
        if name is not None and not everyone:
            statement = statement.where(User.name == name)
        return (await self.session.scalars(statement)).all()
"""),
    ),
    near_miss(
        "the operands are values, not columns",
        _project("""\
    async def find(self, limit: int | None = None, org: int | None = None, default: int = 1) -> Sequence[User]:
        statement = select(User).where(User.org_id == (org or default)).limit(limit or 100)
        return (await self.session.scalars(statement)).all()
"""),
    ),
    near_miss(
        "attributes of a loaded object",
        _project("""\
    async def find(self) -> Sequence[User]:
        users = (await self.session.scalars(select(User))).all()
        return [user for user in users if user.is_active and user.name is not None and user.id in {1, 2}]
"""),
    ),
    near_miss(
        "a filter method of another class",
        {
            "app/models.py": MODELS,
            "app/selection.py": """\
class Selection:
    def __init__(self) -> None:
        self.values: list[bool] = []

    def filter(self, value: bool) -> "Selection":
        self.values.append(value)
        return self
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.models import User
from app.selection import Selection

app = FastAPI()


@app.get("/columns")
async def columns(name: str) -> list[bool]:
    return Selection().filter(name in User.__table__.columns and User.name is not None).values
""",
        },
    ),
)
