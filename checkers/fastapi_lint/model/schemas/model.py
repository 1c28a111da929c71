"""The schemas of the whole project: Pydantic models through any base, with what each field holds."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Sequence, Subscript
from fastapi_lint.knowledge.canonical import is_subclass
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.modules import Module as ProjectModule
from fastapi_lint.model.schemas.config import ConfigEntry, config_class, is_conditional, merged, own_entries
from fastapi_lint.model.schemas.fields import Field, own_fields, transforms_input
from fastapi_lint.model.symbols import Class, External, Function
from fastapi_lint.model.values import (
    Choice,
    Collection,
    Instance,
    TypeVariable,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from fastapi_lint.model.schemas.reads import AttributeRead

_V2: Final = "pydantic.BaseModel"
_V1: Final = "pydantic.v1.BaseModel"
_MOVED: Final = frozenset({"pydantic.BaseSettings"})
_GENERIC: Final = frozenset({"typing.Generic", "typing.Protocol", "typing_extensions.Protocol"})
_DEPTH: Final = 8
TypeArguments = Mapping[str, Value]
"""What the type parameters of a generic schema stand for."""


class Schema:
    """A Pydantic model. ``is_v1`` says that its base is that of ``pydantic.v1``.

    ``known_reads`` is where ``reads_from`` keeps what it has found, by the key of the mapped class and ``forced``.
    """

    def __init__(self, cls: Class, schemas: "Schemas", *, is_v1: bool) -> None:
        self.cls = cls
        self.is_v1 = is_v1
        self.known_reads: dict[tuple[str, bool], tuple[AttributeRead, ...]] = {}
        self._schemas = schemas

    @property
    def name(self) -> str:
        """Return the class's own name."""
        return self.cls.name

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Return the fields by name, inherited ones first."""
        found: dict[str, Field] = {}
        for ancestor in reversed(self.cls.ancestors):
            found.update((item.name, item) for item in self._schemas.own_fields(ancestor))
        return found

    @property
    def own_config(self) -> tuple[ConfigEntry, ...]:
        """Return the configuration that the class itself writes."""
        return self._schemas.own_config(self.cls)

    @property
    def config_class(self) -> Class | None:
        """Return the ``class Config`` in the body of the class itself."""
        return config_class(self.cls)

    @property
    def is_settings(self) -> bool:
        """Return whether the model reads its values from the environment."""
        return any(name.endswith(".BaseSettings") for name in self.cls.external_bases)

    @property
    def is_conditional(self) -> bool:
        """Return whether the class is defined in a block: another version of Pydantic may get another definition."""
        return is_conditional(self.cls)

    @cached_property
    def config(self) -> Mapping[str, ConfigEntry]:
        """Return the configuration in force, by key."""
        entries = {item.key: self._schemas.own_config(item) for item in self.cls.ancestors}
        return merged(entries, self.cls.ancestors)

    def setting(self, *names: str) -> bool | None:
        """Return the first of some boolean keys that is configured; False where none is, None where not a literal."""
        for name in names:
            if name in self.config:
                return self.config[name].flag
        return False

    @property
    def from_attributes(self) -> bool | None:
        """Return whether the model itself allows to be validated from an object; ``orm_mode`` counts for version 1."""
        return self.setting("from_attributes", "orm_mode")

    @cached_property
    def opaque(self) -> bool:
        """Return whether a validator may replace the input before the fields are read: what is read is then unknown."""
        return any(transforms_input(ancestor) for ancestor in self.cls.ancestors)

    @cached_property
    def computed_fields(self) -> tuple[Function, ...]:
        """Return the methods that add a field when the model is serialised."""
        found: dict[str, Function] = {}
        for ancestor in reversed(self.cls.ancestors):
            for function in ancestor.own_methods.values():
                if "pydantic.computed_field" in function.decorator_names:
                    found[function.name] = function
        return tuple(found.values())

    def value(self, field: Field, arguments: TypeArguments | None = None) -> Value:
        """Return what a field holds; type parameters are replaced by what bases and ``arguments`` bind them to."""
        own = field.owner
        reader = Annotations(own.module, own.facts.qualname, frozenset(own.facts.type_parameters), self.cls)
        bound = self._schemas.bindings(self.cls).get(own.key, {})
        value = _substituted(reader.value(field.annotation), bound)
        return _substituted(value, arguments or {})

    def nested(self, field: Field, arguments: TypeArguments | None = None) -> tuple["Nested", ...]:
        """Return the schemas inside a field: of a list its elements, of a union its members, of a dict its values."""
        found: dict[tuple[str, tuple[Value, ...]], Nested] = {}
        self._schemas.collect(self.value(field, arguments), found, 0)
        return tuple(found.values())

    def __repr__(self) -> str:
        return f"Schema({self.cls.key})"


class Nested:
    """A schema inside a field, with its type arguments."""

    def __init__(self, schema: Schema, arguments: TypeArguments) -> None:
        self.schema = schema
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"Nested({self.schema.cls.key})"


class Schemas:
    """The Pydantic models of a project."""

    def __init__(self, modules: Mapping[str, ProjectModule]) -> None:
        self._modules = modules
        self._kinds: dict[str, str | None] = {}
        self._schemas: dict[str, Schema | None] = {}
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._config: dict[str, tuple[ConfigEntry, ...]] = {}
        self._bindings: dict[str, Mapping[str, TypeArguments]] = {}

    @cached_property
    def all(self) -> tuple[Schema, ...]:
        """Return every schema in the order of files and lines."""
        found = (
            self.schema(cls) for module in self._modules.values() for cls in module.classes.values() if cls.facts.bases
        )
        return tuple(item for item in found if item is not None)

    def schema(self, cls: Class) -> Schema | None:
        """Return what is known of a Pydantic model, None for any other class."""
        if cls.key not in self._schemas:
            kind = self._kind(cls)
            self._schemas[cls.key] = None if kind is None else Schema(cls, self, is_v1=kind == _V1)
        return self._schemas[cls.key]

    def _kind(self, cls: Class) -> str | None:
        if cls.key not in self._kinds:
            self._kinds[cls.key] = None
            self._kinds[cls.key] = next((found for base in cls.bases if (found := self._kind_of_base(base))), None)
        return self._kinds[cls.key]

    def _kind_of_base(self, base: Class | External) -> str | None:
        if isinstance(base, Class):
            return self._kind(base)
        if is_subclass(base.name, _V1):
            return _V1
        return _V2 if base.name in _MOVED or is_subclass(base.name, _V2) else None

    def own_fields(self, cls: Class) -> tuple[Field, ...]:
        """Return the fields that the body of a class declares; of a class that is no model there are none."""
        if cls.key not in self._fields:
            self._fields[cls.key] = tuple(own_fields(cls)) if self._kind(cls) is not None else ()
        return self._fields[cls.key]

    def own_config(self, cls: Class) -> tuple[ConfigEntry, ...]:
        """Return the configuration that a class itself writes."""
        if cls.key not in self._config:
            self._config[cls.key] = tuple(own_entries(cls))
        return self._config[cls.key]

    def bindings(self, cls: Class) -> Mapping[str, TypeArguments]:
        """Return, for each generic base of a class by its key, what its type parameters stand for."""
        if cls.key not in self._bindings:
            self._bindings[cls.key] = {}
            self._bindings[cls.key] = self._bind(cls)
        return self._bindings[cls.key]

    def _bind(self, cls: Class) -> Mapping[str, TypeArguments]:
        found: dict[str, TypeArguments] = {}
        reader = Annotations(cls.module, cls.facts.parent, frozenset(cls.facts.type_parameters), None)
        for base in cls.facts.bases:
            target = cls.module.resolve(base.value if isinstance(base, Subscript) else base, cls.facts.parent)
            if not isinstance(target, Class):
                continue
            given: TypeArguments = {}
            if isinstance(base, Subscript):
                items = base.index.items if isinstance(base.index, Sequence) else (base.index,)
                values = (reader.value(item) for item in items)
                given = dict(zip(type_parameters(target), values, strict=False))
            found[target.key] = given
            for key, inherited in self.bindings(target).items():
                found[key] = {name: _substituted(value, given) for name, value in inherited.items()}
        return found

    def collect(self, value: Value, found: dict[tuple[str, tuple[Value, ...]], Nested], depth: int) -> None:
        """Add the schemas that a value may be, or hold, to ``found``."""
        if depth > _DEPTH:
            return
        for item in alternatives(value):
            match item:
                case Instance(of=Class() as cls, arguments=arguments):
                    schema = self.schema(cls)
                    if schema is not None:
                        named = dict(zip(type_parameters(cls), arguments, strict=False))
                        found.setdefault((cls.key, arguments), Nested(schema, named))
                case Collection(element=element, items=items):
                    for inner in items or (element,):
                        self.collect(inner, found, depth + 1)
                case TypeVariable(bound=bound):
                    self.collect(bound, found, depth + 1)
                case _:
                    pass


def type_parameters(cls: Class) -> tuple[str, ...]:
    """Return the names of a class's own type parameters, in the order in which a subscript binds them."""
    if cls.facts.type_parameters:
        return cls.facts.type_parameters
    names: list[str] = []
    for base in cls.facts.bases:
        if not isinstance(base, Subscript):
            continue
        items = base.index.items if isinstance(base.index, Sequence) else (base.index,)
        reader = Annotations(cls.module, cls.facts.parent, frozenset(), None)
        found = [value.name for item in items if isinstance(value := reader.value(item), TypeVariable)]
        symbol = cls.module.resolve(base.value, cls.facts.parent)
        if isinstance(symbol, External) and symbol.name in _GENERIC:
            return tuple(found)
        names.extend(name for name in found if name not in names)
    return tuple(names)


def _substituted(value: Value, bound: TypeArguments) -> Value:
    """Return a value with its type parameters replaced."""
    if not bound:
        return value
    match value:
        case TypeVariable(name=name):
            return bound.get(name, value)
        case Instance(of=of, arguments=arguments, origin=origin):
            return Instance(of, tuple(_substituted(item, bound) for item in arguments), origin)
        case Collection(kind=kind, element=element, items=items, key=key):
            inner = None if items is None else tuple(_substituted(item, bound) for item in items)
            return Collection(kind, _substituted(element, bound), inner, key)
        case Choice(values=values):
            return Choice(tuple(_substituted(item, bound) for item in values))
        case _:
            return value
