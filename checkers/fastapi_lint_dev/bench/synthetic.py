"""Write FastAPI projects of any size that look like real ones: many features, linked across files, mostly right.

The same number of lines gives the same bytes.
"""

from pathlib import Path
from string import Template

_PYPROJECT = """\
[project]
name = "synthetic"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["fastapi>=0.128", "sqlalchemy[asyncio]>=2.0.44", "pydantic>=2.12", "pydantic-settings>=2.12"]
"""

_CORE = {
    "app/__init__.py": "",
    "app/core/__init__.py": "",
    "app/features/__init__.py": "",
    "app/core/config.py": """\
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    database_url: str = "sqlite+aiosqlite:///./app.db"
    page_size: int = 50


settings = Settings()
""",
    "app/core/database.py": """\
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core.config import settings

engine = create_async_engine(settings.database_url)
SessionFactory = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionFactory() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
""",
    "app/core/repository.py": """\
from collections.abc import Sequence
from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base

Model = TypeVar("Model", bound=Base)


class Repository(Generic[Model]):
    model: type[Model]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, entity_id: int) -> Model | None:
        return await self.session.get(self.model, entity_id)

    async def add(self, entity: Model) -> Model:
        self.session.add(entity)
        await self.session.flush()
        return entity

    async def delete(self, entity: Model) -> None:
        await self.session.delete(entity)

    async def count(self) -> int:
        return await self.session.scalar(select(func.count()).select_from(self.model)) or 0

    async def page(self, offset: int, limit: int) -> Sequence[Model]:
        statement = select(self.model).order_by(self.model.id).offset(offset).limit(limit)
        return (await self.session.scalars(statement)).all()
""",
}

