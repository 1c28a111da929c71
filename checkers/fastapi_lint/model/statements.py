"""What statements select and load, and what running the legacy Query gives."""

from typing import TYPE_CHECKING, Final

from msgspec import structs

from fastapi_lint.facts.expressions import Call
from fastapi_lint.model.results import FETCHING, result_method, result_of_query
from fastapi_lint.model.substitution import passed_loads
from fastapi_lint.model.values import (
    UNKNOWN,
    ClassObject,
    EntityOrigin,
    Instance,
    Loads,
    MappedAttribute,
    Statement,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator

STATEMENTS: Final = {
    "sqlalchemy.select": "select",
    "sqlmodel.select": "select",
    "sqlalchemy.insert": "insert",
    "sqlalchemy.update": "update",
    "sqlalchemy.delete": "delete",
    "sqlalchemy.dialects.postgresql.insert": "insert",
    "sqlalchemy.dialects.sqlite.insert": "insert",
    "sqlalchemy.dialects.mysql.insert": "insert",
    "sqlalchemy.text": "text",
}
"""The functions that begin a statement, and its kind."""
_ENDS_STATEMENT: Final = frozenset(
    {"subquery", "cte", "alias", "scalar_subquery", "exists", "compile", "lateral", "label", "as_scalar", "count", "c"}
    | {"selected_columns", "column_descriptions"}
)


def statement_method(
    evaluator: "Evaluator", node: Call, statement: Statement, method: str, arguments: tuple[Value, ...]
) -> Value:
    """Return what a method of a statement makes of it."""
    if method == "options":
        loads = statement.loads
        for value in arguments:
            loads = loads.joined(passed_loads(value))
        return structs.replace(statement, loads=loads, place=evaluator.frame.place(node))
    if method in {"returning", "with_only_columns", "with_entities", "add_columns"}:
        kept = statement.entities if method == "add_columns" else ()
        return structs.replace(statement, entities=(*kept, *map(selection, arguments)))
    if statement.kind == "query":
        executed = _executed_query(evaluator, node, statement, method)
        if executed is not None:
            return executed
    if method in _ENDS_STATEMENT:
        return UNKNOWN
    return statement


def _executed_query(evaluator: "Evaluator", node: Call, query: Statement, method: str) -> Value | None:
    """Return what a method of the legacy Query gives that runs it; None for one that only builds it."""
    session = query.session or UNKNOWN
    if method in {"update", "delete"}:
        evaluator.unit_of_work.session_effect(node, "write", session)
        return Instance("builtins.int")
    if method not in FETCHING | {"get", "count"}:
        return None
    evaluator.unit_of_work.session_effect(node, "execute", session)
    if method == "count":
        return Instance("builtins.int")
    return result_method(evaluator, node, result_of_query(query), "one_or_none" if method == "get" else method, ())


def as_statement(value: Value) -> Statement:
    """Return the statement that a session runs, an unknown one where it may be something else."""
    found = [item for item in alternatives(value) if isinstance(item, Statement)]
    if len(found) == len(alternatives(value)) and found:
        first = found[0]
        loads = first.loads
        for other in found[1:]:
            loads = loads.joined(other.loads)
        return structs.replace(first, loads=loads)
    return Statement("unknown", (), Loads(complete=False))


def selection(value: Value) -> Value:
    """Return what selecting a value yields: an instance of a class, the value of a column."""
    match value:
        case ClassObject(of="builtins.type", arguments=(variable,)):
            return variable
        case ClassObject(of=of, arguments=arguments):
            return Instance(of, arguments)
        case Instance(origin=EntityOrigin()):
            return Instance(value.of, value.arguments)
        case MappedAttribute():
            return value
        case _:
            return UNKNOWN
