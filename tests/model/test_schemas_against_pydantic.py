"""What a schema reads from a database object is what Pydantic reads when it validates one."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import TypeAdapter

from fastapi_lint.model.orm import MappedClass
from fastapi_lint.model.project import Project
from fastapi_lint.model.schemas import Schema, reads_from
from tests.projects import build_project

MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Customer(Base):
    __tablename__ = "customers"

    name: Mapped[str]
    orders: Mapped[list["Order"]] = relationship(back_populates="customer")


class Order(Base):
    __tablename__ = "orders"

    title: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")
    items: Mapped[list["Item"]] = relationship(back_populates="order")
    products: AssociationProxy[list["Product"]] = association_proxy("items", "product")

    @property
    def summary(self) -> str:
        return self.title


class Item(Base):
    __tablename__ = "items"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped["Product"] = relationship()


class Product(Base):
    __tablename__ = "products"

    name: Mapped[str]
"""
RELATIONSHIPS = {
    "Order": {"customer": "Customer", "items": ["Item"]},
    "Customer": {"orders": ["Order"]},
    "Item": {"order": "Order", "product": "Product"},
    "Product": {},
}

HEADER = """\
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

from pydantic import (
    AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, computed_field, field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel


class ProductOut(BaseModel):
    name: str


class ItemOut(BaseModel):
    product: ProductOut


"""

SCHEMAS = {
    "columns only": "class Out(BaseModel):\n    title: str\n",
    "a nested list": "class Out(BaseModel):\n    title: str\n    items: list[ItemOut]\n",
    "optional and union": """\
class CustomerOut(BaseModel):
    name: str

class Out(BaseModel):
    customer: CustomerOut | None = None
    items: Optional[list[ItemOut]] = None
""",
    "inherited fields": """\
class Basis(BaseModel):
    items: list[ItemOut]

class Middle(Basis):
    title: str

class Out(Middle):
    model_config = ConfigDict(from_attributes=True)
""",
    "an overridden field": """\
class Basis(BaseModel):
    items: list[ItemOut]

class Empty(BaseModel):
    pass

class Out(Basis):
    items: list[Empty]
""",
    "an alias is read in place of the name": """\
class Out(BaseModel):
    items: list[Any] = Field(default=[], alias="lines")
    lines: list[ItemOut] = Field(validation_alias="items")
    buyer: Any = Field(alias="customer")
""",
    "alias paths and choices": """\
class Out(BaseModel):
    buyer: str = Field(validation_alias=AliasPath("customer", "name"))
    lines: list[ItemOut] = Field(validation_alias=AliasChoices("rows", "items"))
""",
    "populated by name too": """\
class Out(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    items: list[ItemOut] = Field(alias="rows")
""",
    "the camel case generator": """\
class Out(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    customer: Any
    customer_id: int = 0
""",
    "aliased and annotated types": """\
Items = list[ItemOut]
Many = Annotated[Items, Field(description="all")]

class Out(BaseModel):
    items: Annotated[Many, Field(title="Items")]
""",
    "a field's alias in its annotation": """\
class Out(BaseModel):
    lines: Annotated[list[ItemOut], Field(validation_alias="items")]
""",
    "a generic schema that a subclass binds": """\
T = TypeVar("T")

class Page(BaseModel, Generic[T]):
    items: list[T]

class Out(Page[ItemOut]):
    title: str
""",
    "a generic schema inside a field": """\
T = TypeVar("T")

class Wrapped(BaseModel, Generic[T]):
    product: T

class Out(BaseModel):
    items: list[Wrapped[ProductOut]]
""",
    "generic twice": """\
T = TypeVar("T")
U = TypeVar("U")

class Box(BaseModel, Generic[T]):
    product: T

class Pair(Box[U], Generic[U]):
    pass

class Out(BaseModel):
    items: list[Pair[ProductOut]]
""",
    "excluded and private fields": """\
class Out(BaseModel):
    items: list[ItemOut] = Field(exclude=True)
    _customer: Any = None
""",
    "a cycle": """\
class CustomerOut(BaseModel):
    name: str

class LineOut(BaseModel):
    order: "Back"

class Back(BaseModel):
    customer: CustomerOut

class Out(BaseModel):
    items: list[LineOut]
""",
    "a field validator does not hide the read": """\
class Out(BaseModel):
    items: list[Any]
    customer: Annotated[Any, BeforeValidator(lambda value: None)]

    @field_validator("items", mode="before")
    @classmethod
    def none(cls, value: Any) -> list[Any]:
        return []
""",
    "computed fields read the schema": """\
class Out(BaseModel):
    title: str

    @computed_field
    def items(self) -> int:
        return 0
""",
    "an after validator changes nothing": """\
class Out(BaseModel):
    items: list[ItemOut]

    @model_validator(mode="after")
    def check(self) -> "Out":
        return self
""",
}


class Recorder:
    """An object that has every attribute of an entity, and notes which relationships are read."""

    def __init__(self, entity: str, path: tuple[str, ...], seen: set[tuple[str, ...]]) -> None:
        self._entity, self._path, self._seen = entity, path, seen

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in {"lines", "rows"}:
            raise AttributeError(name)
        target = RELATIONSHIPS[self._entity].get(name)  # type: ignore[attr-defined]
        if target is None:
            return 1 if name.lower().endswith("id") else "text"
        path = (*self._path, name)
        self._seen.add(path)
        if isinstance(target, list):
            return [Recorder(target[0], path, self._seen)]
        return Recorder(target, path, self._seen)


@pytest.fixture(params=sorted(SCHEMAS))
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[type[Any], Project]]:
    """Yield the class that Pydantic makes of a schema, and the project that has it."""
    source = HEADER + SCHEMAS[request.param]
    module = ModuleType("schemas_program")
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, "schemas.py", "exec"), module.__dict__)
        yield module.__dict__["Out"], build_project(tmp_path, {"app/models.py": MODELS, "app/schemas.py": source})
    finally:
        del sys.modules[module.__name__]


def _found(project: Project) -> tuple[Schema, MappedClass]:
    schema = project.schemas.schema(project.modules["app/schemas.py"].classes["Out"])
    entity = project.orm.entity(project.modules["app/models.py"].classes["Order"])
    assert schema is not None
    assert entity is not None
    return schema, entity


def test_the_relationships_read_are_those_that_pydantic_reads(case: tuple[type[Any], Project]) -> None:
    made, project = case
    seen: set[tuple[str, ...]] = set()
    TypeAdapter(made).validate_python(Recorder("Order", (), seen), from_attributes=True)
    reads = reads_from(*_found(project), project.orm)
    found = {tuple(name for read in path for name in read.steps) for item in reads for path in item.paths()}
    assert found == seen
    assert all(read.certain for read in reads)


def test_the_fields_are_those_of_pydantic(case: tuple[type[Any], Project]) -> None:
    made, project = case
    schema, _ = _found(project)
    assert {name: item.has_default for name, item in schema.fields.items()} == {
        name: not item.is_required() for name, item in made.model_fields.items()
    }
    assert [item.name for item in schema.computed_fields] == list(made.model_computed_fields)
    assert schema.from_attributes is made.model_config.get("from_attributes", False)
