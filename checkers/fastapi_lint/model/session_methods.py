"""What the methods of a session give, and what they do to it."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Call
from fastapi_lint.model.offloading import offloaded
from fastapi_lint.model.results import first_column, queried
from fastapi_lint.model.sessions import ASYNC_SESSION
from fastapi_lint.model.statements import as_statement, selection
from fastapi_lint.model.substitution import passed_loads
from fastapi_lint.model.values import (
    NONE,
    NOTHING,
    UNKNOWN,
    Collection,
    Coroutine,
    Instance,
    Literal,
    Loads,
    Result,
    Statement,
    Unknown,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.evaluation import Evaluator


def session_method(
    evaluator: "Evaluator",
    node: Call,
    session: Instance,
    method: str,
    arguments: tuple[Value, ...],
    keywords: dict[str, Value],
) -> Value:
    """Return what calling a method of a session gives; changes the frame as the call would."""
    work = evaluator.unit_of_work
    first = arguments[0] if arguments else keywords.get("instance", keywords.get("statement", UNKNOWN))
    match method:
        case "execute" | "exec" | "scalars" | "scalar" | "stream" | "stream_scalars":
            statement = as_statement(first)
            work.session_effect(node, "execute", session)
            if statement.kind in {"insert", "update", "delete"}:
                work.session_effect(node, "write", session)
            elif statement.kind == "text" or isinstance(first, Unknown):
                work.session_effect(node, "unknown", session)
            scalars = method in {"scalars", "stream_scalars"} or (method == "exec" and len(statement.entities) == 1)
            result = Result(statement, session, scalars=scalars, is_async=method.startswith("stream"))
            if method == "scalar":
                return choice(first_column(evaluator, result, node), NONE)
            return result
        case "get" | "get_one" | "merge":
            work.session_effect(node, "write" if method == "merge" else "execute", session)
            loads = passed_loads(keywords.get("options", NOTHING))
            found = queried(evaluator, selection(first), session, loads, node, many=False)
            return choice(found, NONE) if method == "get" else found
        case "query":
            entities = tuple(selection(item) for item in arguments)
            return Statement("query", entities, Loads(), session, evaluator.frame.place(node))
        case "refresh":
            work.session_effect(node, "execute", session)
            work.refresh(first, _strings(arguments[1] if len(arguments) > 1 else keywords.get("attribute_names")))
        case "add" | "add_all" | "delete":
            work.session_effect(node, "stage", session)
            work.attach(first, session)
        case "bulk_save_objects" | "bulk_insert_mappings" | "bulk_update_mappings":
            work.session_effect(node, "write", session)
        case "flush" | "commit" | "rollback":
            work.session_effect(node, method, session)
        case "expire" | "expire_all" | "expunge" | "expunge_all" | "close":
            work.session_effect(node, method, session)
        case "begin" | "begin_nested":
            kind = "SessionTransaction" if method == "begin" else "NestedTransaction"
            return Instance(f"sqlalchemy.orm.{kind}", (session,))
        case "run_sync":
            done = offloaded(evaluator.analyser, evaluator.frame, node, f"{ASYNC_SESSION}.run_sync", arguments)
            return done.result if isinstance(done, Coroutine) else UNKNOWN
        case "connection":
            return evaluator.analyser.library.returned(evaluator, node, f"{ASYNC_SESSION}.connection", None)
        case _:
            return UNKNOWN
    return NONE


def _strings(value: Value | None) -> frozenset[str] | None:
    """Return the names in a literal list of strings; None where nothing was passed."""
    if value is None or value == NONE:
        return None
    if isinstance(value, Collection):
        items = value.items or alternatives(value.element)
        return frozenset(item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str))
    return frozenset()
