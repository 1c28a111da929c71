"""Examples of FL701: modules that import each other while they are being executed."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "two features need a name of each other",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app.users import router

app = FastAPI()
app.include_router(router)
""",
            "app/users.py": """\
from fastapi import APIRouter

from app.orders import orders_of

router = APIRouter(prefix="/users")


class User:
    def __init__(self, name: str) -> None:
        self.name = name


@router.get("/{name}/orders")
async def orders(name: str) -> list[str]:
    return orders_of(User(name))
""",
            "app/orders.py": """\
from app.users import User  # expect: FL701


def orders_of(user: User) -> list[str]:
    return [f"{user.name}'s first order"]
""",
        },
    ),
    bad(
        "a package re-exports its router, and a dependency needs the package's models",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app.features.users import router

app = FastAPI()
app.include_router(router)
""",
            "app/features/users/__init__.py": """\
from app.features.users.api import router
from app.features.users.models import User

__all__ = ["User", "router"]
""",
            "app/features/users/api.py": """\
from typing import Annotated

from fastapi import APIRouter, Depends

from app.core.dependencies import current_user
from app.features.users.models import User

router = APIRouter(prefix="/users")


@router.get("/me")
async def me(user: Annotated[User, Depends(current_user)]) -> str:
    return user.name
""",
            "app/features/users/models.py": """\
class User:
    def __init__(self, name: str) -> None:
        self.name = name
""",
            "app/core/dependencies.py": """\
from app.features.users import User  # expect: FL701


async def current_user() -> User:
    return User("Ada")
""",
        },
    ),
    near_miss(
        "a circle that works in every order: the modules only import each other as modules",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app import users

app = FastAPI()


@app.get("/users/{name}")
async def read(name: str) -> str:
    return users.describe(name)
""",
            "app/users.py": """\
import app.orders


def describe(name: str) -> str:
    return f"{name}: {app.orders.count(name)}"


def exists(name: str) -> bool:
    return bool(name)
""",
            "app/orders.py": """\
import app.users


def count(name: str) -> int:
    return 1 if app.users.exists(name) else 0
""",
        },
    ),
    good(
        "both features import what they share",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app.users import router

app = FastAPI()
app.include_router(router)
""",
            "app/models.py": """\
class User:
    def __init__(self, name: str) -> None:
        self.name = name
""",
            "app/users.py": """\
from fastapi import APIRouter

from app.models import User
from app.orders import orders_of

router = APIRouter(prefix="/users")


@router.get("/{name}/orders")
async def orders(name: str) -> list[str]:
    return orders_of(User(name))
""",
            "app/orders.py": """\
from app.models import User


def orders_of(user: User) -> list[str]:
    return [f"{user.name}'s first order"]
""",
        },
    ),
    near_miss(
        "one of the imports is for type checkers only",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app.models.user import User

app = FastAPI()


@app.get("/users/{name}")
async def read(name: str) -> int:
    return len(User(name).orders)
""",
            "app/models/user.py": """\
from app.models.order import Order


class User:
    def __init__(self, name: str) -> None:
        self.name = name
        self.orders = [Order(self)]
""",
            "app/models/order.py": """\
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.models.user import User


class Order:
    def __init__(self, user: User) -> None:
        self.user = user
""",
        },
    ),
    near_miss(
        "the import waits for the call",
        {
            "app/main.py": """\
from fastapi import FastAPI

from app.users import describe

app = FastAPI()


@app.get("/users/{name}")
async def read(name: str) -> str:
    return describe(name)
""",
            "app/users.py": """\
from app.orders import count


def describe(name: str) -> str:
    return f"{name}: {count(name)}"


def exists(name: str) -> bool:
    return bool(name)
""",
            "app/orders.py": """\
def count(name: str) -> int:
    from app.users import exists

    return 1 if exists(name) else 0
""",
        },
    ),
    near_miss(
        "a package imports its own modules, and they import each other",
        {
            "app/schemas/__init__.py": """\
from app.schemas.item import Item
from app.schemas.order import Order

__all__ = ["Item", "Order"]
""",
            "app/schemas/item.py": """\
from pydantic import BaseModel


class Item(BaseModel):
    name: str
""",
            "app/schemas/order.py": """\
from pydantic import BaseModel

from app.schemas.item import Item


class Order(BaseModel):
    items: list[Item]
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.schemas import Order

app = FastAPI()


@app.post("/orders")
async def create(order: Order) -> int:
    return len(order.items)
""",
        },
    ),
    near_miss(
        "a module and an installed package of the same name",
        {
            "app/logging.py": """\
import logging

logger = logging.getLogger("app")
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.logging import logger

app = FastAPI()


@app.get("/health")
async def health() -> str:
    logger.debug("asked")
    return "ok"
""",
        },
    ),
)
