"""What the ORM model says where no program can be asked: unresolved names, libraries, several bases, uncertainty."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fastapi_lint.model.orm import Column, MappedClass, OrmModel, Relationship, ValueSource
from tests.projects import build_project

BASE = """\
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase): ...
"""
IMPORTS = """\
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, func
from sqlalchemy.orm import Mapped, backref, declared_attr, dynamic_loader, mapped_column, relationship, synonym

"""


def _orm(root: Path, files: Mapping[str, str]) -> OrmModel:
    return build_project(root, files).orm


def _entities(root: Path, source: str, **others: str) -> dict[str, MappedClass]:
    files = {"app/base.py": BASE, "app/models.py": f"{IMPORTS}from app.base import Base\n\n{source}"}
    files |= {f"app/{name}.py": text for name, text in others.items()}
    return {entity.name: entity for entity in _orm(root, files).entities}


def _relationship(entity: MappedClass, name: str) -> Relationship:
    found = entity.relationship(name)
    assert found is not None
    return found


def _column(entity: MappedClass, name: str) -> Column:
    found = entity.column(name)
    assert found is not None
    return found


def test_bases_mixins_and_abstract_classes_are_not_mapped(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "app/base.py": BASE,
            "app/models.py": f"""{IMPORTS}from app.base import Base
from sqlmodel import SQLModel

class Mixin:
    id: Mapped[int] = mapped_column(primary_key=True)
class Abstract(Base):
    __abstract__ = True
class Annotated(Base):
    __abstract__: bool = True
class User(Mixin, Abstract):
    __tablename__ = "users"
class Schema(SQLModel): ...
class Unmapped(SQLModel, table=False): ...
class Plain: ...
""",
        },
    )
    assert [entity.name for entity in orm.entities] == ["User"]
    module = orm.entities[0].cls.module
    assert orm.entity(module.classes["Mixin"]) is None
    assert orm.is_base(module.classes["Abstract"])
    assert not orm.is_base(module.classes["Mixin"])


def test_the_extension_for_flask_maps_its_models(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "app/db.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
            "app/models.py": """\
from app.db import db

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    posts = db.relationship("Post", backref=db.backref("user", lazy="joined"), lazy=True)

class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"), nullable=db.undefined)
""",
        },
    )
    user, post = orm.entities
    assert [(item.name, item.uselist, item.lazy) for item in user.relationships] == [("posts", True, "select")]
    assert [(item.name, item.uselist, item.lazy, item.is_backref) for item in post.relationships] == [
        ("user", False, "joined", True)
    ]
    assert _column(user, "id").primary_key
    assert _column(post, "user_id").foreign_keys == ("user.id",)
    assert _column(post, "user_id").nullable is None


@pytest.mark.parametrize(
    "base",
    [
        "class Base(metaclass=DeclarativeMeta):\n    __abstract__ = True\n",
        "class Base(declarative_base()): ...\n",
        "class Base(DeclarativeBaseNoMeta): ...\n",
        "class Origin(DeclarativeBase): ...\nBase = Origin\n",
        "Base = make()\n",
        "Base = automap_base()\n",
        "@Registry.as_declarative_base()\nclass Base: ...\n",
    ],
)
def test_a_declarative_base_is_known_however_it_is_made(tmp_path: Path, base: str) -> None:
    source = f"""\
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import DeclarativeBase, DeclarativeBaseNoMeta, DeclarativeMeta, declarative_base, registry

Registry = registry()
def make():
    return declarative_base()
{base}
class User(Base):
    __tablename__ = "users"
"""
    assert [entity.name for entity in _orm(tmp_path, {"a.py": source}).entities] == ["User"]


def test_a_base_from_elsewhere_is_concluded_from_table_and_columns(tmp_path: Path) -> None:
    source = f"""{IMPORTS}from company.db import Base, Generic
from pydantic import BaseModel
import typing

class User(Base):
    __tablename__ = "users"
    id = Column(sa.Integer, primary_key=True)
class Heading(Base):
    __tablename__ = "headings"
    text: str = "x"
class Form(BaseModel):
    __tablename__ = "forms"
    id: int = mapped_column()
class Mixin(typing.Generic[int]):
    __tablename__ = "mixed"
    id = Column(sa.Integer)
class Other(Base): ...
"""
    assert [entity.name for entity in _orm(tmp_path, {"a.py": source}).entities] == ["User"]


def test_bases_of_libraries_bring_their_columns(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
from advanced_alchemy.base import UUIDAuditBase
from fastapi_users.db import SQLAlchemyBaseUserTableUUID

class User(SQLAlchemyBaseUserTableUUID, Base):
    email: Mapped[str] = mapped_column(deferred=True)
class Note(UUIDAuditBase): ...
""",
    )
    assert _column(entities["User"], "hashed_password").construct is None
    assert _column(entities["User"], "email").deferred
    assert [item.name for item in entities["Note"].columns] == ["created_at", "id", "updated_at"]


