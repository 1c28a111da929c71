"""Renders the templates of a feature: its modules and its migration; nothing is formatted yet."""

from collections.abc import Iterator, Mapping
from functools import partial

import jinja2
from msgspec import Struct

from fastapi_lint.resources import Resource, resource_directory
from fastapi_lint.scaffold.feature import lines
from fastapi_lint.scaffold.feature.columns import enum_name
from fastapi_lint.scaffold.feature.fields import Kind
from fastapi_lint.scaffold.feature.layout import primary_key
from fastapi_lint.scaffold.feature.lines import Feature
from fastapi_lint.scaffold.feature.migration import Migration
from fastapi_lint.scaffold.feature.naming import with_article
from fastapi_lint.scaffold.feature.shapes import ImportedName, imported_name
from fastapi_lint.scaffold.feature.ways import Way, own_way, way_of
from fastapi_lint.scaffold.rendering import template_environment


class Reference(Struct, frozen=True):
    """Something that clients say a feature belongs to."""

    name: str
    words: str
    column: str
    key: str
    key_type: str
    nullable: bool
    model: ImportedName
    way: Way


class Enumeration(Struct, frozen=True):
    """The class of a field's values."""

    name: str
    words: str
    choices: tuple[str, ...]


def render_modules(feature: Feature, width: int) -> Iterator[tuple[str, str]]:
    """Yield the names of the modules of a feature with their sources, whose docstrings keep to a width."""
    context = {**_common(feature), **_model(feature), **_schemas(feature), **_conflicts(feature)}
    context["fitting"] = partial(fitting, width)
    yield "__init__.py", ""
    for name in ("api", "models", "repository", "schemas", "services"):
        yield f"{name}.py", feature_template(f"{name}.py.jinja").render(context)


def render_migration(feature: Feature, migration: Migration) -> str:
    """Return the source of the migration of a feature."""
    return feature_template("migration.py.jinja").render(feature=feature.names, migration=migration)


def feature_template(name: str) -> jinja2.Template:
    """Return a template of a feature."""
    return template_environment(resource_directory(Resource.TEMPLATES) / "feature").get_template(name)


def references(feature: Feature) -> list[Reference]:
    """Return what clients say the feature belongs to."""
    return [
        Reference(
            name=item.name,
            words=item.words,
            column=item.column,
            key=item.key,
            key_type=item.key_type,
            nullable=item.nullable,
            model=item.model,
            way=way_of(item),
        )
        for item in feature.references
    ]


def _common(feature: Feature) -> Mapping[str, object]:
    """Return what several templates say: names, and the user where the feature has an owner."""
    layout, names = feature.layout, feature.names
    asked = references(feature)
    way = own_way(feature)
    page = ImportedName(f"{feature.package}.schemas", f"{names.class_name}Page") if asked else layout.page
    user = layout.user if feature.owner else None
    key = primary_key(user.entity).name if user else ""
    model = ImportedName(f"{feature.package}.models", names.class_name)
    others = dict.fromkeys([*way.models, *(each for item in asked for each in (item.model, *item.way.models))])
    types = {layout.base.key_type, *(item.key_type for item in asked)}
    return {
        "layout": layout,
        "feature": names,
        "package": feature.package,
        "a_singular": with_article(names.words),
        "key": f"{names.singular}_id",
        "model": model,
        "page": page,
        "page_parameter": f"Annotated[{page.name}, Query()]" if asked else layout.page_parameter.name,
        "references": asked,
        "way": way,
        "owned": "_is_of(user_id)" if way.models else way.owned,
        "other_models": tuple(others),
        "has_uuid": "UUID" in types or (user is not None and user.key_type == "UUID"),
        "owner": feature.owner,
        "user_model": imported_name(layout.project, user.entity.cls) if user else None,
        "user_key_type": user.key_type if user else "",
        "user_parameter": f", user: {user.entity.name}" if user else "",
        "user_dependency": f"user: {user.alias.name}, " if user else "",
        "user_argument": "user, " if user else "",
        "user_id": f"user.{key}" if user else "",
        "created": list(lines.created_values(feature)),
    }


def _model(feature: Feature) -> Mapping[str, object]:
    enums = [
        Enumeration(enum_name(field, feature.names), field.name.replace("_", " "), field.choices)
        for field in feature.fields
        if field.kind is Kind.ENUM
    ]
    return {
        "about": _about(feature),
        "enums": enums,
        "model_imports": lines.distinct(lines.model_imports(feature)),
        "model_lines": list(lines.model_lines(feature)),
    }


def _schemas(feature: Feature) -> Mapping[str, object]:
    nullable = [field.name.replace("_", " ") for field in feature.fields if field.nullable]
    return {
        "needs": {form.needs for _, form in feature.formed if form.needs},
        "schema_imports": lines.distinct(lines.schema_imports(feature)),
        "create_lines": list(lines.create_lines(feature)),
        "update_lines": list(lines.update_lines(feature)),
        "response_lines": list(lines.response_lines(feature)),
        "filters": list(lines.filter_lines(feature)),
        "cleared": f"; null clears the {nullable[0]}" if len(nullable) == 1 else "",
    }


def _conflicts(feature: Feature) -> Mapping[str, object]:
    """Return why the database may refuse a row."""
    unique = [field.name.replace("_", " ") for field in feature.fields if field.unique]
    taken = f"the {' or the '.join(unique)} is taken" if unique else ""
    gone = "what it belongs to is gone" if feature.references else ""
    reason = ", or ".join(part for part in (taken, gone) if part)
    return {
        "unique": unique,
        "unique_reason": taken,
        "can_conflict": bool(reason),
        "conflict_reason": reason,
        "conflict_message": f"{reason[:1].upper()}{reason[1:]}.",
    }


def fitting(width: int, indent: int, *sentences: str) -> str:
    """Return the first of some sentences that makes a docstring of one line, else the last."""
    return next((item for item in sentences if indent + len(item) + 6 <= width), sentences[-1])


def _about(feature: Feature) -> tuple[str, str]:
    """Return the sentence that says what the mapped class is, and a shorter one."""
    own = with_article(feature.names.words)
    own = f"{own[0].upper()}{own[1:]}"
    certain = [f"one {item.words}" for item in feature.parents if not item.nullable]
    return f"{own}; it belongs to {' and '.join(certain)}." if certain else f"{own}.", f"{own}."
