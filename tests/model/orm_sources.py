"""Programs whose mappings the tests compare with what SQLAlchemy itself makes of them; each is one file."""

ANNOTATED = """\
from __future__ import annotations

from datetime import datetime
from typing import Annotated, List, Optional, Set

from sqlalchemy import Computed, ForeignKey, String, func, select, text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    WriteOnlyMapped,
    column_property,
    composite,
    deferred,
    mapped_column,
    relationship,
    synonym,
)

Key = Annotated[int, mapped_column(primary_key=True)]
Touched = Annotated[datetime, mapped_column(default=func.now(), onupdate=func.now())]


class Base(DeclarativeBase):
    pass


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


class Organization(Base):
    __tablename__ = "organizations"
    __mapper_args__ = {"eager_defaults": True}

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(50))
    touched: Mapped[Touched]
    users: Mapped[List[User]] = relationship(
        back_populates="organization", foreign_keys="User.organization_id", lazy="selectin"
    )
    owner_id: Mapped[Optional[int]] = mapped_column(ForeignKey("users.id"))
    owner: Mapped[Optional[User]] = relationship(foreign_keys=[owner_id], lazy="joined")
    archive: WriteOnlyMapped[Post] = relationship()
    feed: DynamicMapped["Post"] = relationship(viewonly=True)


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column("mail", unique=True, server_default="x")
    nickname: Mapped[str | None]
    biography: Mapped[str] = mapped_column(deferred=True)
    notes: Mapped[str] = mapped_column(deferred_group="texts")
    secret: Mapped[str] = deferred(mapped_column(String))
    changed: Mapped[datetime] = mapped_column(onupdate=datetime.now, default=datetime.now)
    stamped: Mapped[datetime] = mapped_column(onupdate=text("CURRENT_TIMESTAMP"))
    shout: Mapped[str] = mapped_column(Computed("upper(mail)"))
    x: Mapped[int]
    y: Mapped[int]
    place: Mapped[Point] = composite(Point, "x", "y")
    address: Mapped[str] = synonym("email")
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped["Organization"] = relationship(
        back_populates="users", foreign_keys="User.organization_id", lazy=False
    )
    posts: Mapped[Set["Post"]] = relationship(back_populates="author", lazy="raise_on_sql")
    titles: AssociationProxy[list[str]] = association_proxy("posts", "title")
    name_length: Mapped[int] = column_property(func.length(email))

    @hybrid_property
    def domain(self) -> str:
        return self.email.partition("@")[2]


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("posts.id"))
    author: Mapped[User] = relationship(back_populates="posts", lazy="raise")
    parent: Mapped[Post | None] = relationship(remote_side=[id], back_populates="replies")
    replies: Mapped[list[Post]] = relationship(back_populates="parent", lazy=None)


Post.likes = column_property(select(func.count(User.id)).scalar_subquery(), deferred=True)
"""

LEGACY = """\
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import backref, declarative_base, declared_attr, deferred, relationship


class Common:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

    @property
    def label(self):
        return f"{self.id}"


Base = declarative_base(cls=Common)

tag_links = Table(
    "tag_links",
    Base.metadata,
    Column("case_id", ForeignKey("case.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class ProjectMixin:
    @declared_attr
    def project_id(cls):
        return Column(Integer, ForeignKey("project.id"), nullable=False)

    @declared_attr
    def project(cls):
        return relationship("Project")


class Project(Base):
    name = Column(String)
    cases = relationship("Case", viewonly=True, lazy="subquery")


class Tag(ProjectMixin, Base):
    name = Column(String, nullable=False)
    secret = deferred(Column(String))


class Assignee(Base):
    name = Column(String)
    leader_id = Column(ForeignKey("assignee.id"))
    leader = relationship("Assignee", remote_side="Assignee.id", backref="followers")


class Case(ProjectMixin, Base):
    title = sa.Column(sa.String, server_default=sa.text("''"), onupdate=sa.func.lower("A"))
    assignee_id = Column(Integer, ForeignKey("assignee.id"))
    reporter_id = Column(Integer, ForeignKey("assignee.id"))
    assignee = relationship("Assignee", foreign_keys=[assignee_id], backref="cases")
    reporter = relationship(Assignee, foreign_keys="Case.reporter_id", backref=backref("reported", lazy="dynamic"))
    tags = relationship("Tag", secondary=tag_links, backref="cases", lazy="selectin")
    events = relationship("Event", lazy="immediate", order_by="Event.id", cascade="all")
    detail = relationship(lambda: Detail, uselist=False, backref=backref("case", uselist=False, lazy="joined"))
    tag_names = association_proxy("tags", "name")


class Event(Base):
    case_id = Column(ForeignKey("case.id"))
    case = relationship("Case", viewonly=True)


class Detail(Base):
    case_id = Column(ForeignKey(Case.id))
"""

