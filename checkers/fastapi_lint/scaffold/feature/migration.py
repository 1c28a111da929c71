"""The migration of a feature: its table with all columns, keys and indexes, named by the project's convention."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Constant
from fastapi_lint.model.lexical import expressions
from fastapi_lint.model.project import Project
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.lines import Feature
from fastapi_lint.scaffold.feature.revisions import Chain, Revision

_KEY_TYPES = {"int": "sa.Integer()", "UUID": "sa.Uuid()"}


class Migration(Struct, frozen=True):
    """What the template of a migration needs: ``lines`` are the arguments of ``create_table`` behind the name."""

    message: str
    revision: str
    follows: str
    lines: tuple[str, ...]
    indexes: tuple[str, ...]


def table_lines(feature: Feature, inherited: Mapping[str, str]) -> Iterator[str]:
    """Yield the columns and constraints of the table.

    Args:
        feature: what is added.
        inherited: how the migrations of the project write the columns that come with the bases, by name.

    """
    base = feature.layout.base
    key = f'sa.Column("{base.key}", {_KEY_TYPES[base.key_type]}, nullable=False)'
    yield inherited.get(base.key, key)
    for parent in feature.parents:
        yield f'sa.Column("{parent.column}", {_KEY_TYPES[parent.key_type]}, nullable={parent.nullable})'
    for field, form in feature.formed:
        yield f'sa.Column("{field.name}", {form.sql}, nullable={field.nullable})'
    yield from (text for name, text in inherited.items() if name != base.key)
    for parent in feature.parents:
        rule = "SET NULL" if parent.nullable else "CASCADE"
        name = _named(feature, "fk", parent.column, parent.table)
        yield f'sa.ForeignKeyConstraint(["{parent.column}"], ["{parent.table}.{parent.key}"]{name}, ondelete="{rule}")'
    yield f'sa.PrimaryKeyConstraint("{base.key}"{_named(feature, "pk", base.key)})'
    for field in feature.fields:
        if field.unique:
            yield f'sa.UniqueConstraint("{field.name}"{_named(feature, "uq", field.name)})'


def index_lines(feature: Feature) -> Iterator[str]:
    """Yield the statements that make the indexes, in the order of their columns' names."""
    columns = [item.column for item in feature.parents] + [item.name for item in feature.fields if item.index]
    convention = feature.layout.base.naming.get("ix", "ix_%(column_0_label)s")
    for column in sorted(columns):
        name = _name(convention, feature.names.plural, column, "")
        yield f'op.create_index(op.f("{name}"), "{feature.names.plural}", ["{column}"])'


def _named(feature: Feature, kind: str, column: str, referred: str = "") -> str:
    convention = feature.layout.base.naming.get(kind)
    if convention is None:
        return ""
    return f', name=op.f("{_name(convention, feature.names.plural, column, referred)}")'


def _name(convention: str, table: str, column: str, referred: str) -> str:
    """Return the name that SQLAlchemy gives by a convention (``MetaData.naming_convention``), for one column."""
    tokens = {
        "table_name": table,
        "referred_table_name": referred,
        "column_0_name": column,
        "column_0_N_name": column,
        "column_0N_name": column,
        "column_0_key": column,
        "column_0_N_key": column,
        "column_0N_key": column,
        "column_0_label": f"{table}_{column}",
        "column_0_N_label": f"{table}_{column}",
        "column_0N_label": f"{table}_{column}",
    }
    try:
        return convention % tokens
    except (KeyError, ValueError, TypeError):
        raise ScaffoldError(f"the naming convention `{convention}` has a token that cannot be known here") from None


def inherited_columns(feature: Feature, chain: Chain, sources: Mapping[str, bytes]) -> dict[str, str]:
    """Return how a migration of the project writes the columns that come with the bases.

    Args:
        feature: what is added.
        chain: the project's migrations.
        sources: their texts by key, as the model read them.

    Raises:
        ScaffoldError: no migration makes such a column.

    """
    tables = {item.table for item in feature.layout.features.entities}
    found: dict[str, str] = {}
    for column in feature.layout.base.inherited:
        for revision in reversed(chain.revisions):
            text = _column_text(feature.layout.project, revision, sources[revision.key], column.name, tables)
            if text is not None:
                found[column.name] = text
                break
        else:
            raise ScaffoldError(
                f"no migration makes the column `{column.name}`, which all models inherit; write it first"
            )
    return found


def _column_text(project: Project, revision: Revision, source: bytes, name: str, tables: set[str | None]) -> str | None:
    module = project.modules[revision.key]
    for function in module.all_functions:
        for expression in expressions(function.body):
            match expression:
                case Call(args=(Constant(value=str() as table), *columns)) if table in tables:
                    for column in columns:
                        match column:
                            case Call(args=(Constant(value=text), *_)) if text == name:
                                return source[column.start : column.end].decode()
                            case _:
                                pass
                case _:
                    pass
    return None