_FEATURE = {
    "__init__.py": '"""Everything about ${name}s."""\n',
    "models.py": """\
from datetime import datetime

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base


class $Name(Base):
    __tablename__ = "${name}"

    title: Mapped[str] = mapped_column(String(200), index=True)
    note: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("${parent}.id"), default=None)

    parent: Mapped["$Parent | None"] = relationship("$Parent", foreign_keys=[parent_id], remote_side="$Parent.id")
    items: Mapped[list["${Name}Item"]] = relationship(back_populates="owner", cascade="all, delete-orphan")

    @property
    def is_open(self) -> bool:
        return self.state == "open"


class ${Name}Item(Base):
    __tablename__ = "${name}_item"

    label: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int] = mapped_column(default=0)
    owner_id: Mapped[int] = mapped_column(ForeignKey("${name}.id"))

    owner: Mapped[$Name] = relationship(back_populates="items")
""",
    "schemas.py": """\
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, field_validator


class ${Name}ItemRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    label: str
    amount: int


class ${Name}Base(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    note: str | None = None

    @field_validator("title")
    @classmethod
    def strip_title(cls, value: str) -> str:
        return value.strip()


class ${Name}Create(${Name}Base):
    labels: list[str] = []


class ${Name}Update(BaseModel):
    title: str | None = None
    note: str | None = None
    state: str | None = None


class ${Name}Read(${Name}Base):
    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    created_at: datetime


class ${Name}Detail(${Name}Read):
    items: list[${Name}ItemRead]
""",
    "repository.py": """\
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.repository import Repository
from app.features.${name}.models import $Name, ${Name}Item


class ${Name}Repository(Repository[$Name]):
    model = $Name

    async def with_items(self, ${name}_id: int) -> $Name | None:
        statement = select($Name).where($Name.id == ${name}_id).options(selectinload($Name.items))
        return (await self.session.scalars(statement)).one_or_none()

    async def search(self, text: str, limit: int) -> Sequence[$Name]:
        statement = (
            select($Name)
            .where($Name.title.contains(text), $Name.state == "open")
            .options(selectinload($Name.items))
            .order_by($Name.created_at.desc())
            .limit(limit)
        )
        return (await self.session.scalars(statement)).all()

    async def by_state(self, state: str) -> Sequence[$Name]:
        return (await self.session.scalars(select($Name).where($Name.state == state).order_by($Name.id))).all()

    async def add_items(self, owner: $Name, labels: Sequence[str]) -> None:
        self.session.add_all([${Name}Item(label=label, owner_id=owner.id) for label in labels])
        await self.session.flush()
""",
    "service.py": """\
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.exc import IntegrityError

from app.features.${name}.models import $Name
from app.features.${name}.repository import ${Name}Repository
from app.features.${name}.schemas import ${Name}Create, ${Name}Update


class ${Name}NotFoundError(Exception):
    pass


class ${Name}Service:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.repository = ${Name}Repository(session)

    async def get(self, ${name}_id: int) -> $Name:
        found = await self.repository.with_items(${name}_id)
        if found is None:
            raise ${Name}NotFoundError(${name}_id)
        return found

    async def create(self, data: ${Name}Create) -> $Name:
        entity = $Name(**data.model_dump(exclude={"labels"}))
        try:
            await self.repository.add(entity)
            await self.repository.add_items(entity, data.labels)
            await self.session.commit()
        except IntegrityError:
            await self.session.rollback()
            raise
        return await self.get(entity.id)

    async def update(self, ${name}_id: int, data: ${Name}Update) -> $Name:
        entity = await self.get(${name}_id)
        for field, value in data.model_dump(exclude_unset=True).items():
            setattr(entity, field, value)
        await self.session.commit()
        return entity

    async def close_all(self) -> int:
        closed = 0
        for entity in await self.repository.by_state("open"):
            entity.state = "closed"
            closed += 1
        await self.session.commit()
        return closed

    async def search(self, text: str, limit: int) -> Sequence[$Name]:
        return await self.repository.search(text, limit)

    async def summary(self, ${name}_id: int) -> dict[str, int]:
        entity = await self.get(${name}_id)
        totals: dict[str, int] = {}
        for item in entity.items:
            totals[item.label] = totals.get(item.label, 0) + item.amount
        return totals
""",
    "api.py": """\
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status

from app.core.database import SessionDep
from app.features.${name}.models import $Name
from app.features.${name}.schemas import ${Name}Create, ${Name}Detail, ${Name}Read, ${Name}Update
from app.features.${name}.service import ${Name}NotFoundError, ${Name}Service

router = APIRouter(prefix="/${name}s", tags=["${name}s"])


def get_service(session: SessionDep) -> ${Name}Service:
    return ${Name}Service(session)


ServiceDep = Annotated[${Name}Service, Depends(get_service)]


@router.get("", response_model=list[${Name}Read])
async def search_${name}s(
    service: ServiceDep, text: str = "", limit: Annotated[int, Query(le=100)] = 20
) -> list[$Name]:
    return list(await service.search(text, limit))


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_${name}(data: ${Name}Create, service: ServiceDep) -> ${Name}Detail:
    return ${Name}Detail.model_validate(await service.create(data))


@router.get("/{${name}_id}")
async def get_${name}(${name}_id: int, service: ServiceDep) -> ${Name}Detail:
    try:
        return ${Name}Detail.model_validate(await service.get(${name}_id))
    except ${Name}NotFoundError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such ${name}") from error


@router.patch("/{${name}_id}")
async def update_${name}(${name}_id: int, data: ${Name}Update, service: ServiceDep) -> ${Name}Read:
    try:
        return ${Name}Read.model_validate(await service.update(${name}_id, data))
    except ${Name}NotFoundError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such ${name}") from error


@router.get("/{${name}_id}/summary")
async def summarise_${name}(${name}_id: int, service: ServiceDep) -> dict[str, int]:
    return await service.summary(${name}_id)


@router.post("/close")
async def close_${name}s(service: ServiceDep) -> dict[str, int]:
    return {"closed": await service.close_all()}
""",
}

_LINES_OF_CORE = sum(text.count("\n") for text in _CORE.values())
_LINES_OF_FEATURE = sum(text.count("\n") for text in _FEATURE.values()) + 2
_NOUNS = ("order", "invoice", "customer", "ticket", "product", "shipment", "contract", "account", "project", "task")


def write_project(folder: Path, lines: int) -> int:
    """Write a project of about that many lines and return how many it has."""
    names = _feature_names(max(1, round((lines - _LINES_OF_CORE) / _LINES_OF_FEATURE)))
    files = {"pyproject.toml": _PYPROJECT, **_CORE, "app/main.py": _main(names)}
    for number, name in enumerate(names):
        words = {"name": name, "Name": _class_name(name)}
        parent = names[max(0, number - 1)]
        words |= {"parent": parent, "Parent": _class_name(parent)}
        for file, text in _FEATURE.items():
            files[f"app/features/{name}/{file}"] = Template(text).substitute(words)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sum(text.count("\n") for name, text in files.items() if name.endswith(".py"))


def _feature_names(count: int) -> list[str]:
    return [f"{_NOUNS[number % len(_NOUNS)]}_{number // len(_NOUNS)}" for number in range(count)]


def _class_name(name: str) -> str:
    return name.title().replace("_", "")


def _main(names: list[str]) -> str:
    imports = "\n".join(f"from app.features.{name}.api import router as {name}_router" for name in names)
    includes = "\n".join(f"app.include_router({name}_router)" for name in names)
    return f"from fastapi import FastAPI\n\n{imports}\n\napp = FastAPI()\n{includes}\n"
