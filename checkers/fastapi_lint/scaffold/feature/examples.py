"""Renders the tests of a feature: what its routes do with sample values, and what they refuse."""

from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from fastapi_lint.model.orm.attributes import Column
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.columns import Form
from fastapi_lint.scaffold.feature.fields import Field, Kind
from fastapi_lint.scaffold.feature.fixtures import find_clients, find_maker
from fastapi_lint.scaffold.feature.lines import Feature, distinct
from fastapi_lint.scaffold.feature.naming import with_article
from fastapi_lint.scaffold.feature.parents import Parent
from fastapi_lint.scaffold.feature.rendering import feature_template, fitting
from fastapi_lint.scaffold.feature.shapes import ImportedName
from fastapi_lint.scaffold.feature.ways import way_of

_MISSING = {"int": "2**31 - 1", "UUID": '"00000000-0000-0000-0000-000000000000"'}
_INVALID_KEYS = {"int": '"0", "-1", "2147483648", "99999999999999999999", "x"', "UUID": '"0", "x"'}
_FRESH = {
    Kind.INT: "uuid4().int % 2**31",
    Kind.UUID: "str(uuid4())",
    Kind.DATE: "date.fromordinal(uuid4().int % 1_000_000 + 1).isoformat()",
    Kind.DATETIME: "datetime.fromtimestamp(uuid4().int % 2**31, UTC).isoformat()",
}
_FRESH_IMPORTS = {
    Kind.DATE: ("from datetime import date",),
    Kind.DATETIME: ("from datetime import UTC, datetime",),
}


class Sample(Struct, frozen=True):
    """A field with values as Python: ``fresh`` is one that no other row has, where it has to be unique."""

    name: str
    first: str
    second: str
    fresh: str


class TestedParent(Struct, frozen=True):
    """A parent that must be there: the function that makes one, and an id that none has."""

    name: str
    column: str
    key: str
    maker: ImportedName
    missing: str
    is_owned: bool
    with_article: str


def render_tests(feature: Feature, width: int) -> str:
    """Return the source of the tests of a feature, not formatted yet.

    Raises:
        ScaffoldError: the project's tests lack what these need.

    """
    layout, names = feature.layout, feature.names
    clients = find_clients(layout.project, layout.tests)
    parents = [_tested(feature, item) for item in feature.references if not item.nullable]
    samples = [_sample(field, form) for field, form in feature.formed]
    required = [item for item, field in zip(samples, feature.fields, strict=True) if field.is_required]
    kinds = {field.kind for field in feature.fields if field.unique}
    nullable = {field.name for field in feature.fields if field.nullable}
    return feature_template("test.py.jinja").render(
        layout=layout,
        feature=names,
        owner=feature.owner,
        key=f"{names.singular}_id",
        subject="what their owner does with them, and what others cannot"
        if feature.owner
        else "what users do with them",
        fitting=partial(fitting, width),
        with_article=with_article(names.words).replace(" ", "_"),
        anonymous=clients.anonymous,
        first=clients.users[0],
        second=clients.users[1],
        imports=distinct(_imports(kinds)),
        parents=parents,
        required=required,
        sent=[item.column for item in parents] + [item.name for item in required],
        samples=samples,
        nullable=next((item for item in samples if item.name in nullable), None),
        unique=[item for item, field in zip(samples, feature.fields, strict=True) if field.unique],
        touched=[column.name for column in layout.base.inherited if _changes_by_itself(column)],
        invalid=list(_invalid(feature)),
        invalid_keys=_INVALID_KEYS[layout.base.key_type],
    )


def _changes_by_itself(column: Column) -> bool:
    return column.onupdate is not None or column.has_server_onupdate


def _tested(feature: Feature, parent: Parent) -> TestedParent:
    layout = feature.layout
    folder = parent.model.module.removeprefix(f"{layout.features.package}.").partition(".")[0]
    maker = find_maker(layout.project, layout.tests, folder)
    if maker is None:
        raise ScaffoldError(
            f"the tests in {layout.tests.directory(folder)} have no function that makes {with_article(parent.words)}, "
            f"like `async def make_{parent.name}(client: AsyncClient) -> dict[str, Any]`: the new tests need one"
        )
    return TestedParent(
        name=parent.name,
        column=parent.column,
        key=parent.key,
        maker=maker,
        missing=_MISSING[parent.key_type],
        is_owned=bool(way_of(parent).owned),
        with_article=with_article(parent.words).replace(" ", "_"),
    )


def _sample(field: Field, form: Form) -> Sample:
    first, second = form.samples
    fresh = first
    if field.unique:
        fresh = f"uuid4().hex[:{field.length}]" if field.kind is Kind.STR else _FRESH[field.kind]
    return Sample(field.name, first, second, fresh)


def _imports(unique: set[Kind]) -> Iterator[str]:
    if unique:
        yield "from uuid import uuid4"
    for kind in sorted(unique):
        yield from _FRESH_IMPORTS.get(kind, ())


def _invalid(feature: Feature) -> Iterator[str]:
    for field, form in feature.formed:
        for value in (*(() if field.nullable else ("None",)), *form.invalid):
            yield f'("{field.name}", {value})'
