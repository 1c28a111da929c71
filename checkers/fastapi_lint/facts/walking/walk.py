"""One walk over a file: what it has found so far, and where it is."""

import ast
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any

from fastapi_lint.facts.schema import ClassFacts, FunctionFacts, Import
from fastapi_lint.facts.statements import Stmt

Builders = dict[type, Callable[["Walk", Any], Stmt]]
"""What builds a statement, by the type of its node."""


class Walk:
    """A stack of scopes says whose imports, methods, calls and yields are being seen."""

    def __init__(self, source: bytes, lowered_type_parameters: dict[int, tuple[str, ...]], builders: Builders) -> None:
        self.source = source
        self.lowered_type_parameters = lowered_type_parameters
        # Index 1 is the first line, so that a node's line number needs no correction.
        rows = source.splitlines(keepends=True)
        self.starts = [0, 0, *accumulate(map(len, rows))]
        self.lines = len(rows) if source.endswith((b"\n", b"\r")) else max(len(rows) - 1, 0)
        self.imports: list[Import] = []
        self.classes: list[ClassFacts] = []
        self.functions: list[FunctionFacts] = []
        self.scopes: list[tuple[str, bool]] = [("", False)]
        self.calls: list[set[str]] = [set()]
        self.methods: list[list[str]] = []
        self.yields: list[bool] = [False]
        self.type_checking = 0
        self.guarded = 0
        self._builders = builders

    def where(self, node: Any) -> tuple[int, int]:
        """Return the byte offsets at which a node starts and ends."""
        starts = self.starts
        return starts[node.lineno] + node.col_offset, starts[node.end_lineno] + node.end_col_offset

    def statements(self, nodes: Iterable[ast.stmt]) -> tuple[Stmt, ...]:
        """Build the statements of a body; a constant that stands alone is a docstring, or nothing."""
        table = self._builders
        return tuple(
            [
                table[type(node)](self, node)
                for node in nodes
                if type(node) is not ast.Expr or type(node.value) is not ast.Constant
            ]
        )
