"""Builds statements, those apart that bind names of modules, functions and classes."""

import ast
from typing import Any, Final

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.facts.statements import (
    Annotate,
    Assert,
    Assign,
    Augment,
    Case,
    Declare,
    Delete,
    Evaluate,
    For,
    Handler,
    If,
    Jump,
    Match,
    Raise,
    Return,
    Stmt,
    Try,
    While,
    With,
    WithItem,
)
from fastapi_lint.facts.walking.annotations import annotation
from fastapi_lint.facts.walking.expressions import EXPRESSIONS, expression, optional
from fastapi_lint.facts.walking.operators import OPERATORS
from fastapi_lint.facts.walking.walk import Builders, Walk


def _evaluate(walk: Walk, node: ast.Expr) -> Stmt:
    value = node.value
    return Evaluate(*walk.where(node), EXPRESSIONS[type(value)](walk, value))


def _assign(walk: Walk, node: ast.Assign) -> Stmt:
    table, value = EXPRESSIONS, node.value
    targets = tuple([table[type(item)](walk, item) for item in node.targets])
    return Assign(*walk.where(node), targets, table[type(value)](walk, value))


def _annotate(walk: Walk, node: ast.AnnAssign) -> Stmt:
    target = expression(walk, node.target)
    return Annotate(*walk.where(node), target, annotation(walk, node.annotation), optional(walk, node.value))


def _augment(walk: Walk, node: ast.AugAssign) -> Stmt:
    target = expression(walk, node.target)
    return Augment(*walk.where(node), target, OPERATORS[type(node.op)], expression(walk, node.value))


def _type_alias(walk: Walk, node: Any) -> Stmt:
    return Assign(*walk.where(node), (expression(walk, node.name),), annotation(walk, node.value))


def _return(walk: Walk, node: ast.Return) -> Stmt:
    return Return(*walk.where(node), optional(walk, node.value))


def _raise(walk: Walk, node: ast.Raise) -> Stmt:
    return Raise(*walk.where(node), optional(walk, node.exc), optional(walk, node.cause))


def _delete(walk: Walk, node: ast.Delete) -> Stmt:
    return Delete(*walk.where(node), tuple([expression(walk, item) for item in node.targets]))


def _if(walk: Walk, node: ast.If) -> Stmt:
    where = walk.where(node)
    test = expression(walk, node.test)
    checking = _is_type_checking(node.test)
    walk.type_checking += checking
    body = walk.statements(node.body)
    walk.type_checking -= checking
    return If(*where, test, body, walk.statements(node.orelse))


def _while(walk: Walk, node: ast.While) -> Stmt:
    test = expression(walk, node.test)
    return While(*walk.where(node), test, walk.statements(node.body), walk.statements(node.orelse))


def _for(walk: Walk, node: ast.For | ast.AsyncFor) -> Stmt:
    target, source = expression(walk, node.target), expression(walk, node.iter)
    body, orelse = walk.statements(node.body), walk.statements(node.orelse)
    return For(*walk.where(node), target, source, body, orelse, isinstance(node, ast.AsyncFor))


def _with(walk: Walk, node: ast.With | ast.AsyncWith) -> Stmt:
    items = tuple(
        [WithItem(expression(walk, item.context_expr), optional(walk, item.optional_vars)) for item in node.items]
    )
    return With(*walk.where(node), items, walk.statements(node.body), isinstance(node, ast.AsyncWith))


def _try(walk: Walk, node: Any) -> Stmt:
    walk.guarded += 1
    body = walk.statements(node.body)
    handlers = tuple([_handler(walk, item) for item in node.handlers])
    walk.guarded -= 1
    return Try(*walk.where(node), body, handlers, walk.statements(node.orelse), walk.statements(node.finalbody))


def _handler(walk: Walk, node: ast.ExceptHandler) -> Handler:
    return Handler(*walk.where(node), optional(walk, node.type), node.name, walk.statements(node.body))


def _match(walk: Walk, node: ast.Match) -> Stmt:
    subject = expression(walk, node.subject)
    return Match(*walk.where(node), subject, tuple([_case(walk, item) for item in node.cases]))


def _case(walk: Walk, node: ast.match_case) -> Case:
    names: list[str] = []
    classes: list[Expr] = []
    for pattern in ast.walk(node.pattern):
        match pattern:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                names.append(name)
            case ast.MatchClass(cls=tested):
                classes.append(expression(walk, tested))
            case _:
                pass
    wildcard = isinstance(node.pattern, ast.MatchAs) and node.pattern.pattern is None
    guard = optional(walk, node.guard)
    return Case(tuple(names), tuple(classes), guard, walk.statements(node.body), wildcard and guard is None)


def _assert(walk: Walk, node: ast.Assert) -> Stmt:
    return Assert(*walk.where(node), expression(walk, node.test), optional(walk, node.msg))


def _jump(walk: Walk, node: ast.stmt) -> Stmt:
    return Jump(*walk.where(node), type(node).__name__.lower())


def _declare(walk: Walk, node: ast.Global | ast.Nonlocal) -> Stmt:
    return Declare(*walk.where(node), tuple(node.names), isinstance(node, ast.Global))


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


STATEMENTS: Final[Builders] = {
    ast.Expr: _evaluate,
    ast.Assign: _assign,
    ast.AnnAssign: _annotate,
    ast.AugAssign: _augment,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Delete: _delete,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Assert: _assert,
    ast.Pass: _jump,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.Global: _declare,
    ast.Nonlocal: _declare,
}
if hasattr(ast, "TypeAlias"):  # from 3.12 on
    STATEMENTS[ast.TypeAlias] = _type_alias
