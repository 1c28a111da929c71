"""The ORM of the whole project: its mapped classes, found through any base, and the tables beside them."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Name
from fastapi_lint.facts.schema import Import
from fastapi_lint.facts.statements import Assign
from fastapi_lint.model.constructs import Construct, construct
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm.attributes import Column, OrmAttribute, Relationship
from fastapi_lint.model.orm.building import backrefs, column
from fastapi_lint.model.orm.declarative import SQLMODEL, Declarative
from fastapi_lint.model.orm.imperative import imperative_mappings
from fastapi_lint.model.orm.library_tables import COLUMNS as COLUMNS_OF_LIBRARIES
from fastapi_lint.model.orm.mapped import MappedClass
from fastapi_lint.model.orm.reading import COLUMNS, PLAIN_COLUMNS, RELATIONSHIPS, Declaration, declarations
from fastapi_lint.model.orm.tables import LIBRARIES, Table, tables
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Place


class OrmModel:
    """The mapped classes of a project."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._declarative = Declarative()
        self._declarations: dict[str, Mapping[str, Declaration]] = {}

    @cached_property
    def _by_key(self) -> Mapping[str, MappedClass]:
        found = {}
        for module in self._modules.values():
            for cls in module.classes.values():
                if cls.key in self._by_call:
                    found[cls.key] = MappedClass(cls, "", self)
                    continue
                root = self._declarative.root(cls) if cls.facts.bases or cls.facts.decorators else None
                if root is not None and self._declarative.is_mapped(cls):
                    found[cls.key] = MappedClass(cls, root, self)
        return found

    @cached_property
    def _by_call(self) -> Mapping[str, tuple[Declaration, ...]]:
        """Return what classes that are mapped by a call get, by key."""
        return {
            item.cls.key: item.declarations for module in self._modules.values() for item in imperative_mappings(module)
        }

    @cached_property
    def entities(self) -> tuple[MappedClass, ...]:
        """Return every mapped class in the order of files and lines."""
        return tuple(self._by_key.values())

    def entity(self, cls: Class) -> MappedClass | None:
        """Return the mapping of a class, None for a class that is not mapped."""
        return self._by_key.get(cls.key)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables without a class, in the order of files."""
        return tuple(item for module in self._modules.values() for item in tables(module))

    @cached_property
    def column_constructs(self) -> tuple[Construct, ...]:
        """Return the calls that declare columns: of mapped classes, mixins and tables, each once, in order."""
        declaring = {cls.key: cls for entity in self.entities for cls in entity.lineage}
        for module in self._modules.values():
            if any(_may_declare_columns(item) for item in module.facts.imports):
                declaring.update((cls.key, cls) for cls in module.classes.values())
        found: dict[tuple[str, int], Construct] = {}
        for cls in declaring.values():
            made = (item.construct for item in self.declarations(cls).values())
            self._add(found, (column(item) for item in made if item is not None))
        self._add(found, (item for table in self.tables for item in table.constructs))
        return tuple(found[key] for key in sorted(found))

    @staticmethod
    def _add(found: dict[tuple[str, int], Construct], constructs: Iterable[Construct]) -> None:
        for item in constructs:
            if item.name in PLAIN_COLUMNS:
                found[item.module.key, item.call.start] = item

    @cached_property
    def extending(self) -> frozenset[str]:
        """Return the keys of the modules that map a class, or add an attribute to one, outside of class bodies."""
        added = (item for found in (*self._by_call.values(), *self._added_later.values()) for item in found)
        return frozenset(item.place.module for item in added)

    def related(self, entity: MappedClass) -> tuple[Class, ...]:
        """Return the classes that the relationships of a mapped class lead to, those of the other side included."""
        return tuple(item.target for item in entity.relationships if item.target is not None)

    def is_base(self, cls: Class) -> bool:
        """Return whether a class derives from a declarative base, mapped or not."""
        return self._declarative.root(cls) is not None

    # What mapped classes ask of one another

    def given_base(self, root: str) -> Class | None:
        """Return the class that ``declarative_base(cls=...)`` was given."""
        return self._declarative.given_base(root)

    def declarations(self, cls: Class) -> Mapping[str, Declaration]:
        """Return the mapped attributes that the body of a class or mixin declares."""
        found = self._declarations.get(cls.key)
        if found is None:
            is_sqlmodel = self._declarative.root(cls) == SQLMODEL
            found = {item.name: item for item in declarations(cls, is_sqlmodel=is_sqlmodel)}
            found.update((item.name, item) for item in self._by_call.get(cls.key, ()))
            found.update((item.name, item) for item in self._added_later.get(cls.key, ()))
            self._declarations[cls.key] = found
        return found

    @cached_property
    def _added_later(self) -> Mapping[str, tuple[Declaration, ...]]:
        """Return the attributes that module-level code sets on a class: ``User.posts = relationship(...)``."""
        found: dict[str, tuple[Declaration, ...]] = {}
        for module in self._modules.values():
            if not any(item.module.startswith(LIBRARIES) for item in module.facts.imports):
                continue
            for statement in module.body:
                match statement:
                    case Assign(targets=(Attribute(value=Name() as base, attr=name),), value=value):
                        made = construct(module, value)
                        owner = module.resolve(base)
                        if made is not None and made.name in COLUMNS | RELATIONSHIPS and isinstance(owner, Class):
                            added = Declaration(name, owner, Place(module.key, statement.span), None, made)
                            found[owner.key] = (*found.get(owner.key, ()), added)
                    case _:
                        pass
        return found

    def external_columns(self, entity: MappedClass) -> Mapping[str, OrmAttribute]:
        """Return the columns that a library's mixin brings along."""
        place = Place(entity.cls.module.key, entity.cls.facts.name_span)
        names = (name for base in entity.cls.external_bases for name in COLUMNS_OF_LIBRARIES.get(base, ()))
        return {name: Column(name=name, owner=entity.cls, place=place) for name in names}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[MappedClass, ...]]:
        found: dict[str, tuple[MappedClass, ...]] = {}
        for entity in self.entities:
            found[entity.name] = (*found.get(entity.name, ()), entity)
        return found

    def find(self, name: str, asking: MappedClass) -> Class | None:
        """Return the class that a name or dotted path means in the registry of a mapped class, None if ambiguous."""
        path, _, last = name.rpartition(".")
        known = self._by_name.get(last, ())
        # Bases may share one registry without looking alike.
        candidates = [item for item in known if item.root == asking.root] or list(known)
        if len(candidates) > 1 and path:
            candidates = [item for item in candidates if _is_in(item.cls.module, path)] or candidates
        if len(candidates) > 1:
            nearest = max(_shared(item.cls.module, asking.cls.module) for item in candidates)
            candidates = [item for item in candidates if _shared(item.cls.module, asking.cls.module) == nearest]
        return candidates[0].cls if len(candidates) == 1 else None

    @cached_property
    def _backrefs(self) -> Mapping[str, Mapping[str, Relationship]]:
        found: dict[str, dict[str, Relationship]] = {}
        for entity in self.entities:
            for relationship in entity.created_relationships:
                for target, created in backrefs(relationship, entity.cls):
                    found.setdefault(target.key, {})[created.name] = created
        return found

    def backrefs_of(self, entity: MappedClass) -> Mapping[str, Relationship]:
        """Return the relationships that other classes declare on a class or on one of its parents."""
        found: dict[str, Relationship] = {}
        for item in reversed(entity.lineage):
            found.update(self._backrefs.get(item.key, {}))
        return found

    @cached_property
    def _subclasses(self) -> Mapping[str, tuple[MappedClass, ...]]:
        found: dict[str, tuple[MappedClass, ...]] = {}
        for entity in self.entities:
            for ancestor in entity.cls.ancestors[1:]:
                found[ancestor.key] = (*found.get(ancestor.key, ()), entity)
        return found

    def subclasses(self, entity: MappedClass) -> tuple[MappedClass, ...]:
        """Return the mapped classes that inherit from a mapped class."""
        return self._subclasses.get(entity.cls.key, ())


_COLUMN_MAKERS: Final = frozenset({None, "orm", "Column", "mapped_column", "Field", "deferred", "column_property", "*"})


def _may_declare_columns(item: Import) -> bool:
    """Return whether an import binds what makes columns, or a module of the library that has it."""
    return item.name in _COLUMN_MAKERS and item.module.startswith(LIBRARIES)


def _is_in(module: Module, path: str) -> bool:
    dotted = module.key.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f".{dotted}.".endswith(f".{path}.") or f".{path}." in f".{dotted}."


def _shared(first: Module, second: Module) -> int:
    """Return how many leading folders two modules share."""
    count = 0
    for left, right in zip(first.key.split("/"), second.key.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
