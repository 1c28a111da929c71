"""The ORM's knowledge: mapped classes through any base, their columns and relationships, and how each is loaded.

A pure query over the linked modules (invariants I2 and I3): nothing here looks at configuration or runs user code.
"""

from fastapi_lint.model.orm.attributes import (
    AssociationProxy,
    Column,
    Composite,
    OrmAttribute,
    Relationship,
    Synonym,
    ValueSource,
)
from fastapi_lint.model.orm.mapped import MappedClass
from fastapi_lint.model.orm.model import OrmModel
from fastapi_lint.model.orm.reading import value_source
from fastapi_lint.model.orm.tables import Table

__all__ = [
    "AssociationProxy",
    "Column",
    "Composite",
    "MappedClass",
    "OrmAttribute",
    "OrmModel",
    "Relationship",
    "Synonym",
    "Table",
    "ValueSource",
    "value_source",
]
