"""Calls in a loop that cannot be made for all items at once, or that hardly any item makes."""

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi_lint.facts.expressions import (
    Attribute,
    Call,
    Comparison,
    Constant,
    Expr,
    Mapping,
    Name,
    Sequence,
    Starred,
    Subscript,
    bound_names,
    walk,
)
from fastapi_lint.facts.statements import (
    Annotate,
    Assign,
    Augment,
    For,
    If,
    Jump,
    Raise,
    Return,
    Stmt,
    Try,
    With,
    expressions_of,
    walk_statements,
)
from fastapi_lint.model.events import CallSite, Loop
from fastapi_lint.model.values import Statement

_CHANGING: Final = frozenset({"append", "extend", "insert", "add", "update", "setdefault"})
_CONDITIONS: Final = frozenset({"where", "filter", "having"})


def is_rare(call: Call, loop: Loop) -> bool:
    """Return whether a call runs only after an exception, for an item that equals a constant, or for the last item."""
    if not isinstance(loop.node, For):
        return False
    for statement in walk_statements(loop.node.body):
        match statement:
            case Try(handlers=handlers):
                if any(_holds(handler.body, call) for handler in handlers):
                    return True
            case If(test=test, body=body):
                if _holds(body, call) and (_picks_one(test, loop.targets) or _ends_loop(body)):
                    return True
            case _:
                pass
    return False


def lists_few(loop: Loop, body: tuple[Stmt, ...], most: int) -> bool:
    """Return whether a loop goes over a list or mapping that its function spells out, short, and never changes."""
    match loop.iterable_node:
        case Name(id=name) | Call(func=Attribute(value=Name(id=name), attr="items" | "keys" | "values"), args=()):
            pass
        case _:
            return False
    statements = tuple(walk_statements(body))
    given = [item.value for item in statements if isinstance(item, Assign | Annotate) and name in set(_assigned(item))]
    if len(given) != 1 or any(_changes(item, name) for item in statements):
        return False
    match given[0]:
        case Sequence(items=items):
            return len(items) <= most and not any(isinstance(item, Starred) for item in items)
        case Mapping(keys=keys):
            return len(keys) <= most and None not in keys
        case _:
            return False


def _changes(statement: Stmt, name: str) -> bool:
    """Return whether a statement may put something into what a name holds, or bind the name by other means."""
    if isinstance(statement, Augment | For | With) and name in set(_assigned(statement)):
        return True
    return any(
        isinstance(item, Call)
        and isinstance(item.func, Attribute)
        and isinstance(item.func.value, Name)
        and item.func.value.id == name
        and item.func.attr in _CHANGING
        for part in expressions_of(statement)
        for item in walk(part)
    )


def follows_the_last(call: Call, loop: Loop) -> bool:
    """Return whether what a call asks for depends on what the same call gave for the item before."""
    if not isinstance(loop.node, For):
        return False
    asked = {item.id for item in walk(call) if isinstance(item, Name)}
    given: set[str] = set()
    carried: set[str] = set()
    statements = tuple(walk_statements(loop.node.body))
    while True:
        before = (len(asked), len(given))
        for statement in statements:
            # What is put into the item is gone with it.
            names = set(_assigned(statement)) - loop.targets
            if not names:
                continue
            parts = [item for part in expressions_of(statement) for item in walk(part)]
            if any(item is call or (isinstance(item, Name) and item.id in given) for item in parts):
                given |= names
                carried |= names if statement.start > call.end else set()
            if names & asked and statement.end < call.start:
                asked |= {item.id for item in parts if isinstance(item, Name)}
        if (len(asked), len(given)) == before:
            return bool(asked & carried)


def is_composed(site: CallSite, loop: Loop, calls: Iterable[CallSite]) -> bool:
    """Return whether the query itself is another one for each item: a function puts a part of it together.

    Such a function is given the item and makes a condition of it, or is given the statement beside the item.
    """
    if not isinstance(loop.node, For):
        return False
    parts, names = _what_leads_to(site.node, loop.node)
    conditions = {
        argument
        for part in parts
        if isinstance(part, Call) and isinstance(part.func, Attribute) and part.func.attr in _CONDITIONS
        for argument in part.args
    }
    return any(
        other.node in parts
        and other.node is not site.node
        and not (other.external or "").startswith("sqlalchemy.")
        and (other.node in conditions or any(isinstance(value, Statement) for value in other.values))
        and any(isinstance(item, Name) and item.id in names & loop.targets for item in walk(other.node))
        for other in calls
    )


def _what_leads_to(call: Call, loop: For) -> tuple[frozenset[Expr], frozenset[str]]:
    """Return the expressions that what a call is given is made of, and the names in them."""
    parts = set(walk(call))
    names = {item.id for item in parts if isinstance(item, Name)}
    statements = [item for item in walk_statements(loop.body) if item.start < call.start]
    while True:
        before = len(parts)
        for statement in statements:
            if names.intersection(_assigned(statement)):
                parts.update(item for part in expressions_of(statement) for item in walk(part))
                names.update(item.id for item in parts if isinstance(item, Name))
        if len(parts) == before:
            return frozenset(parts), frozenset(names)


def _picks_one(test: Expr, targets: frozenset[str]) -> bool:
    return any(
        isinstance(item, Comparison)
        and item.operators == ("==",)
        and isinstance(item.left, Name)
        and item.left.id in targets
        and isinstance(item.comparators[0], Constant)
        for item in walk(test)
    )


def _ends_loop(body: tuple[Stmt, ...]) -> bool:
    last = body[-1]
    return isinstance(last, Return | Raise) or (isinstance(last, Jump) and last.kind == "break")


def _holds(body: tuple[Stmt, ...], node: Expr) -> bool:
    return bool(body) and body[0].start <= node.start and node.end <= body[-1].end


def _assigned(statement: Stmt) -> Iterator[str]:
    """Yield the names that a statement gives a value, or puts one into."""
    match statement:
        case Assign(targets=targets):
            for target in targets:
                yield from bound_names(target)
                if isinstance(target, Subscript) and isinstance(target.value, Name):
                    yield target.value.id
        case Annotate(target=target) | Augment(target=target) | For(target=target):
            yield from bound_names(target)
        case With(items=items):
            for item in items:
                yield from bound_names(item.target) if item.target is not None else ()
        case _:
            pass
