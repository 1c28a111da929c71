"""Whether a relationship that does not say so is to one or to many: the direction of the foreign keys decides."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec import structs

from fastapi_lint.facts.expressions import Sequence, dotted_name
from fastapi_lint.model.constructs import Construct, texts
from fastapi_lint.model.orm.attributes import Column, Relationship
from fastapi_lint.model.orm.reading import Declaration

if TYPE_CHECKING:
    from fastapi_lint.model.orm.mapped import MappedClass

_DECISIVE: Final = frozenset({"uselist", "secondary", "remote_side", "link_model"})


def with_direction(
    relationship: Relationship,
    declaration: Declaration,
    entity: "MappedClass",
    target: "MappedClass | None",
    columns: tuple[Column, ...],
) -> Relationship:
    """Return a relationship of ``entity``, whose columns are ``columns``, with ``uselist`` as its keys say."""
    made = relationship.construct
    is_annotated = declaration.shape is not None and bool(declaration.shape.leaves)
    if is_annotated or made is None or not made.keywords.keys().isdisjoint(_DECISIVE):
        return relationship
    named = _named_foreign_keys(made)
    if named:
        own = {item.name for item in columns} | {f"{entity.name}.{item.name}" for item in columns}
        return structs.replace(relationship, uselist=named.isdisjoint(own))
    return structs.replace(relationship, uselist=not _points_to(target, entity, columns))


def _named_foreign_keys(made: Construct) -> frozenset[str]:
    """Return the attributes that ``foreign_keys=`` names, as a list or as text: ``author_id``, ``Post.author_id``."""
    given = made.keywords.get("foreign_keys")
    if given is None:
        return frozenset()
    items = given.items if isinstance(given, Sequence) else (given,)
    names = [name for item in items if (name := dotted_name(item)) is not None]
    for text in texts(given):
        names.extend(part.strip() for part in text.strip("[]() ").split(","))
    return frozenset(names)


def _points_to(target: "MappedClass | None", entity: "MappedClass", columns: Iterable[Column]) -> bool:
    """Return whether a foreign key of ``entity`` refers to the table of ``target``; to itself means to many."""
    if target is None or target is entity:
        return False
    tables = {key.rpartition(".")[0].rpartition(".")[2] for column in columns for key in column.foreign_keys}
    return any(_is_table_of(table, item) for table in tables for item in (target, target.parent) if item is not None)


def _is_table_of(table: str, entity: "MappedClass") -> bool:
    """Return whether a name is that of a class's table; a computed table name is taken from the class's name."""
    if table in {entity.name, entity.table}:
        return True
    plain, name = table.replace("_", "").lower(), entity.name.lower()
    return entity.table is None and plain in {name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies"}
