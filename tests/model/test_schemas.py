"""What the model knows of Pydantic models beyond what running them shows: configuration, versions, uncertainty."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_lint.model.project import Project
from fastapi_lint.model.schemas import AttributeRead, ConfigSource, Schema, reads_from
from tests.model.test_schemas_against_pydantic import MODELS
from tests.projects import build_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def _schemas(root: Path, files: Mapping[str, str]) -> dict[str, Schema]:
    return {item.name: item for item in build_project(root, files).schemas.all}


def _reads(root: Path, source: str, *, forced: bool = True) -> tuple[Project, dict[str, AttributeRead]]:
    project = build_project(root, {"app/models.py": MODELS, "app/schemas.py": source})
    schema = project.schemas.schema(project.modules["app/schemas.py"].classes["Out"])
    entity = project.orm.entity(project.modules["app/models.py"].classes["Order"])
    assert schema is not None
    assert entity is not None
    return project, {item.field.name: item for item in reads_from(schema, entity, project.orm, forced=forced)}


def test_models_are_found_through_any_base(root: Path) -> None:
    found = _schemas(
        root,
        {
            "app/base.py": "from pydantic import BaseModel as Root\n\nBase = Root\n\nclass Schema(Base): ...\n",
            "app/schemas.py": """\
import pydantic
from pydantic.generics import GenericModel
from pydantic_settings import BaseSettings
from sqlmodel import SQLModel

import app.base


class Inherited(app.base.Schema): ...
class Settings(BaseSettings): ...
class Root(pydantic.RootModel[list[int]]): ...
class Row(SQLModel): ...
class Old(GenericModel): ...
class Moved(pydantic.BaseSettings): ...
class Plain(dict): ...
class Nothing: ...
""",
        },
    )
    assert sorted(found) == ["Inherited", "Moved", "Old", "Root", "Row", "Schema", "Settings"]
    assert [name for name, item in found.items() if item.is_settings] == ["Settings", "Moved"]
    assert not any(item.is_v1 for item in found.values())


def test_the_carried_version_1_is_told_apart(root: Path) -> None:
    source = "from pydantic.v1 import BaseModel, BaseSettings\n\nclass A(BaseModel): ...\nclass B(BaseSettings): ...\n"
    assert {name: item.is_v1 for name, item in _schemas(root, {"a.py": source}).items()} == {"A": True, "B": True}


def test_configuration_is_read_wherever_it_is_written(root: Path) -> None:
    found = _schemas(
        root,
        {
            "app/config.py": "from pydantic import ConfigDict\n\nSHARED = ConfigDict(strict=True)\n",
            "app/schemas.py": """\
from pydantic import BaseModel, ConfigDict

from app.config import SHARED


class Basis(BaseModel, extra="forbid"):
    model_config = ConfigDict(SHARED, from_attributes=True, **{"frozen": False})


class Child(Basis):
    model_config = {"frozen": True, **SHARED}


class Classic(BaseModel):
    class Config:
        orm_mode = True

        @staticmethod
        def schema_extra(schema): ...


class Shared(BaseModel):
    model_config = SHARED


class Computed(BaseModel):
    model_config = ConfigDict(from_attributes=bool(1), **unknown())
""",
        },
    )
    assert [(item.name, item.source, item.flag) for item in found["Basis"].own_config] == [
        ("extra", ConfigSource.KEYWORD, None),
        ("strict", ConfigSource.DICT, True),
        ("from_attributes", ConfigSource.DICT, True),
        ("frozen", ConfigSource.DICT, False),
    ]
    child = found["Child"]
    assert child.from_attributes is True
    assert child.setting("frozen") is True
    assert child.setting("strict") is True
    assert child.setting("populate_by_name") is False
    assert [(item.name, item.source) for item in found["Classic"].own_config] == [
        ("orm_mode", ConfigSource.CLASS),
        ("schema_extra", ConfigSource.CLASS),
    ]
    assert found["Classic"].from_attributes is True
    assert found["Classic"].config["schema_extra"].flag is None
    assert [item.name for item in found["Shared"].own_config] == ["strict"]
    assert found["Shared"].own_config[0].place.module == "app/config.py"
    assert found["Computed"].from_attributes is None


def test_class_config_counts_only_directly_in_the_body(root: Path) -> None:
    found = _schemas(
        root,
        {
            "a.py": """\
