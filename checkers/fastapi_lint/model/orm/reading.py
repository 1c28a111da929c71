"""Reads the body of a mapped class or a mixin: which statement or ``declared_attr`` declares which attribute."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Lambda, Name, children, dotted_name
from fastapi_lint.facts.statements import Assign
from fastapi_lint.model.constructs import Construct, construct, entries, returned, returned_call
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm.attributes import ValueSource
from fastapi_lint.model.orm.declarative import is_declared_attr
from fastapi_lint.model.orm.tables import column_name, read_table
from fastapi_lint.model.shapes import Shape, shape
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.model.values import Place

RELATIONSHIPS: Final = frozenset(
    {"sqlalchemy.orm.relationship", "sqlalchemy.orm.dynamic_loader", "sqlmodel.Relationship"}
)
PLAIN_COLUMNS: Final = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field"})
DERIVED_COLUMNS: Final = frozenset(
    {"sqlalchemy.orm.deferred", "sqlalchemy.orm.column_property", "sqlalchemy.orm.query_expression"}
)
COLUMNS: Final = PLAIN_COLUMNS | DERIVED_COLUMNS
PROXY: Final = "sqlalchemy.ext.associationproxy.association_proxy"
SYNONYM: Final = "sqlalchemy.orm.synonym"
COMPOSITE: Final = "sqlalchemy.orm.composite"
_DEPTH: Final = 6
_NOT_COLUMNS: Final = frozenset({"model_config", "metadata", "registry"})


class Declaration(Struct, frozen=True, eq=False):
    """One attribute as a body declares it, before its names are looked up in a registry.

    ``own_name`` is how a ``declared_attr`` calls the class it is evaluated for.
    """

    name: str
    owner: Class
    place: Place
    shape: Shape | None
    construct: Construct | None
    own_name: str = ""


def declarations(cls: Class, *, is_sqlmodel: bool) -> Iterator[Declaration]:
    """Yield the mapped attributes that the body of a class or mixin declares."""
    module, scope = cls.module, cls.facts.qualname
    ready = cls.own_assignments.get("__table__")
    yield from columns_of_table(cls, module, None if ready is None else ready.value, scope)
    for name, statement in cls.own_assignments.items():
        if name.startswith("__") or (is_sqlmodel and name in _NOT_COLUMNS):
            continue
        annotation = None if isinstance(statement, Assign) else statement.annotation
        said = None if annotation is None else shape(module, annotation, scope)
        made = _annotated_construct(said, _normalised(construct(module, statement.value, scope)))
        declares = made is not None and made.name in (COLUMNS | RELATIONSHIPS | {PROXY, SYNONYM, COMPOSITE})
        if declares or (said is not None and _is_column_annotation(said, is_sqlmodel=is_sqlmodel)):
            place = Place(module.key, statement.span)
            yield Declaration(name, cls, place, said, made if declares else None)
    for function in cls.own_methods.values():
        if is_declared_attr(function) and not function.name.startswith("__"):
            yield _declared(cls, function)


def columns_of_table(cls: Class, module: Module, value: Expr | None, scope: str) -> Iterator[Declaration]:
    """Yield the columns of a table that a class is given ready-made."""
    if isinstance(value, Name | Attribute):
        symbol = module.resolve(value, scope)
        if not isinstance(symbol, Variable):
            return
        module, value, scope = symbol.module, symbol.value, ""
    table = read_table(module, value, scope)
    for column in () if table is None else table.constructs:
        name = column_name(column)
        if name is not None:
            yield Declaration(name, cls, Place(column.module.key, column.call.span), None, column)


def _is_column_annotation(said: Shape, *, is_sqlmodel: bool) -> bool:
    return said.is_mapped or (is_sqlmodel and not said.is_class_variable)


def _declared(cls: Class, function: Function) -> Declaration:
    annotation = function.facts.returns
    said = None if annotation is None else shape(cls.module, annotation, function.qualname)
    made = _normalised(construct(cls.module, returned_call(function), function.qualname))
    own_name = function.facts.parameters[0].name if function.facts.parameters else ""
    return Declaration(function.name, cls, Place(cls.module.key, function.facts.name_span), said, made, own_name)


def _annotated_construct(said: Shape | None, made: Construct | None) -> Construct | None:
    """Merge ``mapped_column()`` in the metadata of an ``Annotated`` type with the one on the right-hand side."""
    if said is None:
        return made
    for leaf in said.metadata:
        inner = construct(leaf.module, leaf.expression, leaf.scope)
        if inner is None or inner.name not in PLAIN_COLUMNS:
            continue
        if made is None:
            return inner
        merged = {**inner.keywords, **made.keywords}
        return Construct(
            made.name, made.call, made.module, made.scope, made.arguments, merged, made.complete and inner.complete
        )
    return made


def _normalised(made: Construct | None) -> Construct | None:
    """Bring SQLModel's ``sa_...`` arguments into the form that SQLAlchemy itself has."""
    if made is None or made.name not in {"sqlmodel.Field", "sqlmodel.Relationship"}:
        return made
    whole = made.keywords.get("sa_column") or made.keywords.get("sa_relationship")
    if whole is not None:
        inner = construct(made.module, whole, made.scope)
        return inner if inner is not None else made
    given = made.keywords.get("sa_column_kwargs") or made.keywords.get("sa_relationship_kwargs")
    if given is None:
        return made
    merged = entries(made.module, given, made.scope)
    keywords = {**made.keywords, **(merged or {})}
    return Construct(
        made.name, made.call, made.module, made.scope, made.arguments, keywords, made.complete and merged is not None
    )


