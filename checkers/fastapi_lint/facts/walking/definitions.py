"""Builds the facts of functions and classes; in the body around them only a ``Define`` is left."""

import ast
import re
from typing import Any, Final

import msgspec

from fastapi_lint.facts.expressions import Keyword
from fastapi_lint.facts.schema import ClassFacts, FunctionFacts, Parameter
from fastapi_lint.facts.statements import Define, Stmt
from fastapi_lint.facts.walking.annotations import annotation
from fastapi_lint.facts.walking.expressions import EXPRESSIONS, expression
from fastapi_lint.facts.walking.walk import Builders, Walk

_KEYWORDS: Final = re.compile(rb"(?:async[ \t\f\\\r\n]+)?(?:def|class)[ \t\f\\\r\n]+")
"""What stands in front of the name; a backslash may break the line."""
_encoder = msgspec.msgpack.Encoder()

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def _function(walk: Walk, node: _FunctionNode) -> Stmt:
    parent, in_class = walk.scopes[-1]
    qualname = _qualified(parent, in_class, node.name)
    if in_class:
        walk.methods[-1].append(qualname)
    decorators = tuple([expression(walk, item) for item in node.decorator_list])
    parameters = _parameters(walk, node.args)
    returns = None if node.returns is None else annotation(walk, node.returns)
    walk.scopes.append((qualname, False))
    walk.calls.append(set())
    walk.yields.append(False)
    body = walk.statements(node.body)
    walk.scopes.pop()
    called = walk.calls.pop()
    start, end = walk.where(node)
    walk.functions.append(
        FunctionFacts(
            qualname=qualname,
            parent=parent,
            owner=parent if in_class else "",
            parameters=parameters,
            decorators=decorators,
            returns=returns,
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=walk.yields.pop(),
            called=tuple(sorted(called)),
            type_parameters=_type_parameters(walk, node),
            start=start,
            end=end,
            name_start=_name_start(walk, node),
            body=msgspec.Raw(_encoder.encode(body)),
        )
    )
    return Define(start, end, qualname, is_class=False)


def _class(walk: Walk, node: ast.ClassDef) -> Stmt:
    parent, in_class = walk.scopes[-1]
    qualname = _qualified(parent, in_class, node.name)
    decorators = tuple([expression(walk, item) for item in node.decorator_list])
    bases = tuple([expression(walk, item) for item in node.bases])
    keywords = tuple([Keyword(item.arg, expression(walk, item.value)) for item in node.keywords])
    walk.scopes.append((qualname, True))
    walk.methods.append([])
    body = walk.statements(node.body)
    walk.scopes.pop()
    start, end = walk.where(node)
    walk.classes.append(
        ClassFacts(
            qualname=qualname,
            parent=parent,
            bases=bases,
            keywords=keywords,
            decorators=decorators,
            methods=tuple(walk.methods.pop()),
            type_parameters=_type_parameters(walk, node),
            start=start,
            end=end,
            name_start=_name_start(walk, node),
            body=msgspec.Raw(_encoder.encode(body)),
        )
    )
    return Define(start, end, qualname, is_class=True)


def _name_start(walk: Walk, node: _FunctionNode | ast.ClassDef) -> int:
    start, _ = walk.where(node)
    keywords = _KEYWORDS.match(walk.source, start)
    return start if keywords is None else keywords.end()


def _type_parameters(walk: Walk, node: Any) -> tuple[str, ...]:
    native = getattr(node, "type_params", None)
    if native:
        return tuple(item.name for item in native)
    return walk.lowered_type_parameters.get(node.lineno, ())


def _parameters(walk: Walk, arguments: ast.arguments) -> tuple[Parameter, ...]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults.extend(arguments.defaults)
    only = len(arguments.posonlyargs)
    found = [
        _parameter(walk, item, "positional-only" if index < only else "positional", default)
        for index, (item, default) in enumerate(zip(positional, defaults, strict=True))
    ]
    if arguments.vararg is not None:
        found.append(_parameter(walk, arguments.vararg, "*", None))
    found.extend(
        _parameter(walk, item, "keyword", default)
        for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    if arguments.kwarg is not None:
        found.append(_parameter(walk, arguments.kwarg, "**", None))
    return tuple(found)


def _parameter(walk: Walk, node: Any, kind: str, default: ast.expr | None) -> Parameter:
    starts, given = walk.starts, node.annotation
    return Parameter(
        node.arg,
        kind,
        None if given is None else annotation(walk, given),
        None if default is None else EXPRESSIONS[type(default)](walk, default),
        starts[node.lineno] + node.col_offset,
        starts[node.end_lineno] + node.end_col_offset,
    )


def _qualified(parent: str, in_class: bool, name: str) -> str:  # noqa: FBT001 - half of a scope
    if not parent:
        return name
    return f"{parent}.{name}" if in_class else f"{parent}.<locals>.{name}"


DEFINITIONS: Final[Builders] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
