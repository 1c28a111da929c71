"""What a project of the layout calls everything that a feature needs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Constant, Expr
from fastapi_lint.facts.expressions import Mapping as MappingDisplay
from fastapi_lint.model.constructs import construct, entries
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.orm import MappedClass
from fastapi_lint.model.orm.attributes import Column
from fastapi_lint.model.project import Project
from fastapi_lint.model.routes import Router
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.places import Features, Tests, find_features, find_registry, find_router, find_tests
from fastapi_lint.scaffold.feature.shapes import (
    Alias,
    ImportedName,
    aliases,
    common_bases,
    errors_with_status,
    field_markers,
    imported_name,
    schema_bases,
)

_ASYNC_SESSION: Final = External("sqlalchemy.ext.asyncio.AsyncSession")
_KEY_TYPES: Final = {"builtins.int": "int", "uuid.UUID": "UUID"}
_CONSTRAINTS: Final = frozenset({"pydantic.StringConstraints", "pydantic.Field"})
_PAGE_FIELDS: Final = frozenset({"limit", "offset"})


class User(Struct, frozen=True):
    """Who is logged in: the alias of the parameter, the dependency behind it, the mapped class and its key's type."""

    alias: ImportedName
    dependency: ImportedName
    entity: MappedClass
    key_type: str


class Text(Struct, frozen=True):
    """An alias of a text that is not longer than ``length``."""

    alias: ImportedName
    length: int


class Base(Struct, frozen=True):
    """What models are made of.

    ``names`` are the bases in their order and ``inherited`` the columns that come with them. ``key`` is the name of the
    primary key, ``key_type`` is ``int`` or ``UUID``. ``maps_moments`` says that the base has a column type for
    ``datetime``, so that a model need not name one. ``naming`` is the naming convention of the metadata.
    """

    names: tuple[ImportedName, ...]
    inherited: tuple[Column, ...]
    key: str
    key_type: str
    maps_moments: bool
    naming: Mapping[str, str]

    @property
    def has_key(self) -> bool:
        """Return whether the primary key is inherited."""
        return any(item.name == self.key for item in self.inherited)


class Layout(Struct, frozen=True):
    """A project's own names; ``page`` is the class of what ``page_parameter`` stands for."""

    project: Project
    features: Features
    base: Base
    session: ImportedName
    user: User
    schema: ImportedName
    response_schema: ImportedName
    omitted: ImportedName
    texts: tuple[Text, ...]
    key_parameter: ImportedName
    page: ImportedName
    page_parameter: ImportedName
    not_found: ImportedName
    conflict: ImportedName
    router: Router
    registry: Module
    tests: Tests


def read_layout(project: Project) -> Layout:
    """Return a project's own names.

    Raises:
        ScaffoldError: the project lacks something that features are rendered for; the message says what.

    """
    features = find_features(project)
    base = _read_base(project, features.entities)
    known = aliases(project)

    def named(symbols: Iterable[Variable | Class | Function], what: str) -> ImportedName:
        found = next(iter(symbols), None)
        if found is None:
            raise ScaffoldError(f"the project has no {what}; features need one, as `fastapi-lint new` has it")
        return imported_name(project, found)

    pages = [item for item in known if _has_call(item, "fastapi.Query") and _is_page(project, item.stands_for)]
    page = [item.stands_for for item in pages if isinstance(item.stands_for, Class)]
    sessions = [item for item in known if item.stands_for == _ASYNC_SESSION and _has_call(item, "fastapi.Depends")]
    keys = [item for item in known if _has_call(item, "fastapi.Path") and _key_type(item.stands_for) == base.key_type]
    inputs, outputs = schema_bases(project, features.folder)
    return Layout(
        project=project,
        features=features,
        base=base,
        session=named((item.variable for item in sessions), "alias of `Annotated[AsyncSession, Depends(...)]`"),
        user=_user(project, known),
        schema=named(inputs, "base class of what clients send"),
        response_schema=named(outputs, "base class with from_attributes=True of what clients read"),
        omitted=named(field_markers(project), "`Field(default_factory=...)` for what a PATCH may leave out"),
        texts=tuple(sorted(_texts(project, known), key=lambda item: item.length)),
        key_parameter=named((item.variable for item in keys), f"alias of `Annotated[{base.key_type}, Path(...)]`"),
        page=named(page, "schema with `limit` and `offset`"),
        page_parameter=named((item.variable for item in pages), "alias of a page, `Annotated[..., Query()]`"),
        not_found=named(errors_with_status(project, 404), "exception for 404"),
        conflict=named(errors_with_status(project, 409), "exception for 409"),
        router=find_router(project, features.folder),
        registry=find_registry(project, features),
        tests=find_tests(project, features),
    )


