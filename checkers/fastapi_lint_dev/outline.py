"""Which function and which statement a row of a Python file belongs to.

The replay of known defects decides with it whether a finding speaks of the defect or of its neighbour.
"""

import ast
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from fastapi_lint.facts.lowering import lower
from fastapi_lint_dev.rows import RowRange

MODULE = "<module>"

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Region(Struct, frozen=True):
    """A function, a class or a statement of the module: its qualified name and its rows, decorators included."""

    name: str
    rows: RowRange


class Outline(Struct, frozen=True):
    """The functions, classes and statements of one file."""

    functions: tuple[Region, ...]
    classes: tuple[Region, ...]
    statements: tuple[RowRange, ...]

    def region(self, row: int) -> Region:
        """Return the innermost function that holds a row, else the innermost class, else the module's statement."""
        for regions in (self.functions, self.classes):
            around = [region for region in regions if row in region.rows]
            if around:
                return min(around, key=lambda region: region.rows.length)
        return Region(MODULE, self.statement(row))

    def statement(self, row: int) -> RowRange:
        """Return the rows of the innermost statement that holds a row; of a compound one only the header."""
        around = [rows for rows in self.statements if row in rows]
        return min(around, key=lambda rows: rows.length) if around else RowRange(row, row)


def outline(source: bytes) -> Outline:
    """Return the outline of a source text; its syntax may be newer than the running interpreter.

    Raises:
        SyntaxError: the text is broken.

    """
    functions: list[Region] = []
    classes: list[Region] = []
    statements: list[RowRange] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            inside = prefix
            if isinstance(child, ast.stmt):
                statements.append(_own_rows(child))
            if isinstance(child, _Scope):
                region = Region(f"{prefix}{child.name}", RowRange(_first_row(child), child.end_lineno or child.lineno))
                (classes if isinstance(child, ast.ClassDef) else functions).append(region)
                inside = f"{region.name}."
            visit(child, inside)

    try:
        tree = ast.parse(source)
    except SyntaxError:
        tree = lower(source).tree()
    visit(tree, "")
    return Outline(tuple(functions), tuple(classes), tuple(statements))


@lru_cache(maxsize=512)
def outline_of(path: Path) -> Outline | None:
    """Return the outline of a file, or none where there is no such file or it does not parse."""
    try:
        return outline(path.read_bytes())
    except (FileNotFoundError, SyntaxError, ValueError):
        return None


def _first_row(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, _Scope) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _own_rows(node: ast.stmt) -> RowRange:
    """Return the rows of a statement up to the first statement inside it."""
    first, last = _first_row(node), node.end_lineno or node.lineno
    inner = [row for child in ast.iter_child_nodes(node) if (row := _first_inner_row(child)) is not None]
    return RowRange(first, max(first, min(inner) - 1) if inner else last)


def _first_inner_row(node: ast.AST) -> int | None:
    match node:
        case ast.stmt():
            return _first_row(node)
        case ast.excepthandler():
            return node.lineno
        case ast.match_case():
            return node.pattern.lineno
        case _:
            return None
