"""Values are nothing for the cyclic collector: that holds as long as no circle goes through one."""

import gc
import weakref
from pathlib import Path

from fastapi_lint.model.values import Instance
from tests.projects import build_project

SOURCE = """\
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

factory = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))

class Base(DeclarativeBase): ...

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

class Orders:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def all(self) -> list[Order]:
        return list((await self.session.scalars(select(Order))).all())

async def get_session():
    async with factory() as session:
        yield session

app = FastAPI()

@app.get("/orders")
async def orders(session: AsyncSession = Depends(get_session)):
    found = await Orders(session).all()
    return sorted(found, key=lambda order: order.id)
"""


def test_a_project_that_nobody_holds_is_let_go(tmp_path: Path) -> None:
    project = build_project(tmp_path, {"app.py": SOURCE})
    assert any(isinstance(value, Instance) for analysis in project.analyses for value in analysis.values.values())
    assert project.requests is not None
    held = [weakref.ref(item) for item in (project, project.modules["app.py"], *project.classes, *project.functions)]
    del project
    gc.collect()
    assert [one() for one in held if one() is not None] == []