def value_source(module: Module, expression: Expr | None, scope: str, depth: int = 0) -> ValueSource:
    """Return who computes a column default: Python, or the database in the statement."""
    if expression is None:
        return ValueSource.NONE
    if depth > _DEPTH:
        return ValueSource.UNKNOWN
    match expression:
        case Constant(value=None):
            return ValueSource.NONE
        case Lambda():
            return ValueSource.PYTHON
        case Call(func=func):
            return _call_source(module, func, scope, depth)
        case Name() | Attribute():
            return _name_source(module, expression, scope, depth)
        case _:
            found = {value_source(module, child, scope, depth + 1) for child in children(expression)}
            return ValueSource.SQL if ValueSource.SQL in found else ValueSource.PYTHON


def _call_source(module: Module, func: Expr, scope: str, depth: int) -> ValueSource:
    match module.resolve(func, scope):
        case External(name=name):
            return ValueSource.SQL if _is_sql(name) else ValueSource.PYTHON
        case Class() as cls:
            return ValueSource.SQL if any(map(_is_sql, cls.external_bases)) else ValueSource.PYTHON
        case Function() as function:
            found = {
                value_source(function.module, value, function.qualname, depth + 1) for value in returned(function.body)
            }
            return ValueSource.SQL if ValueSource.SQL in found else ValueSource.PYTHON
        case _:
            # A method of an expression: ``func.now().op("+")(1)``.
            if isinstance(func, Call):
                return value_source(module, func, scope, depth + 1)
            if isinstance(func, Attribute) and dotted_name(func) is None:
                return value_source(module, func.value, scope, depth + 1)
            return ValueSource.UNKNOWN


def _name_source(module: Module, expression: Expr, scope: str, depth: int) -> ValueSource:
    match module.resolve(expression, scope):
        case External(name=name):
            return ValueSource.SQL if _is_sql(name) else ValueSource.PYTHON
        case Function() | Class():
            return ValueSource.PYTHON
        case Variable(value=value) as variable if value is not None:
            return value_source(variable.module, value, "", depth + 1)
        case _:
            return ValueSource.UNKNOWN


def _is_sql(name: str) -> bool:
    return name.startswith(("sqlalchemy.", "sqlmodel."))