INHERITED = """\
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, func
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Model(AsyncAttrs, DeclarativeBase):
    __abstract__ = True


class TimestampedModel(Model):
    __abstract__ = True
    __mapper_args__ = {"eager_defaults": True}

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    modified_at: Mapped[datetime | None] = mapped_column(onupdate=func.now(), default=None)


class RecordModel(TimestampedModel):
    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class OwnedMixin:
    @declared_attr
    def owner_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("owners.id"), index=True)

    @declared_attr
    def owner(cls) -> Mapped["Owner"]:
        return relationship("Owner", lazy="raise")

    @declared_attr.directive
    def __table_args__(cls):
        return ()


class ParentMixin:
    @declared_attr
    def parent_id(cls) -> Mapped[UUID | None]:
        return mapped_column(ForeignKey(f"{cls.__tablename__}.id"))

    @declared_attr
    def parent(cls) -> Mapped["Model | None"]:
        return relationship(cls, remote_side=f"{cls.__name__}.id", lazy="raise")


class Owner(RecordModel):
    __tablename__ = "owners"


class Price(OwnedMixin, ParentMixin, RecordModel):
    __tablename__ = "prices"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "base"}

    kind: Mapped[str]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    product: Mapped["Product"] = relationship(back_populates="all_prices")


class FixedPrice(Price):
    __mapper_args__ = {"polymorphic_identity": "fixed"}

    amount: Mapped[int | None] = mapped_column(use_existing_column=True)


class MeteredPrice(Price):
    __tablename__ = "metered_prices"
    __mapper_args__ = {"polymorphic_identity": "metered", "eager_defaults": True}

    id: Mapped[UUID] = mapped_column(ForeignKey("prices.id"), primary_key=True)
    meter_id: Mapped[UUID] = mapped_column(ForeignKey("meters.id"))
    meter: Mapped["Meter"] = relationship(lazy="joined")


class Meter(RecordModel):
    __tablename__ = "meters"


class Product(OwnedMixin, RecordModel):
    __tablename__ = "products"

    all_prices: Mapped[list["Price"]] = relationship(back_populates="product", lazy="raise")
    prices: Mapped[list["Price"]] = relationship(
        primaryjoin="and_(Price.product_id == Product.id, Price.kind != '')", viewonly=True, lazy="raise"
    )

    @property
    def cheapest(self) -> "Price":
        return self.prices[0]
"""

SQLMODEL = """\
from datetime import datetime
from typing import List, Optional

from sqlalchemy import Column, DateTime, func
from sqlalchemy.orm import relationship
from sqlmodel import Field, Relationship, SQLModel


class Link(SQLModel, table=True):
    hero_id: int = Field(foreign_key="hero.id", primary_key=True)
    mission_id: int = Field(foreign_key="mission.id", primary_key=True)


class TeamBase(SQLModel):
    name: str
    city: str | None = None


class Team(TeamBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="team", sa_relationship_kwargs={"lazy": "selectin"})


class TeamPublic(TeamBase):
    id: int


class Hero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str
    changed: Optional[datetime] = Field(
        default=None, sa_column_kwargs={"onupdate": func.now(), "server_default": func.now()}
    )
    seen: datetime = Field(sa_column=Column(DateTime, nullable=False, onupdate=func.now()))
    team_id: Optional[int] = Field(default=None, foreign_key="team.id")
    team: Optional[Team] = Relationship(back_populates="heroes")
    missions: List["Mission"] = Relationship(back_populates="heroes", link_model=Link)


class Mission(SQLModel, table=True):
    id: int = Field(primary_key=True)
    heroes: list[Hero] = Relationship(
        sa_relationship=relationship("Hero", secondary="link", back_populates="missions", lazy="raise")
    )
"""

REGISTRIES = """\
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    as_declarative,
    mapped_column,
    registry,
    relationship,
)

mapper_registry = registry()
Generated = mapper_registry.generate_base()
Alias = Generated


def key() -> Mapped[Any]:
    return mapped_column(Integer, primary_key=True)


def to_one(target: str, **options: Any) -> Mapped[Any]:
    return relationship(target, **options)


OPTIONS = {"lazy": "selectin"}


@mapper_registry.mapped
class City:
    __tablename__ = "cities"

    id: Mapped[int] = mapped_column(primary_key=True)
    streets: Mapped[list["Street"]] = relationship(**OPTIONS)


class Street(Alias):
    __tablename__ = "streets"

    id = key()
    city_id = mapped_column(ForeignKey("cities.id"))
    city = to_one("City", lazy="joined", viewonly=True)
    houses = relationship("House", **dict(lazy="immediate"))


class House(Generated):
    __table__ = Table(
        "houses",
        mapper_registry.metadata,
        Column("id", Integer, primary_key=True),
        Column("street_id", ForeignKey("streets.id")),
    )


@as_declarative()
class Old:
    id = Column(Integer, primary_key=True)


class Thing(Old):
    __tablename__ = "things"


class Modern(MappedAsDataclass, DeclarativeBase):
    pass


class Row(Modern):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    text: Mapped[str] = mapped_column(default="")
"""

IMPERATIVE = """\
from dataclasses import dataclass

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.orm import registry, relationship

mapper_registry = registry()
orders = Table("orders", mapper_registry.metadata, Column("id", Integer, primary_key=True), Column("note", String))
lines = Table(
    "lines",
    mapper_registry.metadata,
    Column("id", Integer, primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
)


@dataclass
class Order:
    note: str


class Line:
    pass


class Untouched:
    pass


def start_mappers() -> None:
    mapper_registry.map_imperatively(Line, lines)
    mapper_registry.map_imperatively(
        Order,
        orders,
        properties={"lines": relationship(Line, lazy="joined", backref="order")},
    )


start_mappers()
mapper_registry.map_imperatively(Untouched, local_table=Table("other", MetaData(), Column("id", primary_key=True)))
"""

PROGRAMS = {
    "imperative": IMPERATIVE,
    "annotated": ANNOTATED,
    "legacy": LEGACY,
    "inherited": INHERITED,
    "sqlmodel": SQLMODEL,
    "registries": REGISTRIES,
}
