"""What a mapped class consists of: columns, relationships and what is built on them, as plain values."""

from enum import StrEnum

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.constructs import Construct
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Place

_EAGER = frozenset({"selectin", "joined", "subquery", "immediate"})
_NEVER_LAZY = frozenset({"raise", "raise_on_sql"})
UNKNOWN_STRATEGY = "unknown"
"""The loader strategy of a relationship whose ``lazy=`` is not a literal."""


class ValueSource(StrEnum):
    """Who computes a default: nobody, Python before the statement, the database in the statement, or unknown."""

    NONE = "none"
    PYTHON = "python"
    SQL = "sql"
    UNKNOWN = "unknown"


class Member(Struct, frozen=True, eq=False, kw_only=True):
    """A mapped attribute: ``owner`` is the class whose body declares it (perhaps a mixin), ``place`` where."""

    name: str
    owner: Class
    place: Place


class Column(Member, frozen=True, eq=False, kw_only=True):
    """A column, or a SQL expression that is loaded like one.

    ``annotation`` is the Python type without ``Mapped``; ``construct`` the call that declares it, None where only an
    annotation does. ``nullable`` is None where it cannot be told. ``foreign_keys`` are written as ``table.column``.
    """

    annotation: Expr | None = None
    construct: Construct | None = None
    default: Expr | None = None
    onupdate: Expr | None = None
    default_source: ValueSource = ValueSource.NONE
    onupdate_source: ValueSource = ValueSource.NONE
    has_server_default: bool = False
    has_server_onupdate: bool = False
    is_expression: bool = False
    primary_key: bool = False
    nullable: bool | None = None
    deferred: bool = False
    raiseload: bool = False
    foreign_keys: tuple[str, ...] = ()

    @property
    def is_unloaded_after_update(self) -> bool:
        """Return whether an UPDATE leaves the attribute expired unless the mapper has ``eager_defaults=True``."""
        return self.onupdate_source is ValueSource.SQL or self.has_server_onupdate

    @property
    def is_computed_by_database_on_insert(self) -> bool:
        """Return whether an INSERT has the value only after RETURNING or a second statement."""
        return self.default_source is ValueSource.SQL or self.has_server_default


class Relationship(Member, frozen=True, eq=False, kw_only=True):
    """A relationship as one mapped class has it.

    ``target`` is None where it cannot be resolved. ``lazy`` is the loader strategy under its canonical name
    (``select``, ``selectin``, ``raise`` ...), ``unknown`` where it is not a literal. ``is_backref`` says that the other
    side declares it by ``backref=``.
    """

    target: Class | None
    uselist: bool
    lazy: str = "select"
    back_populates: str | None = None
    viewonly: bool = False
    is_backref: bool = False
    construct: Construct | None = None

    @property
    def is_eager(self) -> bool:
        """Return whether loading the parent loads it too, without a loader option."""
        return self.lazy in _EAGER

    @property
    def loads_on_access(self) -> bool:
        """Return whether reading it while unloaded runs SQL."""
        return self.lazy in {"select", "dynamic"} or self.is_eager

    @property
    def raises_on_access(self) -> bool:
        """Return whether reading it while unloaded raises whatever the session."""
        return self.lazy in _NEVER_LAZY


class AssociationProxy(Member, frozen=True, eq=False, kw_only=True):
    """``association_proxy(relationship, attribute)``: reading it reads the relationship and the target's attribute."""

    relationship: str
    attribute: str


class Synonym(Member, frozen=True, eq=False, kw_only=True):
    """Another name for the mapped attribute ``target``."""

    target: str


class Composite(Member, frozen=True, eq=False, kw_only=True):
    """One value object over several columns."""

    columns: tuple[str, ...]


OrmAttribute = Column | Relationship | AssociationProxy | Synonym | Composite
