"""Examples of FL405: a query per item, and loops that look like it."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[int]


class Review(Base):
    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    stars: Mapped[int]
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
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Base, Product

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: Any) -> M | None:
        return await self.session.get(self.model, key)


class ProductRepository(Repository[Product]):
    model = Product

    async def get_many(self, keys: Sequence[int]) -> Sequence[Product]:
        return (await self.session.scalars(select(Product).where(Product.id.in_(keys)))).all()
"""

EXAMPLES = (
    bad(
        "the route asks for one row at a time",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.post("/basket")
async def price(product_ids: list[int], session: SessionDep) -> int:
    total = 0
    for product_id in product_ids:
        total += await session.scalar(select(Product.price).where(Product.id == product_id)) or 0  # expect: FL405
    return total
""",
        },
    ),
    bad(
        "the service calls the generic repository per item",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/services.py": """\
from app.database import SessionDep
from app.repositories import ProductRepository


class BasketService:
    def __init__(self, session: SessionDep) -> None:
        self.products = ProductRepository(session)

    async def price(self, product_ids: list[int]) -> int:
        products = [await self.products.get(product_id) for product_id in product_ids]  # expect: FL405
        return sum(product.price for product in products if product is not None)
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.services import BasketService

app = FastAPI()


@app.post("/basket")
async def price(product_ids: list[int], service: Annotated[BasketService, Depends()]) -> int:
    return await service.price(product_ids)
""",
        },
    ),
    bad(
        "a statistic per row of a list, two calls below the loop",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/ratings.py": """\
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product, Review


async def average_stars(session: AsyncSession, product_id: int) -> float:
    result = await session.execute(select(func.avg(Review.stars)).where(Review.product_id == product_id))
    return float(result.scalar_one_or_none() or 0)


async def describe(session: AsyncSession, product: Product) -> dict[str, object]:
    return {"name": product.name, "stars": await average_stars(session, product.id)}
""",
            "app/main.py": """\
from fastapi import APIRouter, FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product
from app.ratings import describe

router = APIRouter(prefix="/products")


@router.get("")
async def list_products(session: SessionDep) -> list[dict[str, object]]:
    result = []
    for product in (await session.scalars(select(Product).limit(50))).all():
        result.append(await describe(session, product))  # expect: FL405
    return result


app = FastAPI()
app.include_router(router)
""",
        },
    ),
    bad(
        "a sync stack",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Iterator

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.models import Product, Review

engine = create_engine("sqlite:///./app.db")
SessionLocal = sessionmaker(bind=engine)
app = FastAPI()


def get_db() -> Iterator[Session]:
    with SessionLocal() as db:
        yield db


@app.get("/products/ratings")
def ratings(db: Session = Depends(get_db)) -> dict[str, int]:
    counts = {}
    for product in db.query(Product).all():
        counts[product.name] = db.query(Review).filter(Review.product_id == product.id).count()  # expect: FL405
    return counts
""",
        },
    ),
    bad(
        "commit and refresh of each item",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.post("/products", status_code=201)
async def create(names: list[str], session: SessionDep) -> list[int]:
    products = [Product(name=name, price=1) for name in names]
    session.add_all(products)
    await session.commit()
    for product in products:
        await session.refresh(product)  # expect: FL405
    return [product.id for product in products]
""",
        },
    ),
    good(
        "one query for all items",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/repositories.py": REPOSITORY,
            "app/services.py": """\
from app.database import SessionDep
from app.repositories import ProductRepository


class BasketService:
    def __init__(self, session: SessionDep) -> None:
        self.products = ProductRepository(session)

    async def price(self, product_ids: list[int]) -> int:
        prices = {product.id: product.price for product in await self.products.get_many(product_ids)}
        return sum(prices.get(product_id, 0) for product_id in product_ids)
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.services import BasketService

app = FastAPI()


@app.post("/basket")
async def price(product_ids: list[int], service: Annotated[BasketService, Depends()]) -> int:
    return await service.price(product_ids)
""",
        },
    ),
    near_miss(
        "batches of a thousand",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product

app = FastAPI()
BATCH = 1000


@app.post("/names")
async def names(product_ids: list[int], session: SessionDep) -> list[str]:
    result: list[str] = []
    for start in range(0, len(product_ids), BATCH):
        batch = product_ids[start : start + BATCH]
        result.extend(await session.scalars(select(Product.name).where(Product.id.in_(batch))))
    return result
""",
        },
    ),
    near_miss(
        "retries of one query",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI, HTTPException
from sqlalchemy.exc import OperationalError

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.get("/products/{product_id}")
async def read(product_id: int, session: SessionDep) -> str | None:
    for _attempt in range(3):
        try:
            product = await session.get(Product, product_id)
        except OperationalError:
            await session.rollback()
        else:
            return product.name if product else None
    raise HTTPException(503)
""",
        },
    ),
    near_miss(
        "the loop only adds, the flush writes once",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Review

app = FastAPI()


@app.post("/products/{product_id}/reviews")
async def rate(product_id: int, stars: list[int], session: SessionDep) -> int:
    for value in stars:
        session.add(Review(product_id=product_id, stars=value))
    await session.commit()
    return len(stars)
""",
        },
    ),
    near_miss(
        "a handful of known names",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import func, select

from app.database import SessionDep
from app.models import Product, Review

app = FastAPI()


@app.get("/counts")
async def counts(session: SessionDep) -> dict[str, int]:
    result = {}
    for model in (Product, Review):
        result[model.__tablename__] = await session.scalar(select(func.count()).select_from(model)) or 0
    return result
""",
        },
    ),
    near_miss(
        "pages: the loop asks until nothing is left",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.get("/export")
async def export(session: SessionDep) -> list[str]:
    last = 0
    names: list[str] = []
    while True:
        page = (await session.scalars(select(Product).where(Product.id > last).order_by(Product.id).limit(500))).all()
        if not page:
            return names
        names.extend(product.name for product in page)
        last = page[-1].id
""",
        },
    ),
    near_miss(
        "the query runs once, the loop reads its result",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import func, select

from app.database import SessionDep
from app.models import Product, Review

app = FastAPI()


@app.get("/ratings")
async def ratings(session: SessionDep) -> dict[str, float]:
    statement = select(Review.product_id, func.avg(Review.stars)).group_by(Review.product_id)
    stars = {product_id: average for product_id, average in await session.execute(statement)}
    return {product.name: float(stars.get(product.id, 0)) for product in await session.scalars(select(Product))}
""",
        },
    ),
    near_miss(
        "a seed script, run once by hand",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "scripts/seed.py": """\
import asyncio

from sqlalchemy import select

from app.database import SessionLocal
from app.models import Product

NAMES = [f"product {number}" for number in range(100)]


async def seed() -> None:
    async with SessionLocal.begin() as session:
        for name in NAMES:
            if await session.scalar(select(Product).where(Product.name == name)) is None:
                session.add(Product(name=name, price=1))


if __name__ == "__main__":
    asyncio.run(seed())
""",
        },
    ),
    near_miss(
        "a worker takes one job after the other, each in its own transaction",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/worker.py": """\
import asyncio

from sqlalchemy import select

from app.database import SessionLocal
from app.models import Product


async def reprice() -> None:
    async with SessionLocal() as session:
        product_ids = (await session.scalars(select(Product.id))).all()
    for product_id in product_ids:
        async with SessionLocal.begin() as session:
            product = await session.get(Product, product_id, with_for_update=True)
            if product is not None:
                product.price += 1


if __name__ == "__main__":
    asyncio.run(reprice())
""",
        },
    ),
    near_miss(
        "the loader of a batch asks once for all of its keys",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/loaders.py": """\
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product


def batches(keys: Sequence[int], size: int) -> Iterator[list[int]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, size)):
        yield batch