from pydantic import BaseModel


class Direct(BaseModel):
    class Config:
        title = "x"


class Guarded(BaseModel):
    if V1:
        class Config:
            title = "x"


if V1:
    class Conditional(BaseModel): ...


def make():
    class Local(BaseModel):
        class Inner(BaseModel): ...
""",
        },
    )
    assert {name for name, item in found.items() if item.config_class is not None} == {"Direct"}
    assert {name for name, item in found.items() if item.is_conditional} == {"Conditional"}


def test_fields_know_default_alias_and_exclusion(root: Path) -> None:
    schema = _schemas(
        root,
        {
            "a.py": """\
from typing import Annotated, ClassVar

from pydantic import AliasChoices, AliasPath, BaseModel, Field, PrivateAttr, validator
from sqlmodel import Relationship

KEY = compute()


class A(BaseModel):
    kind: ClassVar[str] = "a"
    model_config: dict = {}
    required: int = ...
    also_required: int = Field(..., alias="ar")
    given: int = 3
    made: list[int] = Field(default_factory=list, exclude=True)
    positional: Annotated[int, Field(ge=1)] = Field(5, alias="p", validation_alias=AliasPath("a", "b"))
    chosen: int = Field(validation_alias=AliasChoices("x", AliasPath("y", 0), KEY))
    computed: int = Field(validation_alias=KEY)
    secret: int = PrivateAttr(1)
    others: list["A"] = Relationship()
    odd: Annotated[int, "note"] = unknown()

    @validator("given", "made", pre=True)
    def prepare(cls, value): return value

    @validator("positional")
    def check(cls, value): return value
""",
        },
    )["A"]
    fields = schema.fields
    assert list(fields) == ["required", "also_required", "given", "made", "positional", "chosen", "computed", "odd"]
    assert [name for name, item in fields.items() if item.has_default] == ["given", "made", "positional", "odd"]
    assert {name: item.aliases for name, item in fields.items() if item.aliases} == {
        "also_required": ("ar",),
        "positional": ("a",),
        "chosen": ("x", "y"),
    }
    assert [name for name, item in fields.items() if item.exclude] == ["made"]
    assert [name for name, item in fields.items() if item.is_transformed] == ["given", "made"]


@pytest.mark.parametrize(
    "body",
    [
        '    @model_validator(mode="before")\n    def read(cls, value): return {}\n',
        '    @model_validator(mode="wrap")\n    def read(cls, value, handler): return handler({})\n',
        "    @root_validator(pre=True)\n    def read(cls, value): return {}\n",
        "    @classmethod\n    def __get_pydantic_core_schema__(cls, source, handler): return handler(source)\n",
    ],
)
def test_a_validator_of_the_whole_object_hides_what_is_read(root: Path, body: str) -> None:
    header = "from pydantic import BaseModel, model_validator, root_validator\n\n"
    _, reads = _reads(
        root, f"{header}class Basis(BaseModel):\n    customer: int\n{body}\n\nclass Out(Basis):\n    items: int\n"
    )
    assert reads == {}


def test_a_validator_of_another_kind_hides_nothing(root: Path) -> None:
    source = """\
from pydantic import BaseModel, model_validator, root_validator


class Out(BaseModel):
    items: list[int]

    @model_validator(mode="after")
    def one(self): return self

    @root_validator(skip_on_failure=True)
    def two(cls, values): return values

    @property
    def three(self): return 3
"""
    assert list(_reads(root, source)[1]) == ["items"]


def test_below_one_of_several_schemas_nothing_is_certain(root: Path) -> None:
    source = """\
from pydantic import BaseModel

class ProductOut(BaseModel): name: str
class WithProduct(BaseModel): product: ProductOut
class WithOrder(BaseModel): order: ProductOut

class Out(BaseModel):
    items: dict[str, WithProduct | WithOrder]
"""
    _, reads = _reads(root, source)
    assert reads["items"].certain
    assert {item.attribute: item.certain for item in reads["items"].below} == {"product": False, "order": False}


def test_nested_schemas_need_their_own_from_attributes_outside_fastapi(root: Path) -> None:
    source = """\
from pydantic import BaseModel

class ItemOut(BaseModel): product: int
class OpenOut(BaseModel, from_attributes=True): orders: int

class Out(BaseModel):
    items: list[ItemOut]
    customer: OpenOut
