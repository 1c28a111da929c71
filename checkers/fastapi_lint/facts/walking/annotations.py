"""Builds annotations: expressions in which a string is code, and ``|`` joins types."""

import ast

from fastapi_lint.facts.expressions import Attribute, BinaryOperation, Expr, Sequence, Subscript
from fastapi_lint.facts.walking.expressions import EXPRESSIONS, expression
from fastapi_lint.facts.walking.walk import Walk


def annotation(walk: Walk, node: ast.expr) -> Expr:
    """Build an annotation: a string in it is code, except as a literal or as metadata."""
    match node:
        case ast.Constant(value=str(text)):
            return _string_annotation(walk, node, text)
        case ast.Subscript():
            value = expression(walk, node.value)
            return Subscript(*walk.where(node), value, _annotation_arguments(walk, value, node.slice))
        case ast.BinOp(op=ast.BitOr()):
            left, right = annotation(walk, node.left), annotation(walk, node.right)
            return BinaryOperation(*walk.where(node), left, "|", right)
        case _:
            return expression(walk, node)


def _annotation_arguments(walk: Walk, container: Expr, node: ast.expr) -> Expr:
    tail = container.attr if isinstance(container, Attribute) else getattr(container, "id", "")
    if tail == "Literal":
        return expression(walk, node)
    if not isinstance(node, ast.Tuple):
        return annotation(walk, node)
    if tail == "Annotated":
        items = [annotation(walk, node.elts[0]), *(expression(walk, item) for item in node.elts[1:])]
    else:
        items = [annotation(walk, item) for item in node.elts]
    return Sequence(*walk.where(node), "tuple", tuple(items))


def _string_annotation(walk: Walk, node: ast.Constant, text: str) -> Expr:
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return EXPRESSIONS[ast.Constant](walk, node)
    for inner in ast.walk(parsed):
        ast.copy_location(inner, node)
    return annotation(walk, parsed)
