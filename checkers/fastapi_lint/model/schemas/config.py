"""The configuration of a Pydantic model, wherever it is written: ``class Config``, ``model_config``, class keywords."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name
from fastapi_lint.facts.expressions import Mapping as MappingDisplay
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import Define
from fastapi_lint.model.constructs import constant, library_name
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, Variable
from fastapi_lint.model.values import Place

_NOT_CONFIG = frozenset({"metaclass", "table"})
_DICT_MAKERS = frozenset(
    {"builtins.dict", "pydantic.ConfigDict", "pydantic_settings.SettingsConfigDict", "sqlmodel.SQLModelConfig"}
)


class ConfigSource(StrEnum):
    """How a key of the configuration is written."""

    CLASS = "class Config"
    DICT = "model_config"
    KEYWORD = "class keyword"


class ConfigEntry(Struct, frozen=True, eq=False):
    """One key of the configuration of the class ``owner``; a method of ``class Config`` is a key without ``value``.

    ``place`` is the key, or of a keyword its value.
    """

    name: str
    value: Expr | None
    source: ConfigSource
    owner: Class
    module: Module
    place: Place

    @property
    def flag(self) -> bool | None:
        """Return the boolean that the value is, None where it is not a literal."""
        found = None if self.value is None else constant(self.module, self.value, self.owner.facts.qualname)
        return found.value if found is not None and isinstance(found.value, bool) else None


def config_class(cls: Class) -> Class | None:
    """Return the ``class Config`` that stands directly in the body of a class, not in a block that may not run."""
    nested = cls.module.classes.get(f"{cls.facts.qualname}.Config")
    return nested if nested is not None and _defines(cls.body, nested) else None


def is_conditional(cls: Class) -> bool:
    """Return whether a class is defined in a block (``if``, ``try``): another definition may stand for it."""
    parent, module = cls.facts.parent, cls.module
    if parent in module.classes:
        return not _defines(module.classes[parent].body, cls)
    body = module.functions[parent].body if parent in module.functions else module.body
    return not _defines(body, cls)


def _defines(body: Body, cls: Class) -> bool:
    return any(isinstance(item, Define) and item.start == cls.facts.start for item in body)


def own_entries(cls: Class) -> Iterator[ConfigEntry]:
    """Yield the keys that a class itself configures, in the order of the file."""
    module = cls.module
    for keyword in cls.facts.keywords:
        if keyword.name is not None and keyword.name not in _NOT_CONFIG:
            place = Place(module.key, keyword.value.span)
            yield ConfigEntry(keyword.name, keyword.value, ConfigSource.KEYWORD, cls, module, place)
    statement = cls.own_assignments.get("model_config")
    if statement is not None and statement.value is not None:
        for name, value, place in _dict_entries(module, statement.value, cls.facts.qualname):
            yield ConfigEntry(name, value, ConfigSource.DICT, cls, module, place)
    nested = config_class(cls)
    if nested is not None:
        for name, inner in nested.own_assignments.items():
            if inner.value is not None:
                place = Place(module.key, inner.span)
                yield ConfigEntry(name, inner.value, ConfigSource.CLASS, cls, module, place)
        for name, method in nested.own_methods.items():
            place = Place(module.key, method.facts.name_span)
            yield ConfigEntry(name, None, ConfigSource.CLASS, cls, module, place)


def _dict_entries(module: Module, expression: Expr, scope: str) -> Iterator[tuple[str, Expr, Place]]:
    match expression:
        case Call() if library_name(module, expression.func, scope) in _DICT_MAKERS:
            for argument in expression.args:
                yield from _dict_entries(module, argument, scope)
            for keyword in expression.keywords:
                if keyword.name is None:
                    yield from _dict_entries(module, keyword.value, scope)
                else:
                    yield keyword.name, keyword.value, Place(module.key, keyword.value.span)
        case MappingDisplay():
            for key, value in zip(expression.keys, expression.values, strict=True):
                if key is None:
                    yield from _dict_entries(module, value, scope)
                elif isinstance(key, Constant) and isinstance(key.value, str):
                    yield key.value, value, Place(module.key, key.span)
        case Name() | Attribute():
            symbol = module.resolve(expression, scope)
            if isinstance(symbol, Variable) and symbol.value is not None and not isinstance(symbol.value, Name):
                yield from _dict_entries(symbol.module, symbol.value, "")
        case _:
            pass


def merged(entries: Mapping[str, tuple[ConfigEntry, ...]], ancestors: tuple[Class, ...]) -> Mapping[str, ConfigEntry]:
    """Return the configuration in force: what is nearer overrides what is inherited."""
    return {item.name: item for ancestor in reversed(ancestors) for item in entries.get(ancestor.key, ())}
