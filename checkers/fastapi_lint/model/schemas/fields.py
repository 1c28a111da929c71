"""The fields of a Pydantic model: what each is called, what it is filled from, and whether it must be given."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Constant, Expr, Opaque, Sequence
from fastapi_lint.facts.statements import Annotate
from fastapi_lint.model.constructs import Construct, construct
from fastapi_lint.model.shapes import Shape, shape
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Place

_FIELD_MAKERS: Final = frozenset({"pydantic.Field", "sqlmodel.Field", "pydantic.v1.Field"})
_NOT_FIELDS: Final = frozenset({"sqlmodel.Relationship", "pydantic.PrivateAttr", "pydantic.v1.PrivateAttr"})
_BEFORE: Final = frozenset(
    {"pydantic.BeforeValidator", "pydantic.PlainValidator", "pydantic.WrapValidator", "pydantic.SkipValidation"}
)


class Field(Struct, frozen=True, eq=False):
    """A field as the class ``owner`` declares it.

    ``aliases`` are the names it is filled from, first choice first; empty where it has none. ``is_transformed`` says
    that a validator may replace the value before its type is looked at.
    """

    name: str
    owner: Class
    place: Place
    annotation: Expr
    shape: Shape
    default: Expr | None
    has_default: bool
    aliases: tuple[str, ...]
    exclude: bool
    is_transformed: bool
    construct: Construct | None


def own_fields(cls: Class) -> Iterator[Field]:
    """Yield the fields that the body of a class declares, in the order of the file."""
    transformed = _transformed(cls)
    for name, statement in cls.own_assignments.items():
        if not isinstance(statement, Annotate) or name.startswith("_") or name == "model_config":
            continue
        scope = cls.facts.qualname
        said = shape(cls.module, statement.annotation, scope)
        given = construct(cls.module, statement.value, scope)
        if said.is_class_variable or (given is not None and given.name in _NOT_FIELDS):
            continue
        inside = [construct(leaf.module, leaf.expression, leaf.scope) for leaf in said.metadata]
        makers = [item for item in (*inside, given) if item is not None and item.name in _FIELD_MAKERS]
        default, has_default = _default(statement.value, makers)
        yield Field(
            name=name,
            owner=cls,
            place=Place(cls.module.key, statement.span),
            annotation=statement.annotation,
            shape=said,
            default=default,
            has_default=has_default,
            aliases=_aliases(makers),
            exclude=any(item.flag("exclude") is True for item in makers),
            is_transformed=name in transformed or any(item is not None and item.name in _BEFORE for item in inside),
            construct=makers[-1] if makers else None,
        )


def _default(value: Expr | None, makers: list[Construct]) -> tuple[Expr | None, bool]:
    for item in reversed(makers):
        default = item.keywords.get("default", item.arguments[0] if item.arguments else None)
        if default is not None:
            return default, not _is_ellipsis(default)
        if "default_factory" in item.keywords:
            return None, True
    if value is None or any(item.call is value for item in makers):
        return None, False
    return value, not _is_ellipsis(value)


def _is_ellipsis(expression: Expr) -> bool:
    return isinstance(expression, Opaque) and expression.kind == "ellipsis"


def _aliases(makers: list[Construct]) -> tuple[str, ...]:
    for keyword in ("validation_alias", "alias"):
        for item in reversed(makers):
            given = item.keywords.get(keyword)
            if given is not None:
                return tuple(_alias_names(item, given))
    return ()


def _alias_names(maker: Construct, given: Expr) -> Iterator[str]:
    """Yield the attributes that an alias reads: of a path its first element, of choices each."""
    match given:
        case Constant(value=str(text)):
            yield text
        case Call():
            made = construct(maker.module, given, maker.scope)
            if made is not None and made.name == "pydantic.AliasPath":
                yield from (first for item in given.args[:1] if (first := _text(item)) is not None)
            elif made is not None and made.name == "pydantic.AliasChoices":
                for item in given.args:
                    yield from _alias_names(maker, item)
        case _:
            pass


def _transformed(cls: Class) -> frozenset[str]:
    """Return the fields whose input a validator of the class may replace before it is validated."""
    found: set[str] = set()
    for function in cls.own_methods.values():
        for decorator, name in zip(function.facts.decorators, function.decorator_names, strict=True):
            if not isinstance(decorator, Call):
                continue
            is_before = name == "pydantic.field_validator" and _text(decorator.keyword("mode")) in _MODES
            pre = decorator.keyword("pre")
            is_pre = name in _V1_VALIDATORS and isinstance(pre, Constant) and pre.value is True
            if is_before or is_pre:
                found.update(text for item in decorator.args for text in _texts(item))
    return frozenset(found)


_MODES: Final = frozenset({"before", "wrap", "plain"})
_V1_VALIDATORS: Final = frozenset({"pydantic.validator", "pydantic.v1.validator"})


def _text(expression: Expr | None) -> str | None:
    return expression.value if isinstance(expression, Constant) and isinstance(expression.value, str) else None


def _texts(expression: Expr) -> Iterator[str]:
    items = expression.items if isinstance(expression, Sequence) else (expression,)
    yield from (text for item in items if (text := _text(item)) is not None)


def transforms_input(cls: Class) -> bool:
    """Return whether a validator of the class itself may replace the whole object before its fields are read."""
    for function in cls.own_methods.values():
        if function.name == "__get_pydantic_core_schema__":
            return True
        for decorator, name in zip(function.facts.decorators, function.decorator_names, strict=True):
            if not isinstance(decorator, Call):
                continue
            if name == "pydantic.model_validator" and _text(decorator.keyword("mode")) in _MODES:
                return True
            pre = decorator.keyword("pre")
            if name in _V1_ROOT_VALIDATORS and isinstance(pre, Constant) and pre.value is True:
                return True
    return False


_V1_ROOT_VALIDATORS: Final = frozenset({"pydantic.root_validator", "pydantic.v1.root_validator"})
