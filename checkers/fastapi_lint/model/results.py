"""What the result of a query gives: rows, entities, columns."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.model.values import (
    NONE,
    UNKNOWN,
    Collection,
    Coroutine,
    EntityOrigin,
    Instance,
    Literal,
    Loads,
    MappedAttribute,
    Place,
    Result,
    Statement,
    Value,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator

_MANY: Final = frozenset({"all", "fetchall", "fetchmany", "partitions"})
_ONE: Final = frozenset({"first", "one", "one_or_none", "fetchone"})
_SCALAR: Final = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
FETCHING: Final = _MANY | _ONE | _SCALAR
"""The methods that give rows or columns."""
_SAME_RESULT: Final = frozenset({"unique", "yield_per", "execution_options", "freeze", "tuples"})


def result_method(
    evaluator: "Evaluator", node: Call, result: Result, method: str, arguments: tuple[Value, ...]
) -> Value:
    """Return what a method of a result gives."""
    found: Value
    if method in _MANY:
        found = Collection("list", row(evaluator, result, node, many=True))
    elif method in _ONE:
        one = row(evaluator, result, node, many=False)
        found = one if method == "one" else choice(one, NONE)
    elif method in _SCALAR:
        column = first_column(evaluator, result, node)
        found = column if method == "scalar_one" else choice(column, NONE)
    elif method == "scalars":
        keeps = not arguments or arguments[0] == Literal(0)
        statement = result.statement if keeps else Statement("select", (UNKNOWN,), Loads(complete=False))
        return Result(statement, result.session, scalars=True, is_async=result.is_async)
    elif method in _SAME_RESULT:
        return result
    else:
        return UNKNOWN
    return Coroutine(found, method, evaluator.frame.place(node)) if result.is_async else found


def row(evaluator: "Evaluator", value: Result | Statement, node: Expr, *, many: bool) -> Value:
    """Return one row of a result: an entity, or a tuple of what was selected."""
    result = value if isinstance(value, Result) else result_of_query(value)
    statement = result.statement
    items = tuple(
        queried(evaluator, item, result.session, statement.loads, node, many=many, begun=statement.place)
        for item in statement.entities
    )
    if result.scalars:
        return items[0] if items else UNKNOWN
    return Collection("tuple", choice(*items), items) if items else UNKNOWN


def result_of_query(statement: Statement) -> Result:
    """Return what iterating over a statement goes through: the legacy Query is its own result."""
    match statement.entities:
        case (MappedAttribute(),):
            scalars = False  # one column comes in a row, one entity by itself
        case entities:
            scalars = len(entities) == 1
    return Result(statement, statement.session or UNKNOWN, scalars=scalars)


def first_column(evaluator: "Evaluator", result: Result, node: Expr) -> Value:
    """Return the first column of the first row."""
    statement = result.statement
    if not statement.entities:
        return UNKNOWN
    first, begun = statement.entities[0], statement.place
    return queried(evaluator, first, result.session, statement.loads, node, many=False, begun=begun)


def queried(
    evaluator: "Evaluator",
    value: Value,
    session: Value,
    loads: Loads,
    node: Expr,
    *,
    many: bool,
    begun: Place | None = None,
) -> Value:
    """Return a database object, or the value of a column, as a query through ``session`` gives it."""
    if isinstance(value, MappedAttribute):
        entity = evaluator.analyser.entity(value.of)
        is_column = entity is not None and entity.column(value.name) is not None
        return evaluator.analyser.column_value(value.of, value.name) if is_column else UNKNOWN
    if not isinstance(value, Instance) or evaluator.analyser.entity_of(value) is None:
        return value
    place = begun or evaluator.frame.place(node)
    key = f"{evaluator.frame.module.key}@{node.start}"
    return Instance(value.of, value.arguments, EntityOrigin("query", key, place, loads, session, (), many))
