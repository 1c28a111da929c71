"""One mapped class: everything that its instances have, own, inherited, mixed in, or declared from the other side."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Constant, Expr
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.model.constructs import entries, returned
from fastapi_lint.model.orm.attributes import (
    AssociationProxy,
    Column,
    OrmAttribute,
    Relationship,
    Synonym,
)
from fastapi_lint.model.orm.building import attribute
from fastapi_lint.model.orm.direction import with_direction
from fastapi_lint.model.orm.reading import Declaration
from fastapi_lint.model.symbols import Class, Function

if TYPE_CHECKING:
    from fastapi_lint.model.orm.model import OrmModel

_SYNONYM_DEPTH: Final = 4


class MappedClass:
    """A class that is mapped to a table; what needs other classes is computed when it is first asked for."""

    def __init__(self, cls: Class, root: str, model: "OrmModel") -> None:
        self.cls = cls
        self.root = root
        self._model = model

    @property
    def name(self) -> str:
        """Return the class's own name."""
        return self.cls.name

    @cached_property
    def lineage(self) -> tuple[Class, ...]:
        """Return the classes that attributes come from, in the order in which they are looked up."""
        given = self._model.given_base(self.root)
        extra = () if given is None else given.ancestors
        return (*self.cls.ancestors, *(item for item in extra if item not in self.cls.ancestors))

    @cached_property
    def parent(self) -> "MappedClass | None":
        """Return the nearest mapped class it inherits from."""
        return next((found for item in self.cls.ancestors[1:] if (found := self._model.entity(item)) is not None), None)

    @property
    def subclasses(self) -> "tuple[MappedClass, ...]":
        """Return the mapped classes that inherit from it, directly or not."""
        return self._model.subclasses(self)

    @cached_property
    def table(self) -> str | None:
        """Return the name of the table: its own, or that of the class it shares a table with."""
        for item in self.lineage:
            statement = item.own_assignments.get("__tablename__")
            value = None if statement is None else statement.value
            if isinstance(value, Constant) and isinstance(value.value, str):
                return value.value
            method = item.own_methods.get("__tablename__")
            if method is not None or statement is not None:
                return None
        return None

    # Attributes

    @cached_property
    def declared(self) -> Mapping[str, Declaration]:
        """Return what the class, its mixins and its parents declare, by name."""
        found: dict[str, Declaration] = {}
        for item in reversed(self.lineage):
            found.update(self._model.declarations(item))
        return found

    @cached_property
    def own_side(self) -> Mapping[str, OrmAttribute]:
        """Return the attributes that the class, its mixins and its parents declare, without back references."""

        def find(name: str) -> Class | None:
            return self._model.find(name, self)

        found = dict(self._model.external_columns(self))
        for name, item in self.declared.items():
            inherited = self._inherited(name, item)
            found[name] = attribute(item, self.cls, find) if inherited is None else inherited
        columns = tuple(item for item in found.values() if isinstance(item, Column))
        for name, item in self.declared.items():
            relationship = found[name]
            if isinstance(relationship, Relationship) and self._inherited(name, item) is None:
                target = None if relationship.target is None else self._model.entity(relationship.target)
                found[name] = with_direction(relationship, item, self, target, columns)
        return found

    def _inherited(self, name: str, declaration: Declaration) -> OrmAttribute | None:
        """Return the attribute of the mapped parent: what a mixin declares is made for the class that has it first."""
        parent = self.parent
        return parent.own_side[name] if parent is not None and parent.declared.get(name) is declaration else None

    @property
    def created_relationships(self) -> Iterator[Relationship]:
        """Yield the relationships that are made for this class: neither inherited nor declared by the other side."""
        for name, item in self.declared.items():
            found = self.own_side[name]
            if isinstance(found, Relationship) and self._inherited(name, item) is None:
                yield found

    @cached_property
    def attributes(self) -> Mapping[str, OrmAttribute]:
        """Return the mapped attributes by name, back references included."""
        return {**self._model.backrefs_of(self), **self.own_side}

    @cached_property
    def relationships(self) -> tuple[Relationship, ...]:
        """Return the relationships in the order of names."""
        found = (self.attributes[name] for name in sorted(self.attributes))
        return tuple(item for item in found if isinstance(item, Relationship))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns in the order of names."""
        found = (self.attributes[name] for name in sorted(self.attributes))
        return tuple(item for item in found if isinstance(item, Column))

    def attribute(self, name: str) -> OrmAttribute | None:
        """Return the mapped attribute of that name; a synonym stands for what it names."""
        found = self.attributes.get(name)
        for _ in range(_SYNONYM_DEPTH):
            if not isinstance(found, Synonym):
                return found
            found = self.attributes.get(found.target)
        return None

    def relationship(self, name: str) -> Relationship | None:
        """Return the relationship of that name."""
        found = self.attribute(name)
        return found if isinstance(found, Relationship) else None

    def column(self, name: str) -> Column | None:
        """Return the column, or the SQL expression that is loaded like one, of that name."""
        found = self.attribute(name)
        return found if isinstance(found, Column) else None

    def proxy(self, name: str) -> AssociationProxy | None:
        """Return the association proxy of that name."""
        found = self.attribute(name)
        return found if isinstance(found, AssociationProxy) else None

    def computed(self, name: str) -> Function | None:
        """Return the property or hybrid of that name: reading the attribute runs it."""
        for item in self.lineage:
            method = item.own_methods.get(name)
            if method is not None:
                return method if method.is_property else None
        return None

    def is_eager(self, name: str) -> bool:
        """Return whether loading an instance loads the attribute without a loader option."""
        match self.attribute(name):
            case Relationship() as relationship:
                return relationship.is_eager
            case Column(deferred=deferred):
                return not deferred
            case _:
                return False

    # The mapper

    @cached_property
    def eager_defaults(self) -> bool | None:
        """Return whether ``__mapper_args__`` fetches what the database computes; None where that cannot be told.

        The setting comes from the class itself, or from an abstract base or mixin, never from a mapped parent.
        """
        for item in self.lineage:
            if item is not self.cls and self._model.entity(item) is not None:
                continue
            given = _mapper_arguments(item)
            if given is not None:
                return given.eager_defaults
        return False


class _MapperArguments(Struct, frozen=True):
    """What a ``__mapper_args__`` says."""

    eager_defaults: bool | None


def _mapper_arguments(cls: Class) -> _MapperArguments | None:
    match cls.own_assignments.get("__mapper_args__"):
        case Assign(value=expression) | Annotate(value=expression) if expression is not None:
            return _read_mapper_arguments(cls, expression, cls.facts.qualname)
        case _:
            method = cls.own_methods.get("__mapper_args__")
    if method is None:
        return None
    expression = next(returned(method.body), None)
    return _MapperArguments(None) if expression is None else _read_mapper_arguments(cls, expression, method.qualname)


def _read_mapper_arguments(cls: Class, expression: Expr, scope: str) -> _MapperArguments:
    found = entries(cls.module, expression, scope)
    if found is None:
        return _MapperArguments(None)
    value = found.get("eager_defaults")
    match value:
        case None | Constant(value=False | "auto"):
            return _MapperArguments(eager_defaults=False)
        case Constant(value=True):
            return _MapperArguments(eager_defaults=True)
        case _:
            return _MapperArguments(None)