def test_a_target_is_found_by_name_path_class_or_function(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
from app import other

NAME = "Post"

class User(Base):
    one: Mapped["Post"] = relationship()
    two = relationship("app.other.Post")
    three = relationship(lambda: other.Post)
    four = relationship(other.Post)
    five = relationship(argument="Post")
    six = relationship(NAME)
    seven: Mapped["missing.Post"] = relationship()
    eight = relationship("Missing")
    nine: Mapped["Missing"] = relationship()
    ten = relationship()
    eleven = relationship(f"Post")
    twelve = relationship(NUMBER)
    thirteen = relationship(lambda: missing.Post)
""",
        other="from app.base import Base\n\nclass Post(Base): ...\n",
    )
    targets = {item.name: item.target and item.target.name for item in entities["User"].relationships}
    unknown = {name for name, target in targets.items() if target is None}
    assert unknown == {"eight", "nine", "ten", "eleven", "twelve"}
    assert set(targets.values()) == {"Post", None}


def test_of_several_classes_of_one_name_the_nearest_of_the_same_base_is_meant(tmp_path: Path) -> None:
    model = "\nfrom {base} import Base\n\nclass Post(Base): ...\n"
    user = """\
from sqlalchemy.orm import relationship
from {base} import Base

class User(Base):
    posts = relationship("Post")
    other = relationship("far.posts.Post")
    odd = relationship("nowhere.Post")
"""
    orm = _orm(
        tmp_path,
        {
            "one/base.py": BASE,
            "two/base.py": BASE,
            "one/users.py": user.format(base="one.base"),
            "one/posts.py": model.format(base="one.base"),
            "two/posts.py": model.format(base="two.base"),
            "far/posts.py": model.format(base="one.base"),
            "near/users.py": user.format(base="one.base").replace("User", "Reader"),
        },
    )
    entities = {entity.name: entity for entity in orm.entities}
    targets = {item.name: item.target.module.key for item in entities["User"].relationships if item.target is not None}
    assert targets == {"posts": "one/posts.py", "other": "far/posts.py", "odd": "one/posts.py"}
    assert _relationship(entities["Reader"], "posts").target is None


@pytest.mark.parametrize(
    ("arguments", "lazy", "flags"),
    [
        ("", "select", (False, True, False)),
        ("lazy=True", "select", (False, True, False)),
        ("lazy=False", "joined", (True, True, False)),
        ("lazy=None", "noload", (False, False, False)),
        ("lazy='subquery'", "subquery", (True, True, False)),
        ("lazy='raise'", "raise", (False, False, True)),
        ("lazy='raise_on_sql'", "raise_on_sql", (False, False, True)),
        ("lazy='write_only'", "write_only", (False, False, False)),
        ("lazy=STRATEGY", "selectin", (True, True, False)),
        ("**OPTIONS", "immediate", (True, True, False)),
        ("**COMMON", "raise_on_sql", (False, False, True)),
        ("**dict(OPTIONS)", "unknown", (False, False, False)),
        ("**unknown", "unknown", (False, False, False)),
        ("lazy=unknown", "unknown", (False, False, False)),
        ("lazy=3", "unknown", (False, False, False)),
        ("**{KEY: 'joined'}", "unknown", (False, False, False)),
        ("**{'lazy': 'joined'}", "joined", (True, True, False)),
    ],
)
def test_the_strategy_is_a_literal_or_unknown(
    tmp_path: Path, arguments: str, lazy: str, flags: tuple[bool, bool, bool]
) -> None:
    source = f"""\
from app.settings import STRATEGY
OPTIONS = {{"lazy": "immediate"}}

class User(Base):
    COMMON = {{"lazy": INNER}}
    INNER = "raise_on_sql"
    friends: Mapped[list["User"]] = relationship({arguments})
    name: Mapped[str]
"""
    user = _entities(tmp_path, source, settings='STRATEGY = CHOSEN\nCHOSEN = "selectin"\n')["User"]
    found = _relationship(user, "friends")
    assert found.lazy == lazy
    assert (found.is_eager, found.loads_on_access, found.raises_on_access) == flags
    assert user.is_eager("friends") is found.is_eager
    assert user.is_eager("name")
    assert not user.is_eager("nothing")


def test_attributes_of_one_kind_are_no_other(tmp_path: Path) -> None:
    user = _entities(
        tmp_path,
        """\
class User(Base):
    name: Mapped[str]
    friends: Mapped[list["User"]] = relationship()
    people = synonym("friends")
    lost = synonym("lost")
    names = sa.ext.associationproxy.association_proxy("friends", attr="name")
    more = sa.ext.associationproxy.association_proxy(target_collection="friends", attr="name")

    @property
    def title(self) -> str: ...

    def greet(self) -> str: ...
""",
    )["User"]
    assert user.column("friends") is None
    assert user.relationship("name") is None
    assert user.proxy("name") is None
    assert user.relationship("people") is user.relationship("friends")
    assert user.attribute("lost") is None
    proxies = [user.proxy("names"), user.proxy("more")]
    assert [(item.relationship, item.attribute) for item in proxies if item] == [("friends", "name")] * 2
    title = user.computed("title")
    assert title is not None
    assert title.name == "title"
    assert user.computed("greet") is None
    assert user.computed("name") is None


def test_a_mapped_parent_knows_its_subclasses(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
class Animal(Base):
    __tablename__ = "animals"
    owner: Mapped["Animal"] = relationship(backref="animals")
class Dog(Animal): ...
class Puppy(Dog):
    __tablename__ = NAME
class Named(Base):
    @declared_attr
    def __tablename__(cls): return "x"
class Nameless(Base): ...
""",
    )
    assert [item.name for item in entities["Animal"].subclasses] == ["Dog", "Puppy"]
    assert entities["Puppy"].parent is entities["Dog"]
    assert entities["Dog"].table == "animals"
    assert [entities[name].table for name in ("Puppy", "Named", "Nameless")] == [None, None, None]
    assert entities["Dog"].relationship("owner") is entities["Animal"].relationship("owner")
    assert _relationship(entities["Puppy"], "animals").is_backref


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", False),
        ('__mapper_args__ = {"eager_defaults": True}', True),
        ('__mapper_args__ = {"eager_defaults": "auto"}', False),
        ('__mapper_args__ = {"version_id_col": 1}', False),
        ('__mapper_args__ = {"eager_defaults": flag}', None),
        ("__mapper_args__ = arguments()", None),
        ("__mapper_args__: dict", False),
        ('@declared_attr.directive\n    def __mapper_args__(cls): return {"eager_defaults": True}', True),
        ("@declared_attr.directive\n    def __mapper_args__(cls): raise", None),
    ],
)
def test_eager_defaults_are_read_from_the_mapper_arguments(tmp_path: Path, body: str, *, expected: bool | None) -> None:
    user = _entities(tmp_path, f"class User(Base):\n    name: Mapped[str]\n    {body}\n")["User"]
    assert user.eager_defaults is expected


