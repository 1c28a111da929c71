"""What of a database object is loaded: the options of the query that gave it, and the strategies of its class."""

from collections.abc import Iterator

from msgspec import Struct, structs

from fastapi_lint.facts.expressions import Name
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.events import EntityRead
from fastapi_lint.model.library import Library
from fastapi_lint.model.orm import Column, MappedClass, OrmModel, Relationship
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Collection, EntityOrigin, Instance, Loads, Value, alternatives

_NOT_LOADED_ON_ACCESS = frozenset({"dynamic", "write_only"})
"""Reading such a relationship gives a query object, which is no load."""


class Missing(Struct, frozen=True, eq=False):
    """An attribute that is read and was not loaded: of which class, and by which path from the loaded object."""

    entity: MappedClass
    attribute: Relationship | Column
    path: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the attribute as people write it: ``Order.items``."""
        return f"{self.entity.name}.{self.attribute.name}"

    @property
    def lazy(self) -> str:
        """Return the loader strategy of a relationship, ``deferred`` for a column."""
        return self.attribute.lazy if isinstance(self.attribute, Relationship) else "deferred"

    @property
    def option(self) -> str:
        """Return the loader option that loads it."""
        if isinstance(self.attribute, Column):
            return f"undefer({self.title})"
        return f"{'selectinload' if self.attribute.uselist else 'joinedload'}({self.title})"


class Loading:
    """Answers whether what is read has been loaded."""

    def __init__(self, orm: OrmModel, library: Library) -> None:
        self._orm = orm
        self._library = library
        self._held: dict[Analysis, frozenset[Class]] = {}

    def session_kind(self, origin: EntityOrigin) -> str | None:
        """Return whether an object was loaded through an asynchronous or a synchronous session; None if unknown."""
        return None if origin.session is None else self._library.session_kind(origin.session)

    def missing(self, read: EntityRead, analysis: Analysis) -> Missing | None:
        """Return the first attribute on the path of a read that is known not to be loaded."""
        origin = structs.replace(read.origin, loads=read.origin.loads.joined(Loads(read.loaded)))
        return self.missing_on(read.entity, origin, read.path, analysis)

    def missing_on(
        self, instance: Instance, origin: EntityOrigin, path: tuple[str, ...], analysis: Analysis | None
    ) -> Missing | None:
        """Return the first attribute on a path from an object that is known not to be loaded."""
        if origin.kind != "query" or self.session_kind(origin) is None:
            return None
        if origin.path and self._holds(analysis, instance.of):
            # It may be one of the objects that the function holds: another query loaded those.
            return None
        cls = instance.of
        loads = origin.loads
        for index, name in enumerate(path):
            entity = self._orm.entity(cls) if isinstance(cls, Class) else None
            if entity is None:
                return None
            attribute = entity.attribute(name)
            if not isinstance(attribute, Relationship | Column):
                return None
            known = loads.has(name) or entity.is_eager(name)
            if not known and self._is_unloaded(attribute, analysis):
                return Missing(entity, attribute, path[: index + 1])
            if isinstance(attribute, Column) or not known:
                # What comes from the session is an object that the function holds: another query loaded it.
                return None
            cls = attribute.target or ""
            loads = loads.below(name)
        return None

    def _is_unloaded(self, attribute: Relationship | Column, analysis: Analysis | None) -> bool:
        if isinstance(attribute, Column):
            return attribute.deferred
        if attribute.lazy in _NOT_LOADED_ON_ACCESS or attribute.lazy == "unknown":
            return False
        if attribute.uselist or attribute.lazy in {"raise", "noload"}:
            return True
        return attribute.target is not None and not self._holds(analysis, attribute.target)

    def _holds(self, analysis: Analysis | None, cls: Class | str) -> bool:
        """Return whether a function holds objects of a class that it did not come to through a relationship."""
        if analysis is None:
            return False
        if analysis not in self._held:
            self._held[analysis] = _held_classes(analysis)
        return cls in self._held[analysis]


def _held_classes(analysis: Analysis) -> frozenset[Class]:
    """Return the classes of the objects that a function holds: to-one relationships find them in the session."""
    found: set[Class] = set()
    for node, value in analysis.values.items():
        objects = [one for one in _objects(value) if isinstance(one.of, Class)]
        followed = {one.of for one in objects if isinstance(one.origin, EntityOrigin)}
        for one in objects:
            assert isinstance(one.of, Class)
            match one.origin:
                case EntityOrigin(path=()):
                    found.add(one.of)
                case None if isinstance(node, Name) and one.of not in followed:
                    found.add(one.of)
                case _:
                    pass
    return frozenset(found)


def _objects(value: Value) -> Iterator[Instance]:
    for item in alternatives(value):
        for one in alternatives(item.element if isinstance(item, Collection) else item):
            if isinstance(one, Instance):
                yield one
