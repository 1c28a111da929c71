"""Examples of FL403: a relationship or deferred column that an AsyncSession would have to load on attribute access."""

from fastapi_lint.rules.base import bad, good, near_miss

MODELS = """\
from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    biography: Mapped[str] = mapped_column(default="", deferred=True)
    posts: Mapped[list[Post]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")
    comments: Mapped[list[Comment]] = relationship(back_populates="post")


class Comment(Base):
    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    post: Mapped[Post] = relationship(back_populates="comments")
"""

STRICT_MODELS = """\
from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Organization(Base):
    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship(lazy="raise")


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    product: Mapped[Product] = relationship(lazy="raise")
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

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ExecutableOption

from app.models import Base

M = TypeVar("M", bound=Base)


class Repository(Generic[M]):
    model: type[M]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: Any, options: Sequence[ExecutableOption] = ()) -> M | None:
        return await self.session.get(self.model, key, options=options)
"""

ORDER_ROUTES = """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.services.orders import OrderService

app = FastAPI()


@app.get("/orders/{order_id}/receipt")
async def receipt(order_id: int, service: Annotated[OrderService, Depends()]) -> str:
    return await service.receipt(order_id)
"""

EXAMPLES = (
    bad(
        "the route reads a relationship of a bare fetch",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    return [post.title for post in user.posts]  # expect: FL403
""",
        },
    ),
    bad(
        "the chain of loader options lacks one link, a function far away reads it",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/repositories/base.py": REPOSITORY,
            "app/repositories/orders.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ExecutableOption

from app.models import Order
from app.repositories.base import Repository


class OrderRepository(Repository[Order]):
    model = Order

    def get_eager_options(self) -> Sequence[ExecutableOption]:
        return (joinedload(Order.product),)

    async def get_with_product(self, order_id: int) -> Order:
        statement = select(Order).where(Order.id == order_id).options(*self.get_eager_options())
        return (await self.session.execute(statement)).scalar_one()
""",
            "app/receipts.py": """\
from app.models import Order


def render(order: Order) -> str:
    return f"{order.product.name} by {order.product.organization.name}"  # expect: FL403
""",
            "app/services/orders.py": """\
from app.database import SessionDep
from app.receipts import render
from app.repositories.orders import OrderRepository


class OrderService:
    def __init__(self, session: SessionDep) -> None:
        self.orders = OrderRepository(session)

    async def receipt(self, order_id: int) -> str:
        order = await self.orders.get_with_product(order_id)
        return render(order)
""",
            "app/main.py": ORDER_ROUTES,
        },
    ),
    bad(
        "an append to a collection that is not loaded",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Comment, Post

app = FastAPI()


@app.post("/posts/{post_id}/comments", status_code=201)
async def add_comment(post_id: int, text: str, session: SessionDep) -> None:
    post = (await session.scalars(select(Post).where(Post.id == post_id))).one()
    post.comments.append(Comment(text=text))  # expect: FL403
    await session.commit()
""",
        },
    ),
    bad(
        "a deferred column of a listed row",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/biographies")
async def biographies(session: SessionDep) -> dict[str, str]:
    users = (await session.execute(select(User).order_by(User.id))).scalars().all()
    return {user.name: user.biography for user in users}  # expect: FL403
""",
        },
    ),
    bad(
        "lazy=noload is silent: the list is always empty",
        {
            "app/models.py": MODELS.replace(
                'posts: Mapped[list[Post]] = relationship(back_populates="author")',
                'posts: Mapped[list[Post]] = relationship(back_populates="author", lazy="noload")',
            ),
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{name}/posts")
async def user_posts(name: str, session: SessionDep) -> list[str]:
    user = (await session.execute(select(User).where(User.name == name))).scalar_one()
    return [post.title for post in user.posts]  # expect: FL403
""",
        },
    ),
    bad(
        "the refresh loads one level, the function reads two",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Order

app = FastAPI()


@app.get("/orders/{order_id}/receipt")
async def receipt(order_id: int, session: SessionDep) -> str:
    order = await session.get_one(Order, order_id)
    await session.refresh(order, {"product"})
    return f"{order.product.name} by {order.product.organization.name}"  # expect: FL403
""",
        },
    ),
    bad(
        "the service hands a bare object to another service",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/repositories/base.py": REPOSITORY,
            "app/services/discounts.py": """\
from app.models import Order


class DiscountService:
    def applies(self, order: Order) -> bool:
        return order.product.name.startswith("Ch")  # expect: FL403


discount_service = DiscountService()
""",
            "app/services/orders.py": """\
from app.database import SessionDep
from app.models import Order
from app.repositories.base import Repository
from app.services.discounts import discount_service


class OrderRepository(Repository[Order]):
    model = Order


class OrderService:
    def __init__(self, session: SessionDep) -> None:
        self.orders = OrderRepository(session)

    async def receipt(self, order_id: int) -> str:
        order = await self.orders.get(order_id)
        if order is None:
            return ""
        return "half price" if discount_service.applies(order) else "full price"
""",
            "app/main.py": ORDER_ROUTES,
        },
    ),
    good(
        "the query loads what is read",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    statement = select(User).where(User.id == user_id).options(selectinload(User.posts))
    user = (await session.execute(statement)).scalar_one()
    return [post.title for post in user.posts]
""",
        },
    ),
    good(
        "the chain is whole",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/repositories/base.py": REPOSITORY,
            "app/receipts.py": """\
from app.models import Order


def render(order: Order) -> str:
    return f"{order.product.name} by {order.product.organization.name}"
""",
            "app/services/orders.py": """\
from sqlalchemy.orm import joinedload

from app.database import SessionDep
from app.models import Order, Product
from app.receipts import render
from app.repositories.base import Repository


class OrderRepository(Repository[Order]):
    model = Order


class OrderService:
    def __init__(self, session: SessionDep) -> None:
        self.orders = OrderRepository(session)

    async def receipt(self, order_id: int) -> str:
        order = await self.orders.get(order_id, options=(joinedload(Order.product).joinedload(Product.organization),))
        return render(order) if order else ""
""",
            "app/main.py": ORDER_ROUTES,
        },
    ),
    near_miss(
        "a refresh with names loads the relationship",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    await session.refresh(user, ["posts"])
    return [post.title for post in user.posts]
""",
        },
    ),
    near_miss(
        "awaitable attributes and run_sync",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    return [post.title for post in await user.awaitable_attrs.posts]


@app.get("/users/{user_id}/titles")
async def titles(user_id: int, session: SessionDep) -> list[str]:
    def read(sync_session: Session) -> list[str]:
        user = sync_session.get_one(User, user_id)
        return [post.title for post in user.posts]

    return await session.run_sync(read)
""",
        },
    ),
    near_miss(
        "the relationship is eager on the model",
        {
            "app/models.py": MODELS.replace(
                'posts: Mapped[list[Post]] = relationship(back_populates="author")',
                'posts: Mapped[list[Post]] = relationship(back_populates="author", lazy="selectin")',
            ),
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    return [post.title for post in user.posts]
""",
        },
    ),
    near_miss(
        "the read is guarded",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from app.database import SessionDep
from app.models import Post, User

app = FastAPI()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    if "posts" in inspect(user).unloaded:
        return []
    return [post.title for post in user.posts]


@app.get("/users/{user_id}/latest")
async def latest(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    recent = await session.scalars(select(Post).where(Post.author_id == user_id).order_by(Post.id.desc()).limit(3))
    set_committed_value(user, "posts", list(recent))
    return [post.title for post in user.posts]
""",
        },
    ),
    near_miss(
        "the parent is in the session already",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import select

from app.database import SessionDep
from app.models import Post, User

app = FastAPI()


@app.get("/users/{user_id}/titles")
async def titles(user_id: int, session: SessionDep) -> list[str]:
    user = await session.get_one(User, user_id)
    posts = await session.scalars(select(Post).where(Post.author_id == user.id))
    return [f"{post.title} by {post.author.name}" for post in posts]
""",
        },
    ),
    near_miss(
        "a new object gets its collection when it is made",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI

from app.database import SessionDep
from app.models import Comment, Post

app = FastAPI()


@app.post("/posts", status_code=201)
async def create_post(title: str, author_id: int, session: SessionDep) -> int:
    post = Post(title=title, author_id=author_id, comments=[Comment(text="first")])
    post.comments.append(Comment(text="second"))
    session.add(post)
    await session.commit()
    return len(post.comments)
""",
        },
    ),
    near_miss(
        "a sync session loads on access",
        {
            "app/models.py": MODELS,
            "app/main.py": """\
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.models import User

engine = create_engine("sqlite:///./app.db")
app = FastAPI()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@app.get("/users/{user_id}/posts")
def user_posts(user_id: int, session: Annotated[Session, Depends(get_session)]) -> list[str]:
    user = session.get_one(User, user_id)
    return [post.title for post in user.posts]
""",
        },
    ),
    near_miss(
        "statement options added by a method of the base repository",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.database import SessionDep
from app.models import Order, Product

app = FastAPI()


def with_product(statement: Select[tuple[Order]]) -> Select[tuple[Order]]:
    return statement.options(selectinload(Order.product).options(selectinload(Product.organization)))


@app.get("/orders/{order_id}/receipt")
async def receipt(order_id: int, session: SessionDep) -> str:
    statement = with_product(select(Order)).where(Order.id == order_id)
    order = (await session.execute(statement)).scalars().one()
    return f"{order.product.name} by {order.product.organization.name}"
""",
        },
    ),
    near_miss(
        "a helper loads or refreshes the object that it is handed",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import User

app = FastAPI()


async def load(user: User, *, posts: bool = True) -> None:
    if posts:
        await user.awaitable_attrs.posts


async def find(session: AsyncSession, user_id: int) -> User | None:
    user = (await session.execute(select(User).where(User.id == user_id))).scalar_one_or_none()
    if user:
        await load(user)
    return user


def summary(user: User, *, with_posts: bool = False) -> str:
    if with_posts and user.name:
        return f"{user.name} {len(user.posts)}"
    return user.name


@app.get("/users/{user_id}")
async def name(user_id: int, session: SessionDep) -> str:
    return summary(await session.get_one(User, user_id))


async def note(session: AsyncSession, user: User, text: str) -> None:
    if not session.is_active:
        await session.rollback()
    await session.refresh(user)
    user.name = user.name + text
    await session.commit()


@app.get("/users/{user_id}/posts")
async def user_posts(user_id: int, session: SessionDep) -> list[str]:
    user = await find(session, user_id)
    if user is None:
        raise HTTPException(404)
    try:
        await note(session, user, " seen")
    except ValueError:
        await session.rollback()
        await note(session, user, " failed")
    return [post.title for post in user.posts]
""",
        },
    ),
    near_miss(
        "a rollback that failed itself, and a callback that runs before one",
        {
            "app/models.py": MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from app.database import SessionDep
from app.models import User

logger = logging.getLogger(__name__)
app = FastAPI()


async def work(report: Callable[[], Awaitable[None]]) -> None:
    await report()


@app.delete("/users/{user_id}/draft")
async def discard(user_id: int, session: SessionDep) -> None:
    user = await session.get_one(User, user_id)
    try:
        await session.rollback()
    except ConnectionError:
        logger.warning("no rollback for %s", user.name)


@app.post("/users/{user_id}/run")
async def run(user_id: int, session: SessionDep) -> None:
    user = await session.get_one(User, user_id)

    async def report() -> None:
        logger.info("working for %s", user.name)

    await work(report)
    await session.rollback()
""",
        },
    ),
    near_miss(
        "the caller sets the relationship that the callee reads",
        {
            "app/models.py": STRICT_MODELS.replace(
                'product: Mapped[Product] = relationship(lazy="raise")',
                '''product: Mapped[Product] = relationship(lazy="raise")

    def label(self) -> str:
        return f"{self.id}: {self.product.name}"''',
            ),
            "app/database.py": DATABASE,
            "app/main.py": """\
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import SessionDep
from app.models import Order, Product

app = FastAPI()


async def describe(session: AsyncSession, order: Order) -> str:
    order.product = await session.get_one(Product, order.product_id)
    return order.label()


@app.get("/orders/{order_id}")
async def read_order(order_id: int, session: SessionDep) -> str:
    order = await session.get_one(Order, order_id)
    return await describe(session, order)
""",
        },
    ),
    near_miss(
        "the options of the nested object are a parameter, and the bare object is given on request",
        {
            "app/models.py": STRICT_MODELS,
            "app/database.py": DATABASE,
            "app/main.py": """\
from collections.abc import Sequence

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ExecutableOption

from app.database import SessionDep
from app.models import Order, Product

app = FastAPI()


def with_product(product_options: Sequence[ExecutableOption] = ()) -> Sequence[ExecutableOption]:
    return (joinedload(Order.product).options(*product_options),)  # type: ignore[arg-type]


async def find(session: AsyncSession, order_id: int, *, for_update: bool = False) -> Order:
    if for_update:
        return await session.get_one(Order, order_id, with_for_update=True)
    options = with_product((joinedload(Product.organization),))
    return (await session.scalars(select(Order).where(Order.id == order_id).options(*options))).one()


@app.get("/orders/{order_id}")
async def read_order(order_id: int, session: SessionDep) -> str:
    order = await find(session, order_id)
    return order.product.organization.name
""",
        },
    ),
    bad(
        "each turn of a loop commits and refreshes its own item: the next one has expired",
        {
            "app/models.py": MODELS,
            "app/jobs.py": """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import User

make_session = async_sessionmaker(create_async_engine("sqlite+aiosqlite:///app.db"))


async def reset(session: AsyncSession, user: User) -> User:
    user.biography = ""
    await session.commit()
    await session.refresh(user)
    return user


async def reset_all() -> None:
    async with make_session() as session:
        for user in (await session.scalars(select(User))).all():
            before = user.name  # expect: FL403
            user = await reset(session, user)
            print(before, user.name)
""",
        },
    ),
    near_miss(
        "a loop that refreshes each item after the commit",
        {
            "app/models.py": MODELS,
            "app/jobs.py": """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.models import User

make_session = async_sessionmaker(create_async_engine("sqlite+aiosqlite:///app.db"))


async def rename_all() -> list[str]:
    async with make_session() as session:
        users = (await session.scalars(select(User))).all()
        for user in users:
            user.name = user.name.title()
        await session.commit()
        for user in users:
            await session.refresh(user)
        return [user.name for user in users]
""",
        },
    ),
)
