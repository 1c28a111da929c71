"""Turns declarations into the attributes of one mapped class, looking names up in its registry."""

from collections.abc import Callable, Iterator
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Constant, Expr, Lambda, Name, dotted_name
from fastapi_lint.model.constructs import Construct, constant, construct, is_false
from fastapi_lint.model.orm.attributes import (
    UNKNOWN_STRATEGY,
    AssociationProxy,
    Column,
    Composite,
    OrmAttribute,
    Relationship,
    Synonym,
    ValueSource,
)
from fastapi_lint.model.orm.reading import (
    COMPOSITE,
    DERIVED_COLUMNS,
    PLAIN_COLUMNS,
    PROXY,
    RELATIONSHIPS,
    SYNONYM,
    Declaration,
    value_source,
)
from fastapi_lint.model.symbols import Class, Variable

_STRATEGIES: Final = {True: "select", False: "joined", None: "noload"}
FindClass = Callable[[str], Class | None]
"""Looks a class up by its name, or its dotted path, in the registry of the mapped class."""


def attribute(declaration: Declaration, entity: Class, find: FindClass) -> OrmAttribute:
    """Return the attribute of ``entity`` that is declared; where foreign keys decide, ``uselist`` is still a guess."""
    made = declaration.construct
    name, owner, place = declaration.name, declaration.owner, declaration.place
    if made is None or made.name not in RELATIONSHIPS | {PROXY, SYNONYM, COMPOSITE}:
        return _column(declaration)
    if made.name in RELATIONSHIPS:
        return _relationship(declaration, made, entity, find)
    arguments = tuple(constant(made.module, item, made.scope) for item in made.arguments)
    names = tuple(item.value for item in arguments if item is not None and isinstance(item.value, str))
    if made.name == PROXY:
        target = names[0] if names else made.text("target_collection") or ""
        attr = names[1] if len(names) > 1 else made.text("attr") or ""
        return AssociationProxy(name=name, owner=owner, place=place, relationship=target, attribute=attr)
    if made.name == SYNONYM:
        return Synonym(name=name, owner=owner, place=place, target=names[0] if names else made.text("name") or "")
    return Composite(name=name, owner=owner, place=place, columns=tuple(_composite_columns(made)))


def _composite_columns(made: Construct) -> Iterator[str]:
    for item in made.arguments[1:]:
        match item:
            case Constant(value=str(text)):
                yield text
            case Name(id=text):
                yield text
            case _:
                pass


# Columns


def _column(declaration: Declaration) -> Column:
    said, made = declaration.shape, declaration.construct
    annotation = None if said is None else said.inner
    if made is None:
        nullable = None if said is None else said.optional
        return Column(
            name=declaration.name,
            owner=declaration.owner,
            place=declaration.place,
            annotation=annotation,
            nullable=nullable,
        )
    inner = column(made)
    default = inner.keywords.get("insert_default", inner.keywords.get("default"))
    factory = inner.keywords.get("default_factory")
    onupdate = inner.keywords.get("onupdate")
    primary_key = inner.flag("primary_key") is True
    arguments = tuple(_argument_constructs(inner))
    makers = {item.name for item in arguments}
    return Column(
        name=declaration.name,
        owner=declaration.owner,
        place=declaration.place,
        annotation=annotation,
        construct=made,
        default=default,
        onupdate=onupdate,
        default_source=ValueSource.PYTHON if factory else value_source(inner.module, default, inner.scope),
        onupdate_source=value_source(inner.module, onupdate, inner.scope),
        has_server_default="server_default" in inner.keywords or bool(makers & _GENERATED),
        has_server_onupdate="server_onupdate" in inner.keywords or bool(makers & _COMPUTED),
        is_expression=made.name in DERIVED_COLUMNS and inner is made,
        primary_key=primary_key,
        nullable=_nullable(declaration, inner, primary_key=primary_key),
        deferred=made.name == "sqlalchemy.orm.deferred"
        or made.flag("deferred") is True
        or "deferred_group" in made.keywords,
        raiseload=made.flag("deferred_raiseload") is True or made.flag("raiseload") is True,
        foreign_keys=tuple(_foreign_keys(inner, arguments)),
    )


_COMPUTED: Final = frozenset({"sqlalchemy.Computed", "sqlalchemy.FetchedValue"})
_GENERATED: Final = _COMPUTED | {"sqlalchemy.Identity"}


def column(made: Construct) -> Construct:
    """Return the column itself: look through ``deferred(Column(...))`` and ``column_property(Column(...))``."""
    if made.name not in DERIVED_COLUMNS or not made.arguments:
        return made
    inner = construct(made.module, made.arguments[0], made.scope)
    return inner if inner is not None and inner.name in PLAIN_COLUMNS else made


def _argument_constructs(made: Construct) -> Iterator[Construct]:
    for item in made.arguments:
        found = construct(made.module, item, made.scope)
        if found is not None:
            yield found