@pytest.mark.parametrize(
    ("default", "source"),
    [
        ("None", ValueSource.NONE),
        ("3", ValueSource.PYTHON),
        ("lambda: func.now()", ValueSource.PYTHON),
        ("func.now()", ValueSource.SQL),
        ("sa.func.now().op('+')(1)", ValueSource.SQL),
        ("func.now() + 1", ValueSource.SQL),
        ("[1, 2]", ValueSource.PYTHON),
        ("datetime.now", ValueSource.PYTHON),
        ("datetime.now()", ValueSource.PYTHON),
        ("helper", ValueSource.PYTHON),
        ("helper()", ValueSource.SQL),
        ("plain()", ValueSource.PYTHON),
        ("Expression()", ValueSource.SQL),
        ("Value()", ValueSource.PYTHON),
        ("Value", ValueSource.PYTHON),
        ("NOW", ValueSource.SQL),
        ("sa.null", ValueSource.SQL),
        ("missing", ValueSource.UNKNOWN),
        ("missing()", ValueSource.UNKNOWN),
        ("Value.missing()", ValueSource.UNKNOWN),
        ("ROUND", ValueSource.UNKNOWN),
    ],
)
def test_who_computes_a_default_is_told(tmp_path: Path, default: str, source: ValueSource) -> None:
    user = _entities(
        tmp_path,
        f"""\
from datetime import datetime
from sqlalchemy.sql.functions import FunctionElement

class Expression(FunctionElement): ...
class Value: ...
def helper():
    if later:
        return 1
    with block:
        return func.now()
def plain():
    try:
        return 3
    finally:
        done()
NOW = func.now()
ROUND = AGAIN
AGAIN = ROUND

class User(Base):
    at: Mapped[int] = mapped_column(default={default}, onupdate={default})
""",
    )["User"]
    column = _column(user, "at")
    assert (column.default_source, column.onupdate_source) == (source, source)
    assert column.is_unloaded_after_update is column.is_computed_by_database_on_insert is (source is ValueSource.SQL)


