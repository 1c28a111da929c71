"""A module in older syntax, and its tree with every node at its place in the source."""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from msgspec import Struct

from fastapi_lint.facts.lowering.failure import LoweringError, line_starts
from fastapi_lint.facts.lowering.headers import TypeParams
from fastapi_lint.facts.lowering.pieces import Hole, Piece, Rendered, moved_rows, render


class Lowered(Struct, frozen=True):
    """A module cut into pieces of older syntax: the first is the module, the others are expressions inside of it."""

    original: bytes
    pieces: tuple[Piece, ...]
    type_params: tuple[TypeParams, ...]

    @property
    def source(self) -> bytes:
        """Return the module in older syntax, with ``_`` for each expression that has a piece of its own."""
        return render(self.original, self.pieces[0]).text

    def tree(self) -> ast.Module:
        """Return the syntax tree of the module; rows and columns are those of the original.

        Raises:
            LoweringError: the module is broken.
            RecursionError, MemoryError: it is nested too deeply for the interpreter.

        """
        source = _Source(self.original)
        parsed = [_ParsedPiece(source, piece) for piece in self.pieces]
        values = [item.value() for item in parsed]
        for item in parsed:
            item.fill(values)
        module = parsed[0].root
        assert isinstance(module, ast.Module)
        return module


class _Source:
    """The original bytes and where their rows begin."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = line_starts(data)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the row, counted from 1, and the byte column, counted from 0."""
        row = bisect_right(self.starts, offset)
        return row, offset - self.starts[row - 1]


class _ParsedPiece:
    """The tree of one piece, its nodes at their places in the source, and the fields that wait for expressions."""

    def __init__(self, source: _Source, piece: Piece) -> None:
        self._source = source
        self._piece = piece
        self._rendered = render(source.data, piece)
        text = self._rendered.text
        self._text = text if piece.is_module else b"(" + text + b")"
        self._shift = 0 if piece.is_module else 1
        self._starts = line_starts(self._text)
        self.root = self._parse()
        self._waiting: list[tuple[ast.JoinedStr, dict[int, Hole]]] = []
        rows = moved_rows(source.data, piece) if piece.is_module else None
        if rows is None or rows or self._rendered.holes:
            self._walk(rows)

    def _parse(self) -> ast.Module | ast.Expression:
        text = self._text.decode()
        try:
            if self._piece.is_module:
                return ast.parse(text)
            return ast.parse(text, mode="eval")
        except SyntaxError as error:
            raise self._located(error) from None
        except ValueError as error:  # a null byte
            raise LoweringError(str(error), 1, 1) from None

    def _located(self, error: SyntaxError) -> LoweringError:
        """Return the error at its place in the source."""
        row = min(max(error.lineno or 1, 1), len(self._starts))
        end = self._starts[row] if row < len(self._starts) else len(self._text)
        line = self._text[self._starts[row - 1] : end].decode("utf-8", "replace")
        before = len(line[: max((error.offset or 1) - 1, 0)].encode())
        offset = self._starts[row - 1] + before
        return LoweringError.at(error.msg, self._source.data, self._origin(offset, is_end=False))

    def value(self) -> ast.expr | None:
        """Return the expression of a piece that is one."""
        return self.root.body if isinstance(self.root, ast.Expression) else None

    def fill(self, values: list[ast.expr | None]) -> None:
        """Put the expressions of other pieces in place of the names that stand for them."""
        for joined, holes in self._waiting:
            parts: list[ast.expr] = []
            for part in joined.values:
                hole = holes.get(id(part))
                if hole is not None and isinstance(part, ast.FormattedValue):
                    value = values[hole.piece]
                    assert value is not None
                    part.value = value
                    if hole.shown is not None:
                        _show(part, hole, hole.shown, parts)
                parts.append(part)
            joined.values = parts

    def _walk(self, rows: frozenset[int] | None) -> None:
        """Move nodes to their places in the source, those that touch the given rows or all, and find the fields."""
        holes = {self._place_in_text(offset): hole for offset, hole in self._rendered.holes}
        if holes:
            for node in _nodes(self.root):
                if type(node) is ast.JoinedStr:
                    self._find_holes(node, holes)
        if holes:
            raise self._unfilled(next(iter(holes)))
        if rows is None or rows:
            for node in _nodes(self.root, rows):
                if hasattr(node, "lineno"):
                    self._move(node, rows)

    def _find_holes(self, node: ast.JoinedStr, holes: dict[tuple[int, int], Hole]) -> None:
        found: dict[int, Hole] = {}
        for item in node.values:
            if isinstance(item, ast.FormattedValue) and type(item.value) is ast.Name:
                hole = holes.pop((item.value.lineno, item.value.col_offset), None)
                if hole is not None:
                    found[id(item)] = hole
        if found:
            self._waiting.append((node, found))

    def _move(self, node: ast.AST, rows: frozenset[int] | None) -> None:
        located: ast.expr = node  # type: ignore[assignment]  # anything that has a place
        end_row, end_column = located.end_lineno, located.end_col_offset
        if rows is not None and located.lineno not in rows and end_row not in rows:
            return
        offset = self._starts[located.lineno - 1] + located.col_offset
        located.lineno, located.col_offset = self._source.place(self._origin(offset, is_end=False))
        if end_row is not None and end_column is not None:
            offset = self._starts[end_row - 1] + end_column
            located.end_lineno, located.end_col_offset = self._source.place(self._origin(offset, is_end=True))

    def _place_in_text(self, offset: int) -> tuple[int, int]:
        offset += self._shift
        row = bisect_right(self._starts, offset)
        return row, offset - self._starts[row - 1]

    def _origin(self, offset: int, *, is_end: bool) -> int:
        rendered: Rendered = self._rendered
        inside = min(max(offset - self._shift, 0), len(rendered.text))
        return rendered.origin_of_end(inside) if is_end else rendered.origin_of_start(inside)

    def _unfilled(self, place: tuple[int, int]) -> LoweringError:
        offset = self._starts[place[0] - 1] + place[1]
        message = "this interpreter does not say where the fields of this f-string are"
        return LoweringError.at(message, self._source.data, self._origin(offset, is_end=False))


def _show(value: ast.FormattedValue, hole: Hole, shown: str, before: list[ast.expr]) -> None:
    """Do what ``=`` does in a field: its text stands in front of the value, and the value is shown by ``repr``."""
    if hole.plain:
        value.conversion = ord("r")
    last = before[-1] if before else None
    if isinstance(last, ast.Constant) and isinstance(last.value, str):
        last.value += shown
    else:
        before.append(ast.copy_location(ast.Constant(shown), value))


def _nodes(root: ast.AST, rows: frozenset[int] | None = None) -> Iterator[ast.AST]:
    """Yield every node below a root, without recursion; statements that touch none of the rows stay closed."""
    touched = None if rows is None else sorted(rows)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if touched is not None and isinstance(node, ast.stmt) and not _touches(node, touched):
            continue
        yield node
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                waiting += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)


def _touches(statement: ast.stmt, rows: list[int]) -> bool:
    """Return whether one of the rows, which are in order, lies on a statement or its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(item.lineno for item in decorators)])
    index = bisect_left(rows, first)
    return index < len(rows) and rows[index] <= (statement.end_lineno or first)