def _foreign_keys(made: Construct, arguments: tuple[Construct, ...]) -> Iterator[str]:
    direct = made.text("foreign_key")
    if direct is not None:
        yield direct
    for found in arguments:
        if found.name != "sqlalchemy.ForeignKey" or not found.arguments:
            continue
        target = found.arguments[0]
        text = constant(found.module, target, found.scope)
        name = text.value if text is not None else dotted_name(target)
        if isinstance(name, str):
            yield name


def _nullable(declaration: Declaration, made: Construct, *, primary_key: bool) -> bool | None:
    if "nullable" in made.keywords:
        return made.flag("nullable")
    if primary_key:
        return False
    is_derived = declaration.construct is not None and declaration.construct.name in DERIVED_COLUMNS
    if declaration.shape is not None and not is_derived:
        return declaration.shape.optional
    return True if made.complete else None


# Relationships


def _relationship(declaration: Declaration, made: Construct, entity: Class, find: FindClass) -> Relationship:
    said = declaration.shape
    lazy = strategy(made)
    if said is not None and said.strategy is not None and "lazy" not in made.keywords:
        lazy = said.strategy
    return Relationship(
        name=declaration.name,
        owner=declaration.owner,
        place=declaration.place,
        target=_target(declaration, made, entity, find),
        uselist=_many(declaration, made),
        lazy=lazy,
        back_populates=made.text("back_populates"),
        viewonly=made.flag("viewonly") is True,
        construct=made,
    )


def strategy(made: Construct) -> str:
    """Return the canonical name of the loader strategy that a relationship or a backref declares."""
    expression = made.keywords.get("lazy")
    if expression is None:
        if made.name == "sqlalchemy.orm.dynamic_loader":
            return "dynamic"
        return "select" if made.complete else UNKNOWN_STRATEGY
    value = constant(made.module, expression, made.scope)
    if value is None:
        return UNKNOWN_STRATEGY
    if isinstance(value.value, str):
        return value.value
    return _STRATEGIES.get(value.value, UNKNOWN_STRATEGY) if isinstance(value.value, bool | None) else UNKNOWN_STRATEGY


def _many(declaration: Declaration, made: Construct) -> bool:
    """Return whether it holds many, as far as the declaration alone says."""
    if "uselist" in made.keywords:
        return made.flag("uselist") is not False
    said = declaration.shape
    if said is not None and said.leaves:
        return said.many
    return is_many_by_arguments(made)


def is_many_by_arguments(made: Construct) -> bool:
    """Return whether a relationship without an annotation holds many; the direction of its keys is not looked at."""
    return not is_false(made.keywords.get("uselist")) and "remote_side" not in made.keywords


def _target(declaration: Declaration, made: Construct, entity: Class, find: FindClass) -> Class | None:
    argument = made.arguments[0] if made.arguments else made.keywords.get("argument")
    if argument is not None and made.name != "sqlmodel.Relationship":
        found = _class(argument, made, declaration.own_name, entity, find)
        if found is not None:
            return found
    if declaration.shape is None:
        return None
    for leaf in declaration.shape.leaves:
        symbol = leaf.module.resolve(leaf.expression, leaf.scope)
        if isinstance(symbol, Class):
            return symbol
        text = leaf.expression.value if isinstance(leaf.expression, Constant) else dotted_name(leaf.expression)
        found = find(text) if isinstance(text, str) else None
        if found is not None:
            return found
    return None


def _class(argument: Expr, made: Construct, own_name: str, entity: Class, find: FindClass) -> Class | None:
    match argument:
        case Lambda(body=body):
            return _class(body, made, own_name, entity, find)
        case Name(id=name) if own_name and name == own_name:
            return entity
        case Name() | Attribute():
            symbol = made.module.resolve(argument, made.scope)
            if isinstance(symbol, Variable):
                text = constant(made.module, argument, made.scope)
                return find(text.value) if text is not None and isinstance(text.value, str) else None
            return symbol if isinstance(symbol, Class) else find(dotted_name(argument) or "")
        case Constant(value=str(text)):
            return find(text)
        case _:
            return None


def backrefs(relationship: Relationship, entity: Class) -> Iterator[tuple[Class, Relationship]]:
    """Yield the relationship that ``backref=`` creates on the target."""
    made = relationship.construct
    given = None if made is None else made.keywords.get("backref")
    if made is None or given is None or relationship.target is None:
        return
    text = constant(made.module, given, made.scope)
    options = construct(made.module, given, made.scope)
    if options is not None:
        arguments = options.arguments
        text = constant(options.module, arguments[0], options.scope) if arguments else None
    if text is None or not isinstance(text.value, str):
        return
    many = "secondary" in made.keywords or not relationship.uselist
    if options is not None and "uselist" in options.keywords:
        many = options.flag("uselist") is not False
    yield (
        relationship.target,
        Relationship(
            name=text.value,
            owner=relationship.owner,
            place=relationship.place,
            target=entity,
            uselist=many,
            lazy="select" if options is None else strategy(options),
            back_populates=relationship.name,
            viewonly=relationship.viewonly,
            is_backref=True,
            construct=options or made,
        ),
    )
