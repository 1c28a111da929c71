"""Examples of FL402: a relationship read once per row, and the ways to load it at once."""

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
    name: Mapped[str]
    orders: Mapped[list[Order]] = relationship(back_populates="customer")


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")

    @property
    def label(self) -> str:
        return f"{self.id}: {self.customer.name}"
"""

DATABASE = """\
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

ASYNC_DATABASE = """\
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

EXAMPLES = (
    bad(
        "a comprehension reads the collection of each row",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/customers")
def list_customers(session: SessionDep) -> list[dict[str, object]]:
    customers = session.scalars(select(Customer)).all()
    return [
        {"name": customer.name, "orders": len(customer.orders)}  # expect: FL402
        for customer in customers
    ]
""",
        },
    ),
    bad(
        "the repository lists, a serializer in another module reads",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Customer


class CustomerRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def list_all(self) -> Sequence[Customer]:
        return self.session.execute(select(Customer).order_by(Customer.id)).scalars().all()
""",
            "app/serializers.py": """\
from app.models import Customer


def customer_to_dict(customer: Customer) -> dict[str, object]:
    return {
        "name": customer.name,
        "spent": sum(order.total for order in customer.orders),  # expect: FL402
    }
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.repositories import CustomerRepository
from app.serializers import customer_to_dict

app = FastAPI()


@app.get("/customers")
def list_customers(session: SessionDep) -> list[dict[str, object]]:
    result = []
    for customer in CustomerRepository(session).list_all():
        result.append(customer_to_dict(customer))
    return result
""",
        },
    ),
    bad(
        "awaitable attributes in a loop",
        {
            "app/models.py": MODELS.replace(
                "from sqlalchemy.orm", "from sqlalchemy.ext.asyncio import AsyncAttrs\nfrom sqlalchemy.orm", 1
            ).replace("class Base(DeclarativeBase)", "class Base(AsyncAttrs, DeclarativeBase)"),
            "app/database.py": ASYNC_DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/customers")
async def list_customers(session: SessionDep) -> list[dict[str, object]]:
    customers = (await session.execute(select(Customer))).scalars().all()
    result: list[dict[str, object]] = []
    for customer in customers:
        orders = await customer.awaitable_attrs.orders  # expect: FL402
        result.append({"name": customer.name, "orders": len(orders)})
    return result
""",
        },
    ),
    bad(
        "a property of the model hides the relationship",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Order

app = FastAPI()


@app.get("/orders")
def list_orders(session: SessionDep) -> list[str]:
    orders = session.scalars(select(Order))
    return [order.label for order in orders]  # expect: FL402
""",
        },
    ),
    bad(
        "SQLModel rows, the query in a helper",
        {
            "app/models.py": """\
from sqlmodel import Field, Relationship, SQLModel


class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    heroes: list["Hero"] = Relationship(back_populates="team")


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    team_id: int | None = Field(default=None, foreign_key="team.id")
    team: Team | None = Relationship(back_populates="heroes")
""",
            "app/main.py": """\
from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlmodel import Session, create_engine, select

from app.models import Team

engine = create_engine("sqlite:///./app.db")
app = FastAPI()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def read_teams(session: Session) -> Sequence[Team]:
    return session.exec(select(Team)).all()


@app.get("/teams")
def list_teams(session: Annotated[Session, Depends(get_session)]) -> dict[str, list[str]]:
    result = {}
    for team in read_teams(session):
        result[team.name] = [hero.name for hero in team.heroes]  # expect: FL402
    return result
""",
        },
    ),
    bad(
        "the service keeps the session, the loop is over a second function's result",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/service.py": """\
from collections.abc import Iterator

from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer


class ReportService:
    def __init__(self, session: SessionDep) -> None:
        self.session = session

    def _customers(self) -> Iterator[Customer]:
        yield from self.session.scalars(select(Customer))

    def totals(self) -> dict[str, int]:
        return {
            customer.name: max((order.total for order in customer.orders), default=0)  # expect: FL402
            for customer in self._customers()
        }
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import ReportService

app = FastAPI()


@app.get("/totals")
def totals(service: Annotated[ReportService, Depends()]) -> dict[str, int]:
    return service.totals()
""",
        },
    ),
    good(
        "one more query for all collections",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/customers")
def list_customers(session: SessionDep) -> list[dict[str, object]]:
    customers = session.scalars(select(Customer).options(selectinload(Customer.orders))).all()
    return [{"name": customer.name, "orders": len(customer.orders)} for customer in customers]
""",
        },
    ),
    near_miss(
        "the loader options come as a parameter",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ExecutableOption

from app.models import Customer


class CustomerRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def list_all(self, options: Sequence[ExecutableOption] = ()) -> Sequence[Customer]:
        return self.session.scalars(select(Customer).options(*options)).all()
""",
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy.orm import joinedload, selectinload

from app.database import SessionDep
from app.models import Customer, Order
from app.repositories import CustomerRepository

app = FastAPI()
WITH_ORDERS = (selectinload(Customer.orders).options(joinedload(Order.customer)),)


@app.get("/customers")
def list_customers(session: SessionDep) -> list[dict[str, object]]:
    customers = CustomerRepository(session).list_all(options=WITH_ORDERS)
    return [{"name": customer.name, "orders": [o.label for o in customer.orders]} for customer in customers]
""",
        },
    ),
    near_miss(
        "the relationship is eager on the model",
        {
            "app/models.py": MODELS.replace(
                'relationship(back_populates="customer")', 'relationship(back_populates="customer", lazy="selectin")'
            ),
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/customers")
def list_customers(session: SessionDep) -> list[int]:
    return [len(customer.orders) for customer in session.scalars(select(Customer))]
""",
        },
    ),
    near_miss(
        "the join fills the relationship",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.database import SessionDep
from app.models import Order

app = FastAPI()


@app.get("/orders")
def list_orders(session: SessionDep) -> list[str]:
    statement = select(Order).join(Order.customer).options(contains_eager(Order.customer)).order_by(Order.id)
    return [order.customer.name for order in session.scalars(statement)]
""",
        },
    ),
    near_miss(
        "one object, read once",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/customers/{customer_id}/orders")
def list_orders(customer_id: int, session: SessionDep) -> list[int]:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise HTTPException(404)
    return [order.total for order in customer.orders]
""",
        },
    ),
    near_miss(
        "the way back is in the identity map already",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@app.get("/report")
def report(session: SessionDep) -> list[str]:
    customers = session.scalars(select(Customer).options(selectinload(Customer.orders))).all()
    return [f"{order.customer.name}: {order.total}" for customer in customers for order in customer.orders]
""",
        },
    ),
    near_miss(
        "the loop reads columns, the name is only the same",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from dataclasses import dataclass, field

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer

app = FastAPI()


@dataclass
class Row:
    name: str
    orders: list[int] = field(default_factory=list)


@app.get("/customers")
def list_customers(session: SessionDep) -> list[int]:
    rows = [Row(name=customer.name) for customer in session.scalars(select(Customer))]
    return [len(row.orders) for row in rows]
""",
        },
    ),
    near_miss(
        "rows of columns, grouped by the database",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import func, select

from app.database import SessionDep
from app.models import Customer, Order

app = FastAPI()


@app.get("/customers")
def list_customers(session: SessionDep) -> list[dict[str, object]]:
    statement = (
        select(Customer.name, func.count(Order.id).label("orders")).join(Customer.orders).group_by(Customer.name)
    )
    return [{"name": row.name, "orders": row.orders} for row in session.execute(statement)]
""",
        },
    ),
    near_miss(
        "the session holds every object that the relationship leads to",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Customer, Order

app = FastAPI()


def all_customers(*, session) -> list[Customer]:
    return session.scalars(select(Customer)).all()


@app.get("/orders")
def list_orders(session: SessionDep) -> list[str]:
    customers = all_customers(session=session)
    named = [customer.id for customer in customers if customer.name]
    orders = session.scalars(select(Order).where(Order.customer_id.in_(named))).all()
    return [order.customer.name for order in orders]
""",
        },
    ),
)
