"""A small shop whose files have several states each: wrong, right, not parsable, empty."""

from collections.abc import Mapping
from typing import Final

STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "shop/main.py": (
        """\
from fastapi import FastAPI

from shop.routes import router

app = FastAPI()
app.include_router(router)
""",
        """\
from fastapi import FastAPI

app = FastAPI()
""",
        """\
from fastapi import FastAPI

app = FastAPI(
""",
    ),
    "shop/routes.py": (
        """\
from fastapi import APIRouter, Depends

from shop.database import get_session
from shop.models import Order
from shop.services import load, save

router = APIRouter()


@router.get("/orders")
async def orders() -> list[str]:
    return load()


@router.post("/orders")
async def create(session=Depends(get_session)) -> None:
    await save(session, Order(id=1))
""",
        """\
from fastapi import APIRouter

from shop.services import load

router = APIRouter()


@router.get("/orders")
def orders() -> list[str]:
    return load()
""",
        "router = )\n",
        "",
    ),
    "shop/services.py": (
        """\
import time

from sqlalchemy.ext.asyncio import AsyncSession


def load() -> list[str]:
    time.sleep(1)
    return []


async def save(session: AsyncSession, order) -> None:
    session.add(order)
    await session.flush()
""",
        """\
import time as clock


def load() -> list[str]:
    clock.sleep(1)  # fastapi-lint: ignore[FL202] on purpose
    return []


async def save(session, order) -> None:
    session.add(order)
    await session.commit()
""",
        """\
def load() -> list[str]:
    return []
""",
    ),
    "shop/models.py": (
        """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
        """\
class Order:
    def __init__(self, id: int) -> None: ...
""",
        "",
    ),
    "shop/database.py": (
        """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
Session = async_sessionmaker(engine)


async def get_session():
    async with Session() as session:
        yield session
""",
        """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
Session = async_sessionmaker(engine)


async def get_session():
    async with Session() as session, session.begin():
        yield session
""",
    ),
    "shop/schemas.py": (
        """\
from pydantic import BaseModel


class OrderOut(BaseModel):
    class Config:
        frozen = True
""",
        """\
from pydantic import BaseModel


class OrderOut(BaseModel):
    model_config = {'frozen': True}
""",
    ),
}

SHOP: Final[Mapping[str, str]] = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "0"
dependencies = ["fastapi>=0.115", "pydantic>=2", "sqlalchemy>=2"]
""",
    "shop/__init__.py": "",
    **{name: states[0] for name, states in STATES.items()},
}
"""The shop with each file in its first state."""
