"""Builds expressions: one function for each kind of node, and the table that finds it."""

import ast
from collections.abc import Callable
from typing import Any, Final

from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    Await,
    BinaryOperation,
    BooleanOperation,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expr,
    FormattedString,
    Generator,
    Keyword,
    Lambda,
    Mapping,
    Name,
    Opaque,
    Sequence,
    Slice,
    Starred,
    Subscript,
    UnaryOperation,
    Yield,
)
from fastapi_lint.facts.walking.operators import OPERATORS
from fastapi_lint.facts.walking.walk import Walk

_LONGEST_STRING: Final = 400
_INTEGER_LIMIT: Final = 1 << 63


def expression(walk: Walk, node: ast.expr) -> Expr:
    return EXPRESSIONS[type(node)](walk, node)


def optional(walk: Walk, node: ast.expr | None) -> Expr | None:
    return None if node is None else EXPRESSIONS[type(node)](walk, node)


def _name(walk: Walk, node: Any) -> Expr:
    starts = walk.starts
    start = starts[node.lineno] + node.col_offset
    return Name(start, starts[node.end_lineno] + node.end_col_offset, node.id)


def _attribute(walk: Walk, node: Any) -> Expr:
    value = node.value
    starts = walk.starts
    start = starts[node.lineno] + node.col_offset
    end = starts[node.end_lineno] + node.end_col_offset
    return Attribute(start, end, EXPRESSIONS[type(value)](walk, value), node.attr)


def _call(walk: Walk, node: Any) -> Expr:
    func = node.func
    if type(func) is ast.Attribute:
        walk.calls[-1].add(func.attr)
    elif type(func) is ast.Name:
        walk.calls[-1].add(func.id)
    table = EXPRESSIONS
    starts = walk.starts
    return Call(
        starts[node.lineno] + node.col_offset,
        starts[node.end_lineno] + node.end_col_offset,
        table[type(func)](walk, func),
        tuple([table[type(item)](walk, item) for item in node.args]) if node.args else (),
        tuple([Keyword(item.arg, table[type(item.value)](walk, item.value)) for item in node.keywords])
        if node.keywords
        else (),
    )


def _constant(walk: Walk, node: Any) -> Expr:
    starts = walk.starts
    start = starts[node.lineno] + node.col_offset
    end = starts[node.end_lineno] + node.end_col_offset
    value = node.value
    kind = type(value)
    if kind is str:
        text = value if len(value) <= _LONGEST_STRING else value[:_LONGEST_STRING]
        return Constant(start, end, text) if text.isascii() or _is_unicode(text) else Opaque(start, end, "str")
    if value is None or kind is bool or kind is float:
        return Constant(start, end, value)
    if kind is int and -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        return Constant(start, end, value)
    return Opaque(start, end, kind.__name__)


def _await(walk: Walk, node: ast.Await) -> Expr:
    value = node.value
    return Await(*walk.where(node), EXPRESSIONS[type(value)](walk, value))


def _subscript(walk: Walk, node: ast.Subscript) -> Expr:
    value, index = node.value, node.slice
    table = EXPRESSIONS
    return Subscript(*walk.where(node), table[type(value)](walk, value), table[type(index)](walk, index))


def _sequence(walk: Walk, node: ast.Tuple | ast.List | ast.Set) -> Expr:
    kind = type(node).__name__.lower()
    return Sequence(*walk.where(node), kind, tuple([expression(walk, item) for item in node.elts]))


def _mapping(walk: Walk, node: ast.Dict) -> Expr:
    keys = tuple([optional(walk, item) for item in node.keys])
    return Mapping(*walk.where(node), keys, tuple([expression(walk, item) for item in node.values]))


def _boolean(walk: Walk, node: ast.BoolOp) -> Expr:
    values = tuple([expression(walk, item) for item in node.values])
    return BooleanOperation(*walk.where(node), OPERATORS[type(node.op)], values)


