"""Examples of FL302: who commits what a request writes."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
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

SERVICE = """\
from app.database import SessionDep
from app.models import User
from app.repositories import UserRepository


class UserService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session
        self.users = UserRepository(session)

    async def register(self, email: str) -> User:
        return await self.users.create(email=email)
"""

ROUTES = """\
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, status

from app.services import UserService

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def register(email: str, service: Annotated[UserService, Depends()]) -> dict[str, int]:
    user = await service.register(email)
    return {"id": user.id}


app = FastAPI()
app.include_router(router)
"""

EXAMPLES = (
    bad(
        "the repository flushes and nobody commits",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, *, email: str) -> User:
        user = User(email=email)
        self.session.add(user)  # expect: FL302
        await self.session.flush()
        return user
""",
            "app/services.py": SERVICE,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "an UPDATE through the request's session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/services/accounts.py": """\
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


class AccountService:
    async def deactivate(self, session: AsyncSession, user_id: int) -> None:
        statement = update(User).where(User.id == user_id).values(is_active=False)
        await session.execute(statement)  # expect: FL302


account_service = AccountService()
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.database import SessionDep
from app.services.accounts import account_service

app = FastAPI()


@app.post("/users/{user_id}/deactivate", status_code=status.HTTP_204_NO_CONTENT)
async def deactivate(user_id: int, session: SessionDep) -> None:
    await account_service.deactivate(session, user_id)
""",
        },
    ),
    bad(
        "the session's own block ends with a rollback",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/audit.py": """\
from app.database import SessionLocal
from app.models import User


async def remember(email: str) -> int:
    async with SessionLocal() as session:
        user = User(email=email)
        session.add(user)  # expect: FL302
        await session.flush()
        return user.id
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.audit import remember

app = FastAPI()


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str) -> dict[str, int]:
    return {"id": await remember(email)}
""",
        },
    ),
    bad(
        "a sync session that is only closed",
        {
            "app/main.py": """\
from collections.abc import Iterator

from fastapi import Depends, FastAPI, HTTPException, status
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def get_db() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


app = FastAPI()


@app.delete("/items/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_item(item_id: int, db: Session = Depends(get_db)) -> None:
    item = db.get(Item, item_id)
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    db.delete(item)  # expect: FL302
    db.flush()
""",
        },
    ),
    bad(
        "a generic repository flushes for every model, a unit of work only closes",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/unit_of_work.py": """\
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionLocal
from app.repositories import UserRepository


class UnitOfWork:
    session: AsyncSession

    async def __aenter__(self) -> Self:
        self.session = SessionLocal()
        self.users = UserRepository(self.session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()
""",
            "app/repositories.py": """\
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base, User

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, instance: M) -> M:
        self.session.add(instance)  # expect: FL302
        await self.session.flush()
        return instance


class UserRepository(Repository[User]):
    pass
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.models import User
from app.unit_of_work import UnitOfWork

app = FastAPI()


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str) -> dict[str, int]:
    async with UnitOfWork() as work:
        user = await work.users.add(User(email=email))
        return {"id": user.id}
""",
        },
    ),
    good(
        "the service owns the transaction and commits",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def create(self, *, email: str) -> User:
        user = User(email=email)
        self.session.add(user)
        await self.session.flush()
        return user
""",
            "app/services.py": SERVICE.replace(
                "        return await self.users.create(email=email)\n",
                "        user = await self.users.create(email=email)\n"
                "        await self.session.commit()\n"
                "        return user\n",
            ),
            "app/main.py": ROUTES,
        },
    ),
    good(
        "the session's own block commits",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/audit.py": """\
from app.database import SessionLocal
from app.models import User


async def remember(email: str) -> int:
    async with SessionLocal() as session, session.begin():
        user = User(email=email)
        session.add(user)
        await session.flush()
        return user.id
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.audit import remember

app = FastAPI()


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str) -> dict[str, int]:
    return {"id": await remember(email)}
""",
        },
    ),
    near_miss(
        "the generic repository commits in its base class",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories/base.py": """\
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, instance: M) -> M:
        self.session.add(instance)
        return await self._save(instance)

    async def _save(self, instance: M) -> M:
        await self.session.commit()
        return instance
