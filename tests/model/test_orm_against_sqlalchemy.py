"""The ORM model says of each program what SQLAlchemy's own mappers say when the program runs."""

import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import MovedIn20Warning, SADeprecationWarning
from sqlalchemy.ext.associationproxy import AssociationProxyExtensionType
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.orm import Mapper, clear_mappers
from sqlmodel import SQLModel

from fastapi_lint.model.orm import AssociationProxy, Composite, MappedClass, OrmModel, Synonym
from tests.model.orm_sources import PROGRAMS
from tests.projects import build_project

_STRATEGIES = {True: "select", False: "joined", None: "noload"}


Program = tuple[OrmModel, dict[str, Mapper[Any]]]


@pytest.fixture(params=sorted(PROGRAMS), scope="module")
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Yield the model of a program, and the mappers that it makes when it runs."""
    source = PROGRAMS[request.param]
    name = f"orm_program_{request.param}"
    module = ModuleType(name)
    sys.modules[name] = module
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=SADeprecationWarning)
            warnings.filterwarnings("ignore", category=MovedIn20Warning)
            exec(compile(source, f"{name}.py", "exec"), module.__dict__)
            made = {key: value for key, value in vars(module).items() if isinstance(value, type)}
            mappers: dict[str, Mapper[Any]] = {
                key: inspect(value) for key, value in made.items() if inspect(value, raiseerr=False) is not None
            }
            # Only this program's: classes of another test may wait to be collected, half of what they name gone.
            for registry in {mapper.registry for mapper in mappers.values()}:
                registry.configure(cascade=True)
        yield build_project(tmp_path_factory.mktemp(name), {f"{name}.py": source}).orm, mappers
    finally:
        clear_mappers()
        SQLModel.metadata.clear()
        del sys.modules[name]


def _pairs(program: Program) -> Iterator[tuple[MappedClass, Mapper[Any]]]:
    orm, mappers = program
    entities = {entity.name: entity for entity in orm.entities}
    for name, mapper in mappers.items():
        yield entities[name], mapper


def test_the_same_classes_are_mapped(program: Program) -> None:
    orm, mappers = program
    assert {entity.name for entity in orm.entities} == set(mappers)


def test_relationships_have_the_same_target_cardinality_and_strategy(program: Program) -> None:
    for entity, mapper in _pairs(program):
        expected = {
            item.key: (
                item.mapper.class_.__name__,
                item.uselist,
                _STRATEGIES.get(item.lazy, item.lazy) if not isinstance(item.lazy, str) else item.lazy,
                item.viewonly,
            )
            for item in mapper.relationships
        }
        found = {
            item.name: (item.target and item.target.name, item.uselist, item.lazy, item.viewonly)
            for item in entity.relationships
        }
        assert found == expected, entity


def test_columns_have_the_same_keys_nullability_and_deferral(program: Program) -> None:
    for entity, mapper in _pairs(program):
        expected = {}
        for item in mapper.column_attrs:
            column = item.columns[0]
            nullable = getattr(column, "nullable", None)
            expected[item.key] = (item.deferred, getattr(column, "primary_key", False), nullable)
        found: dict[str, object] = {
            item.name: (item.deferred, item.primary_key, None if item.is_expression else item.nullable)
            for item in entity.columns
        }
        assert found == expected, entity


def test_columns_that_the_database_computes_are_the_same(program: Program) -> None:
    for entity, mapper in _pairs(program):
        inserted, updated = set(), set()
        for item in mapper.column_attrs:
            column = item.columns[0]
            default, onupdate = getattr(column, "default", None), getattr(column, "onupdate", None)
            if getattr(column, "server_default", None) is not None or getattr(default, "is_clause_element", False):
                inserted.add(item.key)
            if getattr(column, "server_onupdate", None) is not None or getattr(onupdate, "is_clause_element", False):
                updated.add(item.key)
        assert {item.name for item in entity.columns if item.is_computed_by_database_on_insert} == inserted, entity
        assert {item.name for item in entity.columns if item.is_unloaded_after_update} == updated, entity


def test_proxies_synonyms_composites_and_hybrids_are_the_same(program: Program) -> None:
    for entity, mapper in _pairs(program):
        attributes = entity.attributes.values()
        descriptors = mapper.all_orm_descriptors
        proxies = {
            key for key, item in descriptors.items() if isinstance(item.extension_type, AssociationProxyExtensionType)
        }
        hybrids = {key for key, item in descriptors.items() if isinstance(item.extension_type, HybridExtensionType)}
        assert {item.name for item in attributes if isinstance(item, AssociationProxy)} == proxies
        assert {item.name for item in attributes if isinstance(item, Synonym)} == set(mapper.synonyms.keys())
        assert {item.name for item in attributes if isinstance(item, Composite)} == set(mapper.composites.keys())
        assert all(entity.computed(name) is not None for name in hybrids)


def test_tables_parents_and_eager_defaults_are_the_same(program: Program) -> None:
    for entity, mapper in _pairs(program):
        assert (entity.eager_defaults is True) == (mapper.eager_defaults is True), entity
        parent = mapper.inherits
        assert (entity.parent and entity.parent.name) == (parent and parent.class_.__name__), entity
        if entity.table is not None:
            assert entity.table == str(mapper.local_table)