def primary_key(entity: MappedClass) -> Column:
    """Return the primary key of a mapped class.

    Raises:
        ScaffoldError: it has none, or several columns.

    """
    found = [item for item in entity.columns if item.primary_key]
    if len(found) != 1:
        raise ScaffoldError(f"{entity.name} has no primary key of one column")
    return found[0]


def key_type(entity: MappedClass) -> str:
    """Return the type of the primary key of a mapped class: ``int`` or ``UUID``.

    Raises:
        ScaffoldError: it is something else.

    """
    key = primary_key(entity)
    symbol = None if key.annotation is None else key.owner.module.resolve(key.annotation, key.owner.facts.qualname)
    found = _key_type(symbol)
    if found is None:
        raise ScaffoldError(f"the primary key of {entity.name} is neither an int nor a UUID")
    return found


def _key_type(symbol: Symbol | None) -> str | None:
    return _KEY_TYPES.get(symbol.name) if isinstance(symbol, External) else None


def _read_base(project: Project, entities: tuple[MappedClass, ...]) -> Base:
    bases = common_bases(entities)
    if not bases:
        raise ScaffoldError("the models of the features have no bases of the project in common")
    exemplar = next(item for item in entities if item.cls.bases == bases)
    inherited = [item for item in exemplar.columns if item.owner is not exemplar.cls]
    ancestors = [ancestor for base in bases for ancestor in base.ancestors]
    return Base(
        names=tuple(imported_name(project, base) for base in bases),
        inherited=tuple(sorted(inherited, key=lambda item: (not item.primary_key, item.place.span.start))),
        key=primary_key(exemplar).name,
        key_type=key_type(exemplar),
        maps_moments=any(_maps_moments(item) for item in ancestors),
        naming=next((found for item in ancestors if (found := _naming(item))), {}),
    )


def _assigned(cls: Class, name: str) -> Expr | None:
    statement = cls.own_assignments.get(name)
    return None if statement is None else statement.value


def _maps_moments(cls: Class) -> bool:
    """Return whether the ``type_annotation_map`` of a base has a column type for ``datetime``."""
    match _assigned(cls, "type_annotation_map"):
        case MappingDisplay(keys=keys):
            found = [cls.module.resolve(key, cls.facts.qualname) for key in keys if key is not None]
            return External("datetime.datetime") in found
        case _:
            return False


def _naming(cls: Class) -> Mapping[str, str]:
    """Return the naming convention of the metadata that a base is given."""
    metadata = construct(cls.module, _assigned(cls, "metadata"), cls.facts.qualname)
    convention = None if metadata is None else metadata.keywords.get("naming_convention")
    if metadata is None or convention is None:
        return {}
    written = entries(metadata.module, convention, metadata.scope) or {}
    return {
        key: value.value
        for key, value in written.items()
        if isinstance(value, Constant) and isinstance(value.value, str)
    }


def _has_call(alias: Alias, name: str) -> bool:
    return any(called == name for called, _ in alias.calls())


def _is_page(project: Project, symbol: Symbol | None) -> bool:
    schema = project.schemas.schema(symbol) if isinstance(symbol, Class) else None
    return schema is not None and schema.fields.keys() >= _PAGE_FIELDS


def _user(project: Project, known: tuple[Alias, ...]) -> User:
    """Return who is logged in: the mapped class that a dependency with an alias returns."""
    found = next(_users(project, known), None)
    if found is None:
        raise ScaffoldError("the project has no alias of who is logged in, `Annotated[User, Depends(...)]`")
    return found


def _users(project: Project, known: tuple[Alias, ...]) -> Iterator[User]:
    for alias in known:
        entity = project.orm.entity(alias.stands_for) if isinstance(alias.stands_for, Class) else None
        for name, call in alias.calls():
            argument = call.args[0] if call.args else call.keyword("dependency")
            function = None if argument is None else alias.variable.module.resolve(argument)
            if entity is not None and name == "fastapi.Depends" and isinstance(function, Function):
                own_alias = imported_name(project, alias.variable)
                yield User(own_alias, imported_name(project, function), entity, key_type(entity))


def _texts(project: Project, known: tuple[Alias, ...]) -> Iterator[Text]:
    """Yield the aliases of texts that have a greatest length and a pattern, which refuses NUL."""
    for alias in known:
        for name, call in alias.calls():
            length, pattern = call.keyword("max_length"), call.keyword("pattern")
            is_text = alias.stands_for == External("builtins.str") and name in _CONSTRAINTS and pattern is not None
            if is_text and isinstance(length, Constant) and isinstance(length.value, int):
                yield Text(imported_name(project, alias.variable), length.value)
