"""The lines of a feature that stand for its columns: in the model, the schemas, the service and the migration."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from fastapi_lint.model.symbols import Class, External
from fastapi_lint.scaffold.feature.columns import Form, default_of, enum_name, form_of
from fastapi_lint.scaffold.feature.fields import Field, Kind
from fastapi_lint.scaffold.feature.layout import Layout
from fastapi_lint.scaffold.feature.naming import FeatureNames
from fastapi_lint.scaffold.feature.parents import Parent
from fastapi_lint.scaffold.feature.shapes import ImportedName, imported_name


class Feature(Struct, frozen=True):
    """What is added to a project."""

    layout: Layout
    names: FeatureNames
    fields: tuple[Field, ...]
    parents: tuple[Parent, ...]
    owner: Parent | None

    @property
    def references(self) -> tuple[Parent, ...]:
        """Return the parents that clients name; the user who is logged in is known."""
        return tuple(item for item in self.parents if not item.is_user)

    @property
    def package(self) -> str:
        """Return the dotted name of the feature's package."""
        return f"{self.layout.features.package}.{self.names.plural}"

    @property
    def formed(self) -> tuple[tuple[Field, Form], ...]:
        """Return the fields, each with how its type is written."""
        return tuple((item, form_of(item, self.names, self.layout)) for item in self.fields)


# The model


def model_lines(feature: Feature) -> Iterator[str]:
    """Yield the attributes of the mapped class."""
    base = feature.layout.base
    if not base.has_key:
        default = ", default=uuid4" if base.key_type == "UUID" else ""
        yield f"{base.key}: Mapped[{base.key_type}] = mapped_column(primary_key=True{default})"
    for parent in feature.parents:
        rule = "SET NULL" if parent.nullable else "CASCADE"
        reference = f'ForeignKey("{parent.table}.{parent.key}", ondelete="{rule}")'
        annotation = _optional(parent.key_type, parent.nullable)
        yield f"{parent.column}: Mapped[{annotation}] = mapped_column({reference}, index=True)"
    for field, form in feature.formed:
        options = [form.column] if form.column else []
        options += ["unique=True"] if field.unique else []
        options += ["index=True"] if field.index else []
        default = default_of(field, feature.names)
        options += [f"default={default}"] if default else []
        column = f" = mapped_column({', '.join(options)})" if options else ""
        yield f"{field.name}: Mapped[{_optional(form.python, field.nullable)}]{column}"


def model_imports(feature: Feature) -> Iterator[str]:
    """Yield what those attributes need."""
    base = feature.layout.base
    types = {base.key_type} if not base.has_key else set()
    types |= {parent.key_type for parent in feature.parents}
    if "UUID" in types:
        yield "from uuid import UUID"
    if not base.has_key and base.key_type == "UUID":
        yield "from uuid import uuid4"
    if feature.parents:
        yield "from sqlalchemy import ForeignKey"
    for _, form in feature.formed:
        yield from form.python_imports
        yield from form.column_imports


# The schemas


def create_lines(feature: Feature) -> Iterator[str]:
    """Yield the fields that a client sends for a new one."""
    for parent in feature.references:
        yield f"{parent.column}: {_key_schema(parent)}{' | None = None' if parent.nullable else ''}"
    for field, form in feature.formed:
        default = default_of(field, feature.names) or ("None" if field.nullable else "")
        yield f"{field.name}: {_optional(form.schema, field.nullable)}{f' = {default}' if default else ''}"


def update_lines(feature: Feature) -> Iterator[str]:
    """Yield the fields that a client may change."""
    for field, form in feature.formed:
        default = "None" if field.nullable else feature.layout.omitted.name
        yield f"{field.name}: {_optional(form.schema, field.nullable)} = {default}"


def response_lines(feature: Feature) -> Iterator[str]:
    """Yield the fields that a client reads."""
    base = feature.layout.base
    yield f"{base.key}: {base.key_type}"
    for parent in feature.parents:
        yield f"{parent.column}: {_optional(parent.key_type, parent.nullable)}"
    for field, form in feature.formed:
        yield f"{field.name}: {_optional(form.python, field.nullable)}"
    for name, kind, _ in shown_columns(feature.layout):
        yield f"{name}: {kind}"


def filter_lines(feature: Feature) -> Iterator[str]:
    """Yield the fields of a page beside its size: what the listed ones belong to."""
    for parent in feature.references:
        yield f"{parent.column}: {_key_schema(parent)} | None = None"


def schema_imports(feature: Feature) -> Iterator[str]:
    """Yield what the fields of the schemas need."""
    keys = {feature.layout.base.key_type, *(parent.key_type for parent in feature.parents)}
    if "UUID" in keys:
        yield "from uuid import UUID"
    if any(parent.key_type == "int" for parent in feature.references):
        yield "from typing import Annotated"
        yield "from pydantic import Field"
    if any(not field.nullable for field in feature.fields):
        yield import_line(feature.layout.omitted)
    for field, form in feature.formed:
        yield from form.python_imports
        yield from form.schema_imports
        if field.kind is Kind.ENUM:
            yield f"from {feature.package}.models import {enum_name(field, feature.names)}"
    for _, _, needed in shown_columns(feature.layout):
        if needed:
            yield import_line(needed)


def shown_columns(layout: Layout) -> Iterator[tuple[str, str, ImportedName | None]]:
    """Yield the inherited columns that responses of other features have: name, type, and where the type is from."""
    shown = {
        name
        for schema in layout.project.schemas.all
        if schema.cls.module.key.startswith(f"{layout.features.folder}/") and schema.from_attributes
        for name in schema.fields
    }
    for column in layout.base.inherited:
        if column.name not in shown or column.name == layout.base.key or column.annotation is None:
            continue
        match column.owner.module.resolve(column.annotation, column.owner.facts.qualname):
            case External(name=name):
                module, _, last = name.rpartition(".")
                kind = _optional(last, column.nullable is not False)
                yield column.name, kind, None if module == "builtins" else ImportedName(module, last)
            case Class() as cls:
                imported = imported_name(layout.project, cls)
                yield column.name, _optional(imported.name, column.nullable is not False), imported
            case _:
                pass


def import_line(name: ImportedName) -> str:
    """Return the statement that imports a name."""
    return f"from {name.module} import {name.name}"


def distinct(lines: Iterable[str]) -> str:
    """Return lines as one text, each once."""
    return "\n".join(dict.fromkeys(lines))


def _key_schema(parent: Parent) -> str:
    return "UUID" if parent.key_type == "UUID" else "Annotated[int, Field(ge=1, lt=2**31)]"


def _optional(annotation: str, nullable: bool) -> str:  # noqa: FBT001 - reads as a predicate of the annotation
    return f"{annotation} | None" if nullable else annotation


# The service


def created_values(feature: Feature) -> Iterator[str]:
    """Yield what a new object is given."""
    for parent in feature.parents:
        yield f"{parent.column}={f'user.{parent.key}' if parent.is_user else f'data.{parent.column}'}"
    for field in feature.fields:
        yield f"{field.name}=data.{field.name}"
