"""A lending library whose files have several states each, in which names, classes, bodies and settings differ."""

from collections.abc import Mapping
from typing import Final

_MODELS: Final = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase): ...


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    holder: Mapped[Member | None] = relationship()
"""
_DATABASE: Final = """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite://")
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def open_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session)]
"""
_BASE: Final = """\
import time
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


class Repository(Generic[T]):
    model: type[T]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def all(self) -> list[T]:
        return list((await self.session.scalars(select(self.model))).all())

    async def store(self, item: T) -> T:
        self.session.add(item)
        await self.session.flush()
        return item

    def log(self, text: str) -> None:
        print(text)


def pause() -> None:
    time.sleep(1)
"""
_BOOKS: Final = """\
from library.base import Repository
from library.models import Book


class Books(Repository[Book]):
    model = Book

    async def titles(self) -> list[str]:
        return [book.title for book in await self.all()]
"""
_LOANS: Final = """\
from sqlalchemy.ext.asyncio import AsyncSession

from library.books import Books
from library.models import Book
from library.tools import wait


async def lend(session: AsyncSession, title: str) -> Book:
    # Lend
    wait()
    return await Books(session).store(Book(title=title))


async def overdue(session: AsyncSession) -> list[str]:
    found = []
    for book in await Books(session).all():
        found.append(book.holder.name)
        found.extend(str(other) for other in book.holder.books)
        found.extend(str(shelf) for shelf in book.shelves)
    return found
"""
_TOOLS: Final = """\
from library.base import pause as wait

__all__ = ["wait"]
"""
_ROUTES: Final = """\
from fastapi import APIRouter

from library import loans
from library.books import Books
from library.database import Session

router = APIRouter(prefix="/books")


@router.post("", status_code=201)
async def lend_book(title: str, session: Session) -> int:
    return (await loans.lend(session, title)).id


@router.get("/overdue")
async def list_overdue(session: Session) -> list[str]:
    return await loans.overdue(session)


@router.get("/titles")
async def list_titles(session: Session) -> list[str]:
    Books(session).log("titles")
    return await Books(session).titles()
"""
PROJECT: Final[Mapping[str, str]] = {
    "pyproject.toml": """\
[project]
name = "library"
version = "0"
dependencies = ["fastapi", "pydantic>=2", "sqlalchemy>=2"]
""",
    "library/__init__.py": "",
    "library/models.py": _MODELS,
    "library/database.py": _DATABASE,
    "library/base.py": _BASE,
    "library/books.py": _BOOKS,
    "library/loans.py": _LOANS,
    "library/tools.py": _TOOLS,
    "library/routes.py": _ROUTES,
    "library/main.py": """\
from fastapi import FastAPI

from library.routes import router

app = FastAPI()
app.include_router(router)
""",
}
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "library/models.py": (
        _MODELS,
        _MODELS.replace("= relationship()", '= relationship(lazy="selectin")'),
        _MODELS.replace("class Member(Base):", "class Member(Base):\n    # who borrows\n"),
        _MODELS.replace("holder: Mapped", "reader: Mapped"),
        _MODELS.replace("name: Mapped[str]", 'name: Mapped[str]\n    books: Mapped[list["Book"]] = relationship()'),
        _MODELS.replace("class Book(Base)", "class Book"),
        _MODELS.replace("= relationship()", '= relationship(backref="books")'),
        _MODELS.replace("holder: Mapped[Member | None] = relationship()", 'holder = relationship("Member")'),
        _MODELS.replace("holder: Mapped[Member | None] = relationship()", 'holder = relationship("Member")').replace(
            'ForeignKey("members.id")', "Integer"
        ),
        _MODELS.replace('"members"', '"people"'),
        _MODELS
        + """

class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    book: Mapped[Book] = relationship(backref="shelves", lazy="raise")
""",
    ),
    "library/database.py": (
        _DATABASE,
        _DATABASE.replace(", expire_on_commit=False", ""),
        _DATABASE.replace("as session:\n", "as session, session.begin():\n"),
        _DATABASE.replace("        yield session\n", "        yield session\n        await session.commit()\n"),
        _DATABASE.replace("AsyncSession, Depends(open_session)", "object, Depends(open_session)"),
    ),
    "library/base.py": (
        _BASE,
        _BASE.replace("time.sleep(1)", "pass"),
        _BASE.replace("await self.session.flush()", "await self.session.commit()"),
        _BASE.replace("print(text)", "pause()"),
        _BASE.replace("def pause()", "async def pause()"),
        _BASE.replace("async def all", "async def every"),
        _BASE.replace("def pause", "def rest"),
        _BASE.replace("self.session = session", "self.other = session"),
        _BASE + "\n\nasync def lend(session: AsyncSession) -> None:\n    await session.commit()\n",
        _BASE.replace("def pause() -> None:\n", "def pause() -> None:\n    if time.time() < 0:\n        pause()\n"),
        _BASE.replace("class Repository(", "class Repository(dict, "),
        "import (\n",
    ),
    "library/books.py": (
        _BOOKS,
        _BOOKS + "\n    async def all(self) -> list[Book]:\n        return []\n",
        _BOOKS + "\n    def log(self, text: str) -> None:\n        open(text).read()\n",
        _BOOKS + "\n    async def store(self, item: Book) -> Book:\n        return item\n",
        _BOOKS.replace("    model = Book\n", "    model = Book\n    shelf = 1\n"),
        _BOOKS.replace("Repository[Book]", "Repository"),
    ),
    "library/loans.py": (
        _LOANS,
        _LOANS.replace("    wait()\n", ""),
        _LOANS.replace("book.holder.name", "book.title").replace("book.holder.books", "book.title"),
        _LOANS.replace("    wait()\n", "    wait()\n    await session.commit()\n"),
        _LOANS.replace("async def overdue", "async def late"),
        _LOANS.replace("async def lend", "def lend").replace("await Books", "Books"),
        _LOANS.replace(
            "    for book in", "    async def again() -> None:\n        wait()\n\n    await again()\n    for book in"
        ),
        _LOANS.replace("return found", "return found or await overdue(session)"),
    ),
    "library/tools.py": (
        _TOOLS,
        "from library.base import *\n\nwait = pause\n",
        "def wait() -> None:\n    return None\n",
        "import time\n\n\ndef wait() -> None:\n    time.sleep(2)\n",
        "from time import sleep as wait\n",
        _TOOLS.replace("wait", "stay"),
    ),
    "library/routes.py": (
        _ROUTES,
        _ROUTES.replace('"/overdue"', '"/late"'),
        _ROUTES.replace("async def list_overdue", "def list_overdue").replace("await loans.overdue", "loans.overdue"),
        _ROUTES.replace("from library import loans", "import library.loans as loans"),
        _ROUTES + "\n\n@router.delete('/{id}')\nasync def drop(id: int, session: Session) -> None:\n    loans.wait()\n",
        _ROUTES.replace("session: Session", "session"),
    ),
    "library/main.py": (
        PROJECT["library/main.py"],
        PROJECT["library/main.py"].replace("(router)", '(router, prefix="/v1")'),
        PROJECT["library/main.py"].replace("app.include_router(router)\n", ""),
    ),
}