""",
            "app/repositories/__init__.py": """\
from app.models import User
from app.repositories.base import Repository


class UserRepository(Repository[User]):
    model = User

    async def create(self, *, email: str) -> User:
        return await self.add(User(email=email))
""",
            "app/services.py": SERVICE,
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a middleware owns the session and commits it",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import User

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


@app.middleware("http")
async def transaction(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    async with SessionLocal() as session:
        request.state.session = session
        response = await call_next(request)
        await session.commit()
        return response


async def get_session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


@app.post("/users")
async def create_user(email: str, session: Annotated[AsyncSession, Depends(get_session)]) -> str:
    session.add(User(email=email))
    return email
""",
        },
    ),
    near_miss(
        "the session goes to a callable that nobody can see from here",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/hooks.py": """\
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

Hook = Callable[[AsyncSession], Awaitable[None]]
after_write: list[Hook] = []


async def run_hooks(session: AsyncSession) -> None:
    for hook in after_write:
        await hook(session)
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.hooks import run_hooks
from app.models import User

app = FastAPI()


@app.post("/users")
async def create_user(email: str, session: SessionDep) -> str:
    session.add(User(email=email))
    await run_hooks(session)
    return email
""",
        },
    ),
    near_miss(
        "the engine is in autocommit mode",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE.replace(
                '("sqlite+aiosqlite:///./app.db")', '("sqlite+aiosqlite:///./app.db", isolation_level="AUTOCOMMIT")'
            ),
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.post("/users")
async def create_user(email: str, session: SessionDep) -> str:
    session.add(User(email=email))
    await session.flush()
    return email
""",
        },
    ),
    near_miss(
        "nothing is written: the object never meets the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.post("/users/preview")
async def preview(email: str, session: SessionDep) -> dict[str, object]:
    user = User(email=email)
    taken = await session.scalar(select(User.id).where(User.email == user.email).with_for_update())
    return {"email": user.email, "taken": taken is not None}
""",
        },
    ),
    near_miss(
        "the decorator of the service's methods commits",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/transactional.py": """\
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def transactional(method: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    @wraps(method)
    async def committing(self: Any, *args: Any, **kwargs: Any) -> T:
        result = await method(self, *args, **kwargs)
        await self.session.commit()
        return result

    return committing
""",
            "app/services.py": """\
from app.database import SessionDep
from app.models import User
from app.transactional import transactional


class UserService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session

    @transactional
    async def register(self, email: str) -> User:
        user = User(email=email)
        self.session.add(user)
        await self.session.flush()
        return user
""",
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the project's own transaction commits when its block ends",
        {
            "app/models.py": MODELS,
            "app/database.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    async with SessionLocal() as session:
        yield session
        await session.commit()
""",
            "app/audit.py": """\
from app.database import transaction
from app.models import User


async def remember(email: str) -> int:
    async with transaction() as session:
        user = User(email=email)
        session.add(user)
        await session.flush()
        return user.id
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.audit import remember

app = FastAPI()


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str) -> dict[str, int]:
    return {"id": await remember(email)}
""",
        },
    ),
    near_miss(
        "the unit of work commits when it ends well",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/unit_of_work.py": """\
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionLocal
from app.repositories import UserRepository


class UnitOfWork:
    session: AsyncSession

    async def __aenter__(self) -> Self:
        self.session = SessionLocal()
        self.users = UserRepository(self.session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.session.commit()
        await self.session.close()
""",
            "app/repositories.py": """\
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base, User

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, instance: M) -> M:
        self.session.add(instance)
        await self.session.flush()
        return instance


class UserRepository(Repository[User]):
    pass
""",
            "app/main.py": """\
from fastapi import FastAPI, status

from app.models import User
from app.unit_of_work import UnitOfWork

app = FastAPI()


@app.post("/users", status_code=status.HTTP_201_CREATED)
async def create_user(email: str) -> dict[str, int]:
    async with UnitOfWork() as work:
        user = await work.users.add(User(email=email))
        return {"id": user.id}
""",
        },
    ),
)
