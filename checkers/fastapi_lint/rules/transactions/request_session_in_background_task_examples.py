"""Examples of FL304: the request's session in work that outlives the request."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="new")
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship()
"""

DATABASE = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///./app.db")
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionLocal.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
"""

MAIL = """\
outbox: list[str] = []


async def send(address: str) -> None:
    outbox.append(address)
"""

EXAMPLES = (
    bad(
        "the session is an argument of a background task",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/mail.py": MAIL,
            "app/tasks.py": """\
from sqlalchemy.ext.asyncio import AsyncSession

from app import mail
from app.models import Customer, Order


async def confirm(session: AsyncSession, order_id: int) -> None:
    order = await session.get_one(Order, order_id)
    customer = await session.get_one(Customer, order.customer_id)
    await mail.send(customer.email)
    order.status = "confirmed"
    await session.flush()
""",
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI

from app.database import SessionDep
from app.models import Order
from app.tasks import confirm

app = FastAPI()


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, tasks: BackgroundTasks, session: SessionDep) -> int:
    order = Order(customer_id=customer_id)
    session.add(order)
    await session.flush()
    tasks.add_task(confirm, session, order.id)  # expect: FL304
    return order.id
""",
        },
    ),
    bad(
        "a task of the event loop runs a method of the service that holds the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/service.py": """\
import asyncio

from app.database import SessionDep
from app.models import Order


class OrderService:
    running: set[asyncio.Task[None]] = set()

    def __init__(self, session: SessionDep) -> None:
        self.session = session

    async def create(self, customer_id: int) -> int:
        order = Order(customer_id=customer_id)
        self.session.add(order)
        await self.session.flush()
        task = asyncio.create_task(self._confirm(order.id))  # expect: FL304
        self.running.add(task)
        return order.id

    async def _confirm(self, order_id: int) -> None:
        await asyncio.sleep(0.05)
        order = await self.session.get_one(Order, order_id)
        order.status = "confirmed"
        await self.session.flush()
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import OrderService

app = FastAPI()


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, service: Annotated[OrderService, Depends()]) -> int:
    return await service.create(customer_id)
""",
        },
    ),
    bad(
        "a background task runs a method of the injected service, whose repository has the session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/service.py": """\
from typing import Annotated

from fastapi import Depends
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Order


class OrderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, order: Order) -> Order:
        self.session.add(order)
        await self.session.flush()
        return order

    async def confirm(self, order_id: int) -> None:
        await self.session.execute(update(Order).where(Order.id == order_id).values(status="confirmed"))


class OrderService:
    def __init__(self, session: AsyncSession) -> None:
        self.orders = OrderRepository(session)

    async def create(self, customer_id: int) -> Order:
        return await self.orders.add(Order(customer_id=customer_id))

    async def confirm(self, order_id: int) -> None:
        await self.orders.confirm(order_id)


async def get_order_service(session: SessionDep) -> OrderService:
    return OrderService(session)


OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
""",
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI

from app.service import OrderServiceDep

app = FastAPI()


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, service: OrderServiceDep, tasks: BackgroundTasks) -> int:
    order = await service.create(customer_id)
    tasks.add_task(service.confirm, order.id)  # expect: FL304
    return order.id
""",
        },
    ),
    bad(
        "an ORM object goes to a background task, which reads its relationship",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/mail.py": MAIL,
            "app/tasks.py": """\
from app import mail
from app.models import Order


async def thank(order: Order) -> None:
    await mail.send(order.customer.email)
""",
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI

from app.database import SessionDep
from app.models import Order
from app.tasks import thank

app = FastAPI()


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, tasks: BackgroundTasks, session: SessionDep) -> int:
    order = Order(customer_id=customer_id)
    session.add(order)
    await session.flush()
    tasks.add_task(thank, order)  # expect: FL304
    return order.id
""",
        },
    ),
    good(
        "the task gets the id and opens its own session",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/mail.py": MAIL,
            "app/tasks.py": """\
from app import mail
from app.database import SessionLocal
from app.models import Customer, Order


async def confirm(order_id: int) -> None:
    async with SessionLocal.begin() as session:
        order = await session.get_one(Order, order_id)
        customer = await session.get_one(Customer, order.customer_id)
        await mail.send(customer.email)
        order.status = "confirmed"
""",
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI

from app.database import SessionDep
from app.models import Order
from app.tasks import confirm

app = FastAPI()


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, tasks: BackgroundTasks, session: SessionDep) -> int:
    order = Order(customer_id=customer_id)
    session.add(order)
    await session.flush()
    tasks.add_task(confirm, order.id)
    return order.id
""",
        },
    ),
    near_miss(
        "the task gets the factory of sessions",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.database import SessionDep, SessionLocal
from app.models import Order

app = FastAPI()


async def confirm(sessions: async_sessionmaker[AsyncSession], order_id: int) -> None:
    async with sessions.begin() as session:
        order = await session.get_one(Order, order_id)
        order.status = "confirmed"


@app.post("/orders", status_code=201)
async def create_order(customer_id: int, tasks: BackgroundTasks, session: SessionDep) -> int:
    order = Order(customer_id=customer_id)
    session.add(order)
    await session.flush()
    tasks.add_task(confirm, SessionLocal, order.id)
    return order.id
""",
        },
    ),
    near_miss(
        "the task gets plain values and a schema",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/mail.py": MAIL,
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, ConfigDict

from app import mail
from app.database import SessionDep
from app.models import Customer

app = FastAPI()


class CustomerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str


async def welcome(customer: CustomerOut) -> None:
    await mail.send(customer.email)


@app.post("/customers", status_code=201)
async def create_customer(email: str, tasks: BackgroundTasks, session: SessionDep) -> int:
    customer = Customer(email=email)
    session.add(customer)
    await session.flush()
    tasks.add_task(mail.send, customer.email)
    tasks.add_task(welcome, CustomerOut.model_validate(customer))
    return customer.id
""",
        },
    ),
    near_miss(
        "the request awaits the task before it ends",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import asyncio

from fastapi import FastAPI, HTTPException
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Order

app = FastAPI()


async def load(session: AsyncSession, order_id: int) -> str | None:
    order = await session.get(Order, order_id)
    return order.status if order else None


@app.get("/orders/{order_id}")
async def read_order(order_id: int, session: SessionDep) -> str | None:
    task = asyncio.create_task(load(session, order_id))
    try:
        return await asyncio.wait_for(task, timeout=5)
    except TimeoutError:
        raise HTTPException(504) from None
""",
        },
    ),
    near_miss(
        "the background service is made of the factory",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI
from sqlalchemy import update

from app.database import SessionLocal
from app.models import Order

app = FastAPI()


class Confirmer:
    def __init__(self) -> None:
        self.sessions = SessionLocal

    async def confirm(self, order_id: int) -> None:
        async with self.sessions.begin() as session:
            await session.execute(update(Order).where(Order.id == order_id).values(status="confirmed"))


confirmer = Confirmer()


@app.post("/orders/{order_id}/confirmation", status_code=202)
async def confirm(order_id: int, tasks: BackgroundTasks) -> None:
    tasks.add_task(confirmer.confirm, order_id)
""",
        },
    ),
)
