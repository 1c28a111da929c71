"""What validating a database object through a schema reads: the tree of attributes that must be loaded."""

from typing import Final

from msgspec import Struct

from fastapi_lint.model.orm import AssociationProxy, Column, MappedClass, OrmModel, Relationship
from fastapi_lint.model.schemas.fields import Field
from fastapi_lint.model.schemas.model import Schema, TypeArguments
from fastapi_lint.model.symbols import Class, Function

_DEPTH: Final = 5
_BY_NAME: Final = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")


class AttributeRead(Struct, frozen=True, eq=False):
    """One attribute that a schema reads from a mapped class.

    Exactly one of ``relationship``, ``column``, ``proxy`` and ``function`` (a property or hybrid) is set; ``through``
    are the relationships that a proxy follows. ``below`` is what is then read from the object or objects at the end of
    the relationship. ``certain`` is false below one of several alternative schemas: Pydantic may take another.
    """

    field: Field
    schema: Schema
    entity: MappedClass
    attribute: str
    relationship: Relationship | None = None
    column: Column | None = None
    proxy: AssociationProxy | None = None
    function: Function | None = None
    through: tuple[str, ...] = ()
    below: "tuple[AttributeRead, ...]" = ()
    certain: bool = True

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the relationships that reading the attribute follows: one, or the two of an association proxy."""
        if self.relationship is not None:
            return (self.relationship.name,)
        return () if self.proxy is None else self.through

    def paths(self) -> "tuple[tuple[AttributeRead, ...], ...]":
        """Return the chains of relationships from here downwards, each with every shorter one."""
        if not self.steps:
            return ()
        deeper = ((self, *path) for inner in self.below for path in inner.paths())
        return ((self,), *deeper)


def reads_from(
    schema: Schema,
    entity: MappedClass,
    orm: OrmModel,
    arguments: TypeArguments | None = None,
    *,
    forced: bool = True,
) -> tuple[AttributeRead, ...]:
    """Return what validating an instance of ``entity`` through ``schema`` reads, in the order of the fields.

    ``forced`` is how FastAPI validates a response: objects are accepted at every level. Otherwise a nested schema reads
    nothing unless its own configuration has ``from_attributes``. An opaque schema reads nothing that is known.
    """
    if arguments:
        return _Reader(orm, forced=forced).read(_Level(schema, arguments, entity))
    key = (entity.cls.key, forced)
    found = schema.known_reads.get(key)
    if found is None:
        # Routes by the dozen answer with the same objects through the same schema.
        found = schema.known_reads[key] = _Reader(orm, forced=forced).read(_Level(schema, {}, entity))
    return found


class _Level(Struct, frozen=True, eq=False):
    """A schema that meets a mapped class, and the pairs of them above."""

    schema: Schema
    arguments: TypeArguments
    entity: MappedClass
    above: tuple[tuple[str, str], ...] = ()
    certain: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return (self.schema.cls.key, self.entity.cls.key)


class _Reader:
    def __init__(self, orm: OrmModel, *, forced: bool) -> None:
        self._orm = orm
        self._forced = forced

    def read(self, level: _Level) -> tuple[AttributeRead, ...]:
        if level.schema.opaque or level.key in level.above or len(level.above) > _DEPTH:
            return ()
        found = []
        for field in level.schema.fields.values():
            # The first of its names that the mapped class has fills a field.
            names = source_names(level.schema, field)
            attribute = next((name for name in names if _has(level.entity, name)), None)
            if attribute is not None:
                found.append(self._found(level, field, attribute))
        return tuple(found)

    def _found(self, level: _Level, field: Field, attribute: str) -> AttributeRead:
        entity = level.entity
        known = entity.attribute(attribute)
        relationship = known if isinstance(known, Relationship) else None
        proxy = known if isinstance(known, AssociationProxy) else None
        through, target = _through(entity, proxy, self._orm)
        if relationship is not None:
            target = relationship.target
        below = self._below(level, field, target) if target is not None and not field.is_transformed else ()
        return AttributeRead(
            field=field,
            schema=level.schema,
            entity=entity,
            attribute=attribute,
            relationship=relationship,
            column=known if isinstance(known, Column) else None,
            proxy=proxy,
            through=through,
            function=entity.computed(attribute) if known is None else None,
            below=below,
            certain=level.certain,
        )

    def _below(self, level: _Level, field: Field, target: Class) -> tuple[AttributeRead, ...]:
        entity = self._orm.entity(target)
        if entity is None:
            return ()
        nested = level.schema.nested(field, level.arguments)
        certain = level.certain and len(nested) == 1
        above = (*level.above, level.key)
        found: list[AttributeRead] = []
        for item in nested:
            if self._forced or item.schema.from_attributes is True:
                found.extend(self.read(_Level(item.schema, item.arguments, entity, above, certain)))
        return tuple(found)


def source_names(schema: Schema, field: Field) -> tuple[str, ...]:
    """Return the attributes that a field is filled from, first choice first."""
    by_name = any(schema.setting(name) is not False for name in _BY_NAME)
    aliases = field.aliases or _generated(schema, field.name)
    if not aliases:
        return () if "alias_generator" in schema.config and not by_name else (field.name,)
    return (*aliases, field.name) if by_name and field.name not in aliases else aliases


def _generated(schema: Schema, name: str) -> tuple[str, ...]:
    """Return the alias that a generator of Pydantic's own makes; of any other generator nothing is known."""
    entry = schema.config.get("alias_generator")
    if entry is None or entry.value is None:
        return ()
    head, *tail = name.split("_")
    symbol = entry.module.resolve(entry.value, entry.owner.facts.qualname)
    match getattr(symbol, "name", ""):
        case "pydantic.alias_generators.to_camel":
            return (head + "".join(part.title() for part in tail),)
        case "pydantic.alias_generators.to_pascal":
            return ("".join(part.title() for part in (head, *tail)),)
        case _:
            return ()


def _has(entity: MappedClass, name: str) -> bool:
    return entity.attribute(name) is not None or entity.computed(name) is not None


def _through(
    entity: MappedClass, proxy: AssociationProxy | None, orm: OrmModel
) -> tuple[tuple[str, ...], Class | None]:
    """Return the relationships that an association proxy follows, and the class of the objects it yields."""
    first = None if proxy is None else entity.relationship(proxy.relationship)
    if proxy is None or first is None:
        return (), None
    middle = None if first.target is None else orm.entity(first.target)
    last = None if middle is None else middle.relationship(proxy.attribute)
    return ((first.name,), None) if last is None else ((first.name, last.name), last.target)
