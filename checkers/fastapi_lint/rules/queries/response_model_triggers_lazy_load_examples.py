"""Examples of FL404: what the response model reads, and what the query loaded."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    items: Mapped[list[Item]] = relationship(back_populates="order")


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()
"""

EAGER_MODELS = MODELS.replace(
    'relationship(back_populates="order")', 'relationship(back_populates="order", lazy="selectin")'
)

SCHEMAS = """\
from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ItemOut(Out):
    id: int
    quantity: int


class OrderSummary(Out):
    id: int
    number: str


class OrderOut(OrderSummary):
    items: list[ItemOut]
"""

DEEP_SCHEMAS = """\
from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProductOut(Out):
    name: str


class ItemOut(Out):
    quantity: int
    product: ProductOut


class OrderOut(Out):
    number: str
    items: list[ItemOut]
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

SYNC_DATABASE = """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(engine)


def get_session() -> Iterator[Session]:
    with SessionLocal() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
"""

SERVICE = """\
from collections.abc import Sequence

from app.database import SessionDep
from app.models import Order
from app.repositories import OrderRepository


class OrderService:
    def __init__(self, session: SessionDep) -> None:
        self.orders = OrderRepository(session)

    async def list_orders(self) -> Sequence[Order]:
        return await self.orders.list_all()
"""

ROUTES = """\
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from app.models import Order
from app.schemas import OrderOut
from app.services import OrderService

router = APIRouter(prefix="/orders")


@router.get("", response_model=list[OrderOut])
async def list_orders(service: Annotated[OrderService, Depends()]) -> Sequence[Order]:
    return await service.list_orders()


