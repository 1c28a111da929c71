"""Builds import statements, and lists what they bind."""

import ast
from typing import Final

from fastapi_lint.facts.schema import Import
from fastapi_lint.facts.statements import ImportHere, Stmt
from fastapi_lint.facts.walking.walk import Builders, Walk


def _import(walk: Walk, node: ast.Import) -> Stmt:
    bound = []
    for item in node.names:
        name = item.asname or item.name.partition(".")[0]
        bound.append(name)
        _add_import(walk, item, name, item.name, None, 0)
    return ImportHere(*walk.where(node), tuple(bound))


def _import_from(walk: Walk, node: ast.ImportFrom) -> Stmt:
    bound = []
    for item in node.names:
        name = item.asname or item.name
        bound.append(name)
        _add_import(walk, item, name, node.module or "", item.name, node.level)
    return ImportHere(*walk.where(node), tuple(bound))


def _add_import(walk: Walk, node: ast.alias, bound: str, module: str, name: str | None, level: int) -> None:
    scope = walk.scopes[-1][0]
    checking, guarded = walk.type_checking > 0, walk.guarded > 0
    walk.imports.append(Import(bound, module, name, level, scope, checking, guarded, *walk.where(node)))


IMPORTS: Final[Builders] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
