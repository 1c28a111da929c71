"""Statements as frozen values; a nested function or class is a reference to its own facts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr, Node


class Evaluate(Node, frozen=True, tag=100):
    """An expression used as a statement."""

    value: Expr


class Assign(Node, frozen=True, tag=101):
    """``target = other = value``."""

    targets: tuple[Expr, ...]
    value: Expr


class Annotate(Node, frozen=True, tag=102):
    """``target: annotation = value``."""

    target: Expr
    annotation: Expr
    value: Expr | None


class Augment(Node, frozen=True, tag=103):
    """``target operator= value``."""

    target: Expr
    operator: str
    value: Expr


class Return(Node, frozen=True, tag=104):
    """``return value``."""

    value: Expr | None


class Raise(Node, frozen=True, tag=105):
    """``raise exception from cause``."""

    exception: Expr | None
    cause: Expr | None


class Delete(Node, frozen=True, tag=106):
    """``del targets``."""

    targets: tuple[Expr, ...]


class If(Node, frozen=True, tag=107):
    """``if test: body else: orelse``."""

    test: Expr
    body: tuple["Stmt", ...]
    orelse: tuple["Stmt", ...]


class While(Node, frozen=True, tag=108):
    """``while test: body else: orelse``."""

    test: Expr
    body: tuple["Stmt", ...]
    orelse: tuple["Stmt", ...]


class For(Node, frozen=True, tag=109):
    """``for target in iter: body else: orelse``, also ``async for``."""

    target: Expr
    iter: Expr
    body: tuple["Stmt", ...]
    orelse: tuple["Stmt", ...]
    is_async: bool


class WithItem(Struct, frozen=True, array_like=True, gc=False, eq=False):
    """One ``context as target`` of a ``with``."""

    context: Expr
    target: Expr | None


class With(Node, frozen=True, tag=110):
    """``with items: body``, also ``async with``."""

    items: tuple[WithItem, ...]
    body: tuple["Stmt", ...]
    is_async: bool


class Handler(Node, frozen=True, tag=111):
    """``except type as name: body``; ``type`` is None for a bare ``except``."""

    type: Expr | None
    name: str | None
    body: tuple["Stmt", ...]


class Try(Node, frozen=True, tag=112):
    """``try: body except ...: else: orelse finally: final``."""

    body: tuple["Stmt", ...]
    handlers: tuple[Handler, ...]
    orelse: tuple["Stmt", ...]
    final: tuple["Stmt", ...]


class Case(Struct, frozen=True, array_like=True, gc=False, eq=False):
    """One ``case``: the names its pattern binds, the classes it tests, its guard and its body."""

    names: tuple[str, ...]
    classes: tuple[Expr, ...]
    guard: Expr | None
    body: tuple["Stmt", ...]
    is_wildcard: bool


class Match(Node, frozen=True, tag=113):
    """``match subject: cases``."""

    subject: Expr
    cases: tuple[Case, ...]


class Assert(Node, frozen=True, tag=114):
    """``assert test, message``."""

    test: Expr
    message: Expr | None


class Define(Node, frozen=True, tag=115):
    """A function or a class defined here; its facts are found by its qualified name."""

    qualname: str
    is_class: bool


class Jump(Node, frozen=True, tag=116):
    """``pass``, ``break`` or ``continue``."""

    kind: str


class Declare(Node, frozen=True, tag=117):
    """``global names`` or ``nonlocal names``."""

    names: tuple[str, ...]
    is_global: bool


class ImportHere(Node, frozen=True, tag=118):
    """An import inside this body: the names it binds; the facts hold what they stand for."""

    names: tuple[str, ...]


Stmt = (
    Evaluate
    | Assign
    | Annotate
    | Augment
    | Return
    | Raise
    | Delete
    | If
    | While
    | For
    | With
    | Try
    | Match
    | Assert
    | Define
    | Jump
    | Declare
    | ImportHere
)


def blocks(statement: Stmt) -> tuple[tuple[Stmt, ...], ...]:
    """Return the bodies inside a statement, in order."""
    found = _BLOCKS.get(type(statement))
    return () if found is None else found(statement)


_BLOCKS: Final[dict[type, Callable[[Any], tuple[tuple[Stmt, ...], ...]]]] = {
    If: lambda node: (node.body, node.orelse),
    While: lambda node: (node.body, node.orelse),
    For: lambda node: (node.body, node.orelse),
    With: lambda node: (node.body,),
    Try: lambda node: (node.body, *[handler.body for handler in node.handlers], node.orelse, node.final),
    Match: lambda node: tuple([case.body for case in node.cases]),
}


def walk_statements(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """Yield statements and those inside them, in order; nested functions and classes stay closed."""
    for statement in body:
        yield statement
        inside = _BLOCKS.get(type(statement))
        if inside is not None:
            for block in inside(statement):
                yield from walk_statements(block)


def expressions_of(statement: Stmt) -> tuple[Expr, ...]:
    """Return the expressions that belong to a statement itself, not to the statements inside it."""
    found = _EXPRESSIONS.get(type(statement))
    return () if found is None else found(statement)


def _present(*expressions: Expr | None) -> tuple[Expr, ...]:
    return tuple([item for item in expressions if item is not None])


_EXPRESSIONS: Final[dict[type, Callable[[Any], tuple[Expr, ...]]]] = {
    Evaluate: lambda node: (node.value,),
    Return: lambda node: _present(node.value),
    Assign: lambda node: (node.value, *node.targets),
    Annotate: lambda node: _present(node.value, node.target),
    Augment: lambda node: (node.value, node.target),
    Raise: lambda node: _present(node.exception, node.cause),
    Delete: lambda node: node.targets,
    If: lambda node: (node.test,),
    While: lambda node: (node.test,),
    For: lambda node: (node.iter, node.target),
    With: lambda node: _present(*[part for item in node.items for part in (item.context, item.target)]),
    Try: lambda node: _present(*[handler.type for handler in node.handlers]),
    Match: lambda node: _present(node.subject, *[case.guard for case in node.cases]),
    Assert: lambda node: _present(node.test, node.message),
}
