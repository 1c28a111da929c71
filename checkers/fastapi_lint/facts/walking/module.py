"""Walks a whole file, and says what the module binds and exports."""

import ast
from collections.abc import Iterable
from typing import Final

import msgspec

from fastapi_lint.facts.expressions import Constant, Expr, Name, Sequence, Starred
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.facts.statements import Annotate, Assign, Augment, For, If, Stmt, Try, While, With
from fastapi_lint.facts.walking.definitions import DEFINITIONS
from fastapi_lint.facts.walking.imports import IMPORTS
from fastapi_lint.facts.walking.statements import STATEMENTS
from fastapi_lint.facts.walking.walk import Builders, Walk

_encoder = msgspec.msgpack.Encoder()
_BUILDERS: Final[Builders] = {**STATEMENTS, **IMPORTS, **DEFINITIONS}


def module_facts(tree: ast.Module, source: bytes, lowered_type_parameters: dict[int, tuple[str, ...]]) -> ModuleFacts:
    """Return what the tree of a file says.

    Args:
        tree: the syntax tree of the source, or of what it was lowered to.
        source: the text of the file, in which the places of the nodes count.
        lowered_type_parameters: the names that lowering took from a header, by the line of the definition.

    Raises:
        RecursionError: the code is nested too deeply.

    """
    walk = Walk(source, lowered_type_parameters, _BUILDERS)
    body = walk.statements(tree.body)
    assigned: set[str] = set()
    _bound_names(body, assigned)
    return ModuleFacts(
        imports=tuple(walk.imports),
        classes=tuple(walk.classes),
        functions=tuple(walk.functions),
        assigned=tuple(sorted(assigned)),
        exported=_exported_names(body),
        future_annotations=any(item.module == "__future__" and item.name == "annotations" for item in walk.imports),
        size=len(source),
        lines=walk.lines,
        body=msgspec.Raw(_encoder.encode(body)),
    )


def _bound_names(body: Iterable[Stmt], names: set[str]) -> None:
    """Add the names that module-level statements bind by assignment, also inside blocks."""
    for statement in body:
        match statement:
            case Assign():
                for target in statement.targets:
                    _target_names(target, names)
            case Annotate() | Augment():
                _target_names(statement.target, names)
            case For():
                _target_names(statement.target, names)
                _bound_names((*statement.body, *statement.orelse), names)
            case If() | While():
                _bound_names((*statement.body, *statement.orelse), names)
            case With():
                for item in statement.items:
                    if item.target is not None:
                        _target_names(item.target, names)
                _bound_names(statement.body, names)
            case Try():
                handled = [inner for handler in statement.handlers for inner in handler.body]
                _bound_names((*statement.body, *handled, *statement.orelse, *statement.final), names)
            case _:
                pass


def _target_names(target: Expr, names: set[str]) -> None:
    match target:
        case Name():
            names.add(target.id)
        case Sequence():
            for item in target.items:
                _target_names(item, names)
        case Starred():
            _target_names(target.value, names)
        case _:
            pass


def _exported_names(body: Iterable[Stmt]) -> tuple[str, ...] | None:
    """Return ``__all__`` where it is one literal list or tuple of strings."""
    found: tuple[str, ...] | None = None
    for statement in body:
        match statement:
            case Assign(targets=(Name(id="__all__"),), value=value) | Annotate(target=Name(id="__all__"), value=value):
                if isinstance(value, Sequence):
                    items = [item.value for item in value.items if isinstance(item, Constant)]
                    found = tuple(item for item in items if isinstance(item, str))
            case _:
                pass
    return found