app = FastAPI()
app.include_router(router)
"""

EXAMPLES = (
    bad(
        "the schema lists items, the repository selects orders only",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def list_all(self) -> Sequence[Order]:
        result = await self.session.execute(select(Order).order_by(Order.id))  # expect: FL404
        return result.scalars().all()
""",
            "app/services.py": SERVICE,
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "one level is loaded, the nested schema reads two",
        {
            "app/models.py": MODELS,
            "app/schemas.py": DEEP_SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.get("/orders/{order_id}", response_model=OrderOut)
async def read_order(order_id: int, session: SessionDep) -> Order:
    statement = select(Order).where(Order.id == order_id).options(selectinload(Order.items))  # expect: FL404
    order = await session.scalar(statement)
    if order is None:
        raise HTTPException(404)
    return order
""",
        },
    ),
    bad(
        "sync: the response is right and costs a query per row",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": SYNC_DATABASE,
            "app/main.py": """\
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.get("/orders", response_model=list[OrderOut])
def list_orders(session: SessionDep) -> Any:
    return session.scalars(select(Order)).all()  # expect: FL404
""",
        },
    ),
    bad(
        "the row is written and the client gets a 500: a new object has nothing loaded",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.post("/orders", response_model=OrderOut, status_code=201)
async def create_order(number: str, session: SessionDep) -> Order:
    order = Order(number=number)  # expect: FL404
    session.add(order)
    await session.commit()
    return order
""",
        },
    ),
    good(
        "the repository loads what the schema lists",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def list_all(self) -> Sequence[Order]:
        statement = select(Order).options(selectinload(Order.items)).order_by(Order.id)
        return (await self.session.execute(statement)).scalars().all()
""",
            "app/services.py": SERVICE,
            "app/main.py": ROUTES,
        },
    ),
    good(
        "sync: two queries whatever the number of rows",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": SYNC_DATABASE,
            "app/main.py": """\
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.get("/orders", response_model=list[OrderOut])
def list_orders(session: SessionDep) -> Any:
    return session.scalars(select(Order).options(selectinload(Order.items))).all()
""",
        },
    ),
    bad(
        "each caller passes the options of its query",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from collections.abc import Sequence

from fastapi import FastAPI
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ExecutableOption

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


async def one(session: AsyncSession, statement: Select[tuple[Order]]) -> Order:
    return (await session.scalars(statement)).one()


async def by_id(session: AsyncSession, order_id: int, options: Sequence[ExecutableOption] = ()) -> Order:
    return await one(session, select(Order).where(Order.id == order_id).options(*options))


@app.get("/orders/{order_id}", response_model=OrderOut)
async def read_order(order_id: int, session: SessionDep) -> Order:
    return await by_id(session, order_id, (selectinload(Order.items),))


@app.get("/orders/{order_id}/bare", response_model=OrderOut)
async def read_bare(order_id: int, session: SessionDep) -> Order:
    return await by_id(session, order_id)  # expect: FL404


@app.get("/orders/{order_id}/barer", response_model=OrderOut)
async def read_barer(order_id: int, session: SessionDep) -> Order:
    return await by_id(session, order_id, ())  # expect: FL404


@app.get("/first-order", response_model=OrderOut)
async def read_first(session: SessionDep) -> Order:
    return await one(session, select(Order).order_by(Order.id).limit(1))  # expect: FL404
""",
        },
    ),
    near_miss(
        "the relationship is eager on the model",
        {
            "app/models.py": EAGER_MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.get("/orders", response_model=list[OrderOut])
async def list_orders(session: SessionDep) -> list[Order]:
    return list(await session.scalars(select(Order)))
""",
        },
    ),
    near_miss(
        "the schema of the list names columns only",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderSummary

app = FastAPI()


@app.get("/orders", response_model=list[OrderSummary])
async def list_orders(session: SessionDep) -> list[Order]:
    return list(await session.scalars(select(Order)))
""",
        },
    ),
    near_miss(
        "the loader options come as a parameter",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ExecutableOption

from app.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def list_all(self, *, options: Sequence[ExecutableOption] = ()) -> Sequence[Order]:
        return (await self.session.scalars(select(Order).options(*options))).all()
""",
            "app/main.py": """\
from collections.abc import Sequence

from fastapi import FastAPI
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Order
from app.repositories import OrderRepository
from app.schemas import OrderOut

app = FastAPI()


@app.get("/orders", response_model=list[OrderOut])
async def list_orders(session: SessionDep) -> Sequence[Order]:
    return await OrderRepository(session).list_all(options=[selectinload(Order.items)])
""",
        },
    ),
    near_miss(
        "the route builds the schema itself",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Item, Order
from app.schemas import ItemOut, OrderOut

app = FastAPI()


@app.get("/orders/{order_id}")
async def read_order(order_id: int, session: SessionDep) -> OrderOut:
    order = await session.get_one(Order, order_id)
    items = await session.scalars(select(Item).where(Item.order_id == order.id))
    return OrderOut(id=order.id, number=order.number, items=[ItemOut.model_validate(item) for item in items])
""",
        },
    ),
    near_miss(
        "a refresh with names before the return",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut

app = FastAPI()


@app.post("/orders", response_model=OrderOut, status_code=201)
async def create_order(number: str, session: SessionDep) -> Order:
    order = Order(number=number)
    session.add(order)
    await session.commit()
    await session.refresh(order, ["items"])
    return order
""",
        },
    ),
    near_miss(
        "a new object is given its collection",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Item, Order
from app.schemas import OrderOut

app = FastAPI()


@app.post("/orders", response_model=OrderOut, status_code=201)
async def create_order(number: str, product_id: int, session: SessionDep) -> Order:
    order = Order(number=number, items=[Item(product_id=product_id, quantity=1)])
    session.add(order)
    await session.commit()
    return order
""",
        },
    ),
    near_miss(
        "the response model leaves the relationship out",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Order
from app.schemas import OrderOut, OrderSummary

app = FastAPI()


@app.get("/orders", response_model=list[OrderSummary])
async def list_orders(session: SessionDep) -> Any:
    orders = (await session.scalars(select(Order))).all()
    return [OrderSummary.model_validate(order) for order in orders]


@app.get("/empty", response_model=list[OrderOut])
async def empty(session: SessionDep) -> Any:
    return []
""",
        },
    ),
    near_miss(
        "what the object was given has been loaded with its own relationships",
        {
            "app/models.py": MODELS,
            "app/schemas.py": SCHEMAS
            + """\


class ItemWithOrder(ItemOut):
    order: OrderOut
""",
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Item, Order
from app.schemas import ItemWithOrder

app = FastAPI()


async def load(session: AsyncSession, order_id: int) -> Order:
    return (await session.scalars(select(Order).where(Order.id == order_id).options(selectinload(Order.items)))).one()


async def last_item(session: AsyncSession, order: Order) -> Item:
    item = (await session.scalars(select(Item).where(Item.order_id == order.id).limit(1))).one()
    item.order = order
    return item


async def add_item(session: AsyncSession, order: Order, product_id: int) -> Item:
    item = Item(order=order, product_id=product_id, quantity=1)
    session.add(item)
    await session.flush()
    return item


@app.get("/orders/{order_id}/last", response_model=ItemWithOrder)
async def read_last(order_id: int, session: SessionDep) -> Item:
    order = await load(session, order_id)
    return await last_item(session, order)


@app.post("/orders/{order_id}/items", response_model=ItemWithOrder, status_code=201)
async def create_item(order_id: int, product_id: int, session: SessionDep) -> Item:
    order = await load(session, order_id)
    item = await add_item(session, order, product_id)
    await session.commit()
    return item
""",
        },
    ),
)
