"""What the analyser reads from a syntax tree, with rows and columns, in a form that two interpreters can compare.

Run as a program, by any Python, it prints the outlines of the files it is given; ``null`` for one that does not parse.
"""

import ast
import json
import sys
import warnings
from pathlib import Path

Row = tuple[int, int, int, int, str, str]

# An f-string is left out: older versions give the literal in its format specification the place of the whole string.
_NAMES_OF = {
    "Name": "id",
    "Attribute": "attr",
    "Call": "",
    "Subscript": "",
    "Await": "",
    "BinOp": "",
    "Compare": "",
    "Dict": "",
    "List": "",
    "Lambda": "",
    "FunctionDef": "name",
    "AsyncFunctionDef": "name",
    "ClassDef": "name",
    "arg": "arg",
    "keyword": "arg",
    "alias": "name",
    "ExceptHandler": "name",
    "Assign": "",
    "TypeAlias": "",
    "Expr": "",
    "If": "",
    "Try": "",
    "TryStar": "",
    "Return": "",
    "Import": "",
    "ImportFrom": "module",
}


def outline(tree: ast.AST) -> list[Row]:
    """Return the named nodes of a tree, sorted by place; type parameters are no part of it."""
    rows: list[Row] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if kind in _NAMES_OF:
            name = getattr(node, _NAMES_OF[kind]) if _NAMES_OF[kind] else ""
            shown = "Assign" if kind == "TypeAlias" else kind
            place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
            rows.append((*place, shown, name or ""))
        for field in node._fields:
            value = getattr(node, field, None)
            if field == "type_params":
                continue
            if isinstance(value, list):
                waiting += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return sorted(rows)


def native_outline(path: Path) -> list[Row] | None:
    """Return the outline of a file as this interpreter's own parser sees it."""
    try:
        return outline(ast.parse(path.read_bytes()))
    except (SyntaxError, ValueError):
        return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump([native_outline(Path(argument)) for argument in sys.argv[1:]], sys.stdout)