"""
    _, reads = _reads(root, source, forced=False)
    assert reads["items"].below == ()
    assert [item.attribute for item in reads["customer"].below] == ["orders"]


def test_properties_and_proxies_are_read_too(root: Path) -> None:
    source = """\
from pydantic import BaseModel

class ProductOut(BaseModel): name: str

class Out(BaseModel):
    summary: str
    products: list[ProductOut]
    title: str
    missing: int
"""
    _, reads = _reads(root, source)
    assert list(reads) == ["summary", "products", "title"]
    assert reads["summary"].function is not None
    assert reads["summary"].paths() == ()
    assert reads["products"].steps == ("items", "product")
    assert [item.attribute for item in reads["products"].below] == ["name"]
    assert reads["title"].column is not None
    assert reads["title"].steps == ()


def test_an_unknown_alias_generator_says_nothing_unless_names_count_too(root: Path) -> None:
    source = """\
from pydantic import BaseModel, ConfigDict
from app.names import odd

class Basis(BaseModel):
    model_config = ConfigDict(alias_generator=odd)
    items: int

class Out(Basis): ...
"""
    assert _reads(root, source)[1] == {}
    assert list(_reads(root, source.replace("=odd)", "=odd, validate_by_name=True)"))[1]) == ["items"]
    pascal = source.replace("from app.names import odd", "from pydantic.alias_generators import to_pascal as odd")
    assert _reads(root, pascal)[1] == {}


def test_a_schema_inside_itself_ends(root: Path) -> None:
    source = """\
from pydantic import BaseModel

class Out(BaseModel):
    items: "list[Line]"

class Line(BaseModel):
    order: Out
"""
    _, reads = _reads(root, source)
    assert [path[-1].attribute for path in reads["items"].paths()] == ["items", "order"]


def test_type_parameters_come_from_the_call_too(root: Path) -> None:
    project = build_project(
        root,
        {
            "a.py": """\
from typing import Generic, TypeVar
from pydantic import BaseModel

T = TypeVar("T")
U = TypeVar("U")

class Item(BaseModel): ...
class Page(BaseModel, Generic[T, U]):
    rows: tuple[T, ...]
    one: U
    both: tuple[T, Item]
class Outer(BaseModel):
    page: Page[Item, int]
class Bare(Page): ...
""",
        },
    )
    schemas = {item.name: item for item in project.schemas.all}
    outer = schemas["Outer"]
    (nested,) = outer.nested(outer.fields["page"])
    assert nested.schema is schemas["Page"]
    fields = nested.schema.fields
    assert [item.schema.name for item in nested.schema.nested(fields["rows"], nested.arguments)] == ["Item"]
    assert nested.schema.nested(fields["one"], nested.arguments) == ()
    assert [item.schema.name for item in nested.schema.nested(fields["both"])] == ["Item"]
    assert schemas["Bare"].nested(fields["rows"]) == ()


def test_type_parameters_are_replaced_inside_unions_and_further_generics(root: Path) -> None:
    schemas = _schemas(
        root,
        {
            "a.py": """\
from typing import Generic, Optional, TypeVar
from pydantic import BaseModel

class Item(BaseModel): ...

T = TypeVar("T")
B = TypeVar("B", bound=Item)

class Box(BaseModel, Generic[T]):
    one: Optional[T]
    many: dict[str, list[T]]
    pair: tuple[T, int]
    inner: "Box[T]"
class Bounded(BaseModel, Generic[B]):
    item: B
class Boxed(Box[Item]): ...
class Again(Boxed): ...
class Mixed(Unknown[Item], Box[int]): ...
""",
        },
    )
    boxed = schemas["Again"]
    for name in ("one", "many", "pair"):
        assert [item.schema.name for item in boxed.nested(boxed.fields[name])] == ["Item"]
    ((inner),) = boxed.nested(boxed.fields["inner"])
    assert [item.schema.name for item in inner.schema.nested(inner.schema.fields["one"], inner.arguments)] == ["Item"]
    bounded = schemas["Bounded"]
    assert [item.schema.name for item in bounded.nested(bounded.fields["item"])] == ["Item"]
    assert schemas["Mixed"].nested(schemas["Mixed"].fields["one"]) == ()
    assert repr(boxed) == "Schema(a.py:Again)"
    assert repr(inner) == "Nested(a.py:Box)"