async def load(session: AsyncSession, keys: Sequence[int]) -> AsyncIterator[Product]:
    for batch in batches(keys, 500):
        for product in await session.scalars(select(Product).where(Product.id.in_(batch))):
            yield product
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.loaders import load

app = FastAPI()


@app.post("/names")
async def names(product_ids: list[int], session: SessionDep) -> list[str]:
    return [product.name async for product in load(session, product_ids)]
""",
        },
    ),
    near_miss(
        "each step asks for what the step before has found",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Review

app = FastAPI()


@app.post("/chains")
async def chain(stars: list[int], session: SessionDep) -> int | None:
    last: int | None = None
    for star in stars:
        statement = select(Review).where(Review.stars == star)
        if last is not None:
            statement = statement.where(Review.product_id == last)
        review = (await session.scalars(statement)).first()
        if review is None:
            return None
        last = review.id
    return last
""",
        },
    ),
    near_miss(
        "a query for one certain item, or after an exception",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.post("/checks")
async def check(values: dict[str, str], session: SessionDep) -> list[str]:
    taken = []
    for field, value in values.items():
        if field == "name":
            taken += (await session.scalars(select(Product.name).where(Product.name == value))).all()
    return taken


@app.post("/numbers")
async def numbers(values: list[str], session: SessionDep) -> list[int]:
    found = []
    for value in values:
        try:
            found.append(int(value))
        except ValueError:
            product = (await session.scalars(select(Product).where(Product.name == value))).first()
            found.append(product.id if product is not None else 0)
    return found
""",
        },
    ),
    near_miss(
        "the few members of a constant set, tried in order",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from enum import IntEnum

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Review

app = FastAPI()


class Stars(IntEnum):
    BAD = 1
    FINE = 3
    GOOD = 5


WANTED = {Stars.FINE, Stars.GOOD}


@app.get("/reviews/{name}")
async def review(name: str, session: SessionDep) -> int | None:
    for stars in WANTED:
        found = (await session.scalars(select(Review).where(Review.stars == stars))).first()
        if found is not None:
            return found.id
    for key in dict.fromkeys([name, name.lower()]):
        found = await session.get(Review, key)
        if found is not None:
            return found.id
    return None
""",
        },
    ),
    bad(
        "what is found is put into the item, which the next query does not see",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from typing import Any

from fastapi import FastAPI

from app.database import SessionDep
from app.models import Product

app = FastAPI()


@app.post("/parts")
async def parts(items: list[dict[str, Any]], session: SessionDep) -> list[dict[str, Any]]:
    for item in items:
        product = await session.get(Product, item["id"])  # expect: FL405
        if product is not None:
            item["name"] = product.name
    return items
""",
        },
    ),
    near_miss(
        "each item is a table of its own",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Base

app = FastAPI()
tables: set[type[Base]] = set()


@app.delete("/rows")
async def delete_rows(session: SessionDep) -> None:
    for table in tables:
        await session.execute(delete(table))
    await session.commit()


async def sizes(session: AsyncSession, models: list[type[Base]]) -> list[int]:
    return [(await session.execute(select(func.count()).select_from(model))).scalar_one() for model in models]
""",
        },
    ),
    near_miss(
        "a function puts another query together for each item",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, select

from app.database import SessionDep
from app.models import Review

app = FastAPI()


class Rule(BaseModel):
    column: str
    limit: int
    negated: bool = False

    def condition(self) -> ColumnElement[bool]:
        found = getattr(Review, self.column) <= self.limit
        return ~found if self.negated else found


def narrowed(statement: Select[tuple[Review]], rule: Rule) -> Select[tuple[Review]]:
    return statement.where(getattr(Review, rule.column) > rule.limit).order_by(Review.id)


@app.post("/reviews/matching")
async def matching(rules: list[Rule], session: SessionDep) -> int:
    count = 0
    for rule in rules:
        statement = select(Review).where(rule.condition()).limit(1)
        if (await session.scalars(statement)).first() is not None:
            count += 1
    return count


@app.post("/reviews/first")
async def first(rules: list[Rule], session: SessionDep) -> Any:
    for rule in rules:
        statement = select(Review).where(Review.stars > 0)
        statement = narrowed(statement, rule)
        reviews: Sequence[Review] = (await session.scalars(statement)).all()
        if reviews:
            return reviews[0].id
    return None
""",
        },
    ),
    near_miss(
        "attempts to find a free code, a short list, and the one item that is asked for",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import secrets

from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Product, Review

app = FastAPI()


@app.post("/codes")
async def make_code(session: SessionDep) -> str:
    for _ in range(10):
        code = "".join(secrets.choice("abcdef") for _ in range(8))
        if (await session.scalars(select(Product).where(Product.name == code))).first() is None:
            return code
    return secrets.token_hex()


@app.get("/reviews/by-mood")
async def by_mood(session: SessionDep) -> dict[str, int]:
    moods = [("bad", 1, 2), ("good", 3, 4), ("glowing", 5, 5)]
    counts = {}
    for mood, low, high in moods:
        found = await session.scalars(select(Review.id).where(Review.stars.between(low, high)))
        counts[mood] = len(found.all())
    return counts


@app.get("/products/named")
async def named(name: str, session: SessionDep) -> list[int]:
    for product in (await session.scalars(select(Product))).all():
        if product.name == name:
            reviews = await session.scalars(select(Review.id).where(Review.product_id == product.id))
            return list(reviews.all())
    return []
""",
        },
    ),
    bad(
        "a list that grows is as long as what is put into it",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Review

app = FastAPI()


@app.get("/reviews/by-stars")
async def by_stars(more: int, session: SessionDep) -> list[int]:
    wanted = [1, 5]
    if more:
        wanted.extend(range(more))
    counts = []
    for stars in wanted:
        found = await session.scalars(select(Review.id).where(Review.stars == stars))  # expect: FL405
        counts.append(len(found.all()))
    return counts
""",
        },
    ),
)
