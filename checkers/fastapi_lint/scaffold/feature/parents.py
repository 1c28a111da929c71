"""What a feature belongs to, and through what of it the user who is logged in owns it."""

from collections.abc import Iterator

from inflection import underscore
from msgspec import Struct

from fastapi_lint.model.orm import MappedClass
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.layout import Layout, key_type, primary_key
from fastapi_lint.scaffold.feature.shapes import ImportedName, imported_name


class Step(Struct, frozen=True):
    """From a mapped class to the one that its column refers to; ``key`` is the primary key over there."""

    column: str
    model: ImportedName
    key: str


class Parent(Struct, frozen=True):
    """What a feature belongs to: a mapped class, and the column that refers to it.

    ``owners`` are the steps from the parent to the user, None where nothing leads there, and ``is_user`` says that the
    parent is the user who is logged in, so that clients do not send it.
    """

    column: str
    nullable: bool
    model: ImportedName
    table: str
    key: str
    key_type: str
    is_user: bool
    owners: tuple[Step, ...] | None

    @property
    def words(self) -> str:
        """Return what it is called in a sentence."""
        return underscore(self.model.name).replace("_", " ")

    @property
    def name(self) -> str:
        """Return what it is called in code."""
        return underscore(self.model.name)


def find_parents(layout: Layout, wanted: tuple[str, ...]) -> tuple[Parent, ...]:
    """Return what a feature belongs to; a name that ends in ``?`` may be left empty.

    Raises:
        ScaffoldError: a name is that of no model of the features, or of several, or is given twice.

    """
    found = tuple(_find_parent(layout, name.removesuffix("?"), nullable=name.endswith("?")) for name in wanted)
    columns = [item.column for item in found]
    twice = next((item.model.name for item in found if columns.count(item.column) > 1), None)
    if twice is not None:
        raise ScaffoldError(f"a feature belongs to {twice} once only")
    return found


def owner(parents: tuple[Parent, ...]) -> Parent | None:
    """Return the parent that decides whose a feature is: the user, else the first that belongs to one."""
    certain = [item for item in parents if not item.nullable and item.owners is not None]
    return next((item for item in certain if item.is_user), certain[0] if certain else None)


def _find_parent(layout: Layout, name: str, *, nullable: bool) -> Parent:
    entity = _find_entity(layout, name)
    is_user = entity is layout.user.entity
    snake = underscore(entity.name)
    table = entity.table
    if table is None:
        raise ScaffoldError(f"the name of the table of {entity.name} is no literal")
    return Parent(
        column=_usual_column(layout, table) or f"{snake}_id",
        nullable=nullable,
        model=imported_name(layout.project, entity.cls),
        table=table,
        key=primary_key(entity).name,
        key_type=key_type(entity),
        is_user=is_user and not nullable,
        owners=None if is_user and nullable else _owners(layout, entity),
    )


def _find_entity(layout: Layout, name: str) -> MappedClass:
    entities = [item for item in layout.project.orm.entities if layout.project.is_application(item.cls.module)]
    exact = [item for item in entities if name in {item.table, item.name}]
    inside = [item for item in layout.features.entities if item.cls.module.directory.rpartition("/")[2] == name]
    found = exact or inside
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(item.name for item in found)
        raise ScaffoldError(f"`{name}` has several models, {names}: name one of them")
    known = ", ".join(sorted(item.table for item in entities if item.table))
    raise ScaffoldError(f"there is no model of `{name}` to belong to; the project has {known}")


def _usual_column(layout: Layout, table: str) -> str | None:
    """Return what most models call the column that refers to a table."""
    names = [
        column.name
        for entity in layout.features.entities
        for column in entity.columns
        if any(_table(key) == table for key in column.foreign_keys)
    ]
    return max(sorted(set(names)), key=names.count, default=None)


def _owners(layout: Layout, entity: MappedClass) -> tuple[Step, ...] | None:
    """Return the shortest way from a mapped class to the user, over columns that are never empty."""
    by_table = {item.table: item for item in layout.project.orm.entities}
    ways: list[tuple[MappedClass, tuple[Step, ...]]] = [(entity, ())]
    seen = {entity}
    while ways:
        current, way = ways.pop(0)
        if current is layout.user.entity:
            return way
        for column, target in _references(current, by_table):
            if target not in seen:
                seen.add(target)
                step = Step(column, imported_name(layout.project, target.cls), primary_key(target).name)
                ways.append((target, (*way, step)))
    return None


def _references(entity: MappedClass, by_table: dict[str | None, MappedClass]) -> Iterator[tuple[str, MappedClass]]:
    for column in sorted(entity.columns, key=lambda item: item.place.span.start):
        for key in column.foreign_keys:
            target = by_table.get(_table(key))
            if target is not None and column.nullable is False:
                yield column.name, target


def _table(foreign_key: str) -> str:
    return foreign_key.rpartition(".")[0]