def _comparison(walk: Walk, node: ast.Compare) -> Expr:
    table, left = EXPRESSIONS, node.left
    operators = tuple([OPERATORS[type(item)] for item in node.ops])
    comparators = tuple([table[type(item)](walk, item) for item in node.comparators])
    return Comparison(*walk.where(node), table[type(left)](walk, left), operators, comparators)


def _unary(walk: Walk, node: ast.UnaryOp) -> Expr:
    return UnaryOperation(*walk.where(node), OPERATORS[type(node.op)], expression(walk, node.operand))


def _binary(walk: Walk, node: ast.BinOp) -> Expr:
    left, right = expression(walk, node.left), expression(walk, node.right)
    return BinaryOperation(*walk.where(node), left, OPERATORS[type(node.op)], right)


def _conditional(walk: Walk, node: ast.IfExp) -> Expr:
    parts = (expression(walk, node.test), expression(walk, node.body), expression(walk, node.orelse))
    return Conditional(*walk.where(node), *parts)


def _lambda(walk: Walk, node: ast.Lambda) -> Expr:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    names = tuple(item.arg for item in (*named, *rest))
    walk.yields.append(False)
    body = expression(walk, node.body)
    walk.yields.pop()
    return Lambda(*walk.where(node), names, body)


def _comprehension(walk: Walk, node: Any) -> Expr:
    kind = _COMPREHENSIONS[type(node)]
    generators = tuple(
        [
            Generator(
                expression(walk, item.target),
                expression(walk, item.iter),
                tuple([expression(walk, test) for test in item.ifs]),
                bool(item.is_async),
            )
            for item in node.generators
        ]
    )
    key = expression(walk, node.key) if kind == "dict" else None
    element = expression(walk, node.value if kind == "dict" else node.elt)
    return Comprehension(*walk.where(node), kind, key, element, generators)


def _formatted_string(walk: Walk, node: Any) -> Expr:
    parts: list[Expr] = []
    for item in node.values:
        if isinstance(item, ast.Constant):
            parts.append(_constant(walk, item))
            continue
        parts.append(expression(walk, item.value))
        if item.format_spec is not None:
            parts.append(expression(walk, item.format_spec))
    return FormattedString(*walk.where(node), tuple(parts))


def _formatted_value(walk: Walk, node: ast.FormattedValue) -> Expr:
    return FormattedString(*walk.where(node), (expression(walk, node.value),))


def _starred(walk: Walk, node: ast.Starred) -> Expr:
    value = node.value
    return Starred(*walk.where(node), EXPRESSIONS[type(value)](walk, value))


def _yield(walk: Walk, node: ast.Yield) -> Expr:
    walk.yields[-1] = True
    return Yield(*walk.where(node), optional(walk, node.value), is_from=False)


def _yield_from(walk: Walk, node: ast.YieldFrom) -> Expr:
    walk.yields[-1] = True
    return Yield(*walk.where(node), expression(walk, node.value), is_from=True)


def _assignment(walk: Walk, node: ast.NamedExpr) -> Expr:
    target = Name(*walk.where(node.target), node.target.id)
    return Assignment(*walk.where(node), target, expression(walk, node.value))


def _slice(walk: Walk, node: ast.Slice) -> Expr:
    parts = (optional(walk, node.lower), optional(walk, node.upper), optional(walk, node.step))
    return Slice(*walk.where(node), *parts)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_COMPREHENSIONS: Final[dict[type, str]] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}

EXPRESSIONS: Final[dict[type, Callable[[Walk, Any], Expr]]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Await: _await,
    ast.Subscript: _subscript,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.JoinedStr: _formatted_string,
    ast.FormattedValue: _formatted_value,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _assignment,
    ast.Slice: _slice,
}
# What only newer interpreters have.
for _newer, _build in (("TemplateStr", _formatted_string), ("Interpolation", _formatted_value)):
    if hasattr(ast, _newer):
        EXPRESSIONS[getattr(ast, _newer)] = _build