def test_tables_are_known_without_a_class(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "app/tables.py": """\
from sqlalchemy import Column, ForeignKey, MetaData, Table, UniqueConstraint

metadata = MetaData()
link = Table("link", metadata, Column("a", ForeignKey("x.id")), Column("b"), UniqueConstraint("a"), Column())
computed = Table(name(), metadata)
bare = Table()
number = 3
""",
            "app/other.py": "link = Table('no', 1)\n",
        },
    )
    assert [(table.name, table.columns) for table in orm.tables] == [("link", ("a", "b")), (None, ())]


def test_every_call_that_declares_a_column_is_listed_once(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "app/base.py": BASE,
            "app/models.py": f"""{IMPORTS}from app.base import Base
from typing import Annotated
from sqlmodel import Field, SQLModel

Key = Annotated[int, mapped_column(primary_key=True)]
TABLE = sa.Table("t", Base.metadata, Column("x", default=1))

class Mixin:
    made: Mapped[int] = mapped_column(default=2)
    @declared_attr
    def other(cls): return Column(default=3)
class User(Mixin, Base):
    id: Mapped[Key]
    odd: Mapped[Annotated[int, mapped_column(index=True), "text"]] = mapped_column(default=4)
    late = sa.orm.deferred(Column(default=5))
class Hero(SQLModel, table=True):
    name: str = Field(default="6")
    __table__ = TABLE
class Ready(Base):
    __table__ = missing
class Given(Base):
    __table__ = number()
    x: int
    y: list[int] = []
""",
        },
    )
    numbers = [getattr(item.keywords.get("default"), "value", None) for item in orm.column_constructs]
    assert numbers == [None, 1, 2, 3, 4, 5, "6"]
    entities = {entity.name: entity for entity in orm.entities}
    assert _column(entities["User"], "odd").construct is not None
    assert [item.name for item in entities["Hero"].columns] == ["name", "x"]
    assert entities["Ready"].attributes == entities["Given"].attributes == {}


def test_attributes_set_after_the_class_are_its_own(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
class User(Base): ...
class Post(Base):
    user_id = Column(ForeignKey("User.id"))

User.posts = relationship("Post")
Post.user = relationship("User")
User.plain = 3
missing.posts = relationship("Post")
User.posts.more = relationship("Post")
a, User.b = pair
""",
    )
    assert [(item.name, item.uselist) for item in entities["User"].relationships] == [("posts", True)]
    assert [(item.name, item.uselist) for item in entities["Post"].relationships] == [("user", False)]


def test_an_unannotated_relationship_is_to_one_where_the_keys_point_away(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
from sqlalchemy import Table

class Company(Base):
    __tablename__ = "companies"
    people = relationship("Person")
    head = relationship("Person", uselist=False)
    unsure = relationship("Person", uselist=flag)
class Person(Base):
    company_id = mapped_column(ForeignKey("hr.companies.id"))
    boss_id = mapped_column(ForeignKey("persons.id"))
    other_id = mapped_column(ForeignKey(Company.id))
    company = relationship("Company")
    boss = relationship("Person", remote_side="Person.id")
    team = relationship("Person")
    peers = relationship("Person", secondary="peers")
    first = relationship("Company", foreign_keys="[Person.company_id, Person.other_id]")
    second = relationship("Company", foreign_keys=company_id)
    third = relationship("Company", foreign_keys=[Company.x])
    fourth = relationship("Missing")
    feed = dynamic_loader("Person")
""",
    )
    assert {item.name: item.uselist for item in entities["Company"].relationships} == {
        "people": True,
        "head": False,
        "unsure": True,
    }
    assert {item.name: item.uselist for item in entities["Person"].relationships} == {
        "company": False,
        "boss": False,
        "team": True,
        "peers": True,
        "first": False,
        "second": False,
        "third": True,
        "fourth": True,
        "feed": True,
    }
    assert _relationship(entities["Person"], "feed").lazy == "dynamic"


def test_back_references_need_a_name_and_a_target(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
class User(Base):
    a = relationship("Post", backref=NAME)
    b = relationship("Missing", backref="x")
    c = relationship("Post", backref=backref())
    d = relationship("Post", uselist=False, backref=backref("owner", uselist=True))
    e = relationship("Post", backref=3)
class Post(Base): ...
""",
    )
    assert [(item.name, item.uselist) for item in entities["Post"].relationships] == [("owner", True)]


def test_annotations_decide_kind_and_number(tmp_path: Path) -> None:
    user = _entities(
        tmp_path,
        """\
import typing
from typing import Annotated, ClassVar, Optional, Union
from sqlalchemy.orm import DynamicMapped, WriteOnlyMapped

Users = list["User"]
Text = Annotated[str, 30]

class Box: ...

class User(Base):
    count: ClassVar[int] = 0
    plain: int = 3
    name: Mapped[Text]
    maybe: Mapped[Union[str, None]]
    other: Mapped[Optional["str"]]
    box: Mapped[Box[int]]
    literal: Mapped[typing.Literal["a", "b"]]
    empty: Mapped[()]
    friends: Mapped[Users] = relationship()
    by_name: Mapped[dict[str, "User"]] = relationship()
    best: Mapped["User | None"] = relationship()
    all: Mapped["typing.List[User]"] = relationship()
    bare: Mapped = relationship("User")
    first: DynamicMapped["User"] = relationship(lazy="selectin")
    second: WriteOnlyMapped["User"] = relationship()
    _hidden: Mapped[int]
""",
    )["User"]
    assert {item.name: item.nullable for item in user.columns} == {
        "_hidden": False,
        "box": False,
        "empty": False,
        "literal": False,
        "maybe": True,
        "name": False,
        "other": True,
    }
    assert {item.name: (item.uselist, item.target is not None) for item in user.relationships} == {
        "all": (True, True),
        "bare": (True, True),
        "best": (False, True),
        "by_name": (True, True),
        "first": (True, True),
        "friends": (True, True),
        "second": (True, True),
    }
    assert [_relationship(user, name).lazy for name in ("first", "second")] == ["selectin", "write_only"]


def test_a_wrapper_passes_its_arguments_on(tmp_path: Path) -> None:
    entities = _entities(
        tmp_path,
        """\
from app.columns import endless, fixed, nothing, reference, to_many

class User(Base):
    a = to_many("User", lazy="joined")
    b = to_many(lazy="raise", target="User")
    c = fixed(default=1)
    d = endless()
    e = nothing()
    f = reference("users.id")
    g = to_many(User)
""",
        columns="""\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column, relationship

def to_many(target, /, lazy="select", **options):
    return relationship(target, lazy=lazy, **options)
def fixed(default):
    return mapped_column(nullable=False)
def endless():
    return endless()
def nothing():
    pass
def reference(key, nullable=True):
    return mapped_column(ForeignKey(key), nullable=nullable)
""",
    )
    user = entities["User"]
    assert [(item.name, item.lazy, item.target is not None) for item in user.relationships] == [
        ("a", "joined", True),
        ("b", "raise", True),
        ("g", "select", False),
    ]
    assert [(item.name, item.nullable) for item in user.columns] == [("c", False), ("f", True)]


def test_a_library_class_of_the_projects_own_is_seen_through(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "db.py": """\
from flask_sqlalchemy import SQLAlchemy as Library

class Database(Library): ...
class Unrelated: ...

db = Database()
plain = Unrelated()
made = print()
unknown = missing()

class User(db.Model):
    id = db.mapped_column(primary_key=True)
    a = db.relationship("User")
    b = db.unknown_thing()
    c = plain.Column()
    d = made.Column()
    e = unknown.Column()
""",
        },
    )
    assert sorted(orm.entities[0].attributes) == ["a", "id"]


def test_a_class_is_mapped_by_a_call_wherever_that_stands(tmp_path: Path) -> None:
    orm = _orm(
        tmp_path,
        {
            "app/registry.py": "from sqlalchemy.orm import registry\n\nmapper_registry = registry()\n",
            "app/orm.py": """\
from sqlalchemy import Column, Table
from sqlalchemy.orm import relationship
from app.registry import mapper_registry
from app.domain import Order, Line, Other, properties

orders = Table("orders", mapper_registry.metadata, Column("id"))
mapper_registry.map_imperatively(Order, orders, properties={"lines": relationship("Line"), "id": orders.c.id})

def start() -> None:
    mapper_registry.map_imperatively(Line, missing, properties=properties())
    mapper_registry.map_imperatively()
    mapper_registry.map_imperatively(missing)
    mapper_registry.other(Other)
    unknown.mapper(Other)
    mappers[0](Other)
""",
            "app/domain.py": "class Order: ...\nclass Line: ...\nclass Other: ...\n",
        },
    )
    assert [entity.name for entity in orm.entities] == ["Order", "Line"]
    order, line = orm.entities
    assert sorted(order.attributes) == ["id", "lines"]
    assert _relationship(order, "lines").target is line.cls
    assert line.attributes == {}
