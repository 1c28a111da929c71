"""Expressions as frozen values: what ``ast`` says, without ``ast``.

``start`` and ``end`` are byte offsets in the UTF-8 text of the file. Values compare by identity, so that the model can
keep what it learns about one occurrence in a dictionary.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import Struct

from fastapi_lint.source import Span


class Node(Struct, frozen=True, array_like=True, gc=False, eq=False, tag_field="node_tag"):
    """What all expressions and statements share: where they stand."""

    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the byte range of the node."""
        return Span(self.start, self.end)


class Name(Node, frozen=True, tag=0):
    """A bare name that is read."""

    id: str


class Attribute(Node, frozen=True, tag=1):
    """``value.attr``; the attribute's own name ends where the node ends."""

    value: "Expr"
    attr: str

    @property
    def attr_span(self) -> Span:
        """Return the byte range of the attribute's name alone."""
        return Span(self.end - len(self.attr.encode()), self.end)


class Keyword(Struct, frozen=True, array_like=True, gc=False, eq=False):
    """``name=value`` in a call or a class header; ``name`` is None for ``**value``."""

    name: str | None
    value: "Expr"


class Call(Node, frozen=True, tag=2):
    """``func(*args, **keywords)``; a ``*sequence`` among ``args`` is a ``Starred``."""

    func: "Expr"
    args: tuple["Expr", ...]
    keywords: tuple[Keyword, ...]

    def keyword(self, name: str) -> "Expr | None":
        """Return the value passed as ``name=``, or None."""
        for keyword in self.keywords:
            if keyword.name == name:
                return keyword.value
        return None

    @property
    def has_unpacking(self) -> bool:
        """Return whether some arguments are only known at run time (``*args``, ``**kwargs``)."""
        return any(keyword.name is None for keyword in self.keywords) or any(
            isinstance(argument, Starred) for argument in self.args
        )


class Constant(Node, frozen=True, tag=3):
    """A literal None, bool, int, float or string."""

    value: str | int | float | bool | None


class Await(Node, frozen=True, tag=4):
    """``await value``."""

    value: "Expr"


class Subscript(Node, frozen=True, tag=5):
    """``value[index]``."""

    value: "Expr"
    index: "Expr"


class Sequence(Node, frozen=True, tag=6):
    """A tuple, list or set display; ``kind`` is ``tuple``, ``list`` or ``set``."""

    kind: str
    items: tuple["Expr", ...]


class Mapping(Node, frozen=True, tag=7):
    """A dict display; a key is None for ``**value``."""

    keys: tuple["Expr | None", ...]
    values: tuple["Expr", ...]


class BooleanOperation(Node, frozen=True, tag=8):
    """``a and b`` or ``a or b``; ``operator`` is ``and`` or ``or``."""

    operator: str
    values: tuple["Expr", ...]


class Comparison(Node, frozen=True, tag=9):
    """``left op right op right``; operators as written: ``==``, ``is not``, ``in`` ..."""

    left: "Expr"
    operators: tuple[str, ...]
    comparators: tuple["Expr", ...]


class UnaryOperation(Node, frozen=True, tag=10):
    """``not x``, ``-x``, ``~x``, ``+x``."""

    operator: str
    operand: "Expr"


class BinaryOperation(Node, frozen=True, tag=11):
    """``left operator right``."""

    left: "Expr"
    operator: str
    right: "Expr"


class Conditional(Node, frozen=True, tag=12):
    """``body if test else orelse``."""

    test: "Expr"
    body: "Expr"
    orelse: "Expr"


class Lambda(Node, frozen=True, tag=13):
    """``lambda parameters: body``."""

    parameters: tuple[str, ...]
    body: "Expr"


class Generator(Struct, frozen=True, array_like=True, gc=False, eq=False):
    """One ``for target in iter if ...`` of a comprehension."""

    target: "Expr"
    iter: "Expr"
    conditions: tuple["Expr", ...]
    is_async: bool


class Comprehension(Node, frozen=True, tag=14):
    """A comprehension; ``kind`` is ``list``, ``set``, ``dict`` or ``generator``; ``key`` only in a dict."""

    kind: str
    key: "Expr | None"
    element: "Expr"
    generators: tuple[Generator, ...]


class FormattedString(Node, frozen=True, tag=15):
    """An f-string: its literal parts as constants and its replacement fields."""

    parts: tuple["Expr", ...]


class Starred(Node, frozen=True, tag=16):
    """``*value``."""

    value: "Expr"


class Yield(Node, frozen=True, tag=17):
    """``yield value`` or ``yield from value``."""

    value: "Expr | None"
    is_from: bool


class Assignment(Node, frozen=True, tag=18):
    """``target := value``."""

    target: Name
    value: "Expr"


class Slice(Node, frozen=True, tag=19):
    """``lower:upper:step`` in a subscript."""

    lower: "Expr | None"
    upper: "Expr | None"
    step: "Expr | None"


class Opaque(Node, frozen=True, tag=20):
    """A literal whose value does not matter to any rule: bytes, ``...``, complex, an integer beyond 64 bits."""

    kind: str


Expr = (
    Name
    | Attribute
    | Call
    | Constant
    | Await
    | Subscript
    | Sequence
    | Mapping
    | BooleanOperation
    | Comparison
    | UnaryOperation
    | BinaryOperation
    | Conditional
    | Lambda
    | Comprehension
    | FormattedString
    | Starred
    | Yield
    | Assignment
    | Slice
    | Opaque
)


def dotted_name(expression: Expr | None) -> str | None:
    """Return ``a.b.c`` for a chain of attributes on a name, and None for anything else."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, Name):
        return None
    parts.append(expression.id)
    return ".".join(reversed(parts))


def children(expression: Expr) -> tuple[Expr, ...]:
    """Return the direct subexpressions in the order in which they are evaluated."""
    return _CHILDREN[type(expression)](expression)


def _in_comprehension(node: Comprehension) -> tuple[Expr, ...]:
    parts = [part for clause in node.generators for part in (clause.iter, clause.target, *clause.conditions)]
    if node.key is not None:
        parts.append(node.key)
    return (*parts, node.element)


_CHILDREN: Final[dict[type, Callable[[Any], tuple[Expr, ...]]]] = {
    Name: lambda _: (),
    Constant: lambda _: (),
    Opaque: lambda _: (),
    Attribute: lambda node: (node.value,),
    Await: lambda node: (node.value,),
    Starred: lambda node: (node.value,),
    Assignment: lambda node: (node.value,),
    Call: lambda node: (node.func, *node.args, *[keyword.value for keyword in node.keywords]),
    Subscript: lambda node: (node.value, node.index),
    Sequence: lambda node: node.items,
    Mapping: lambda node: (*[key for key in node.keys if key is not None], *node.values),
    BooleanOperation: lambda node: node.values,
    Comparison: lambda node: (node.left, *node.comparators),
    UnaryOperation: lambda node: (node.operand,),
    BinaryOperation: lambda node: (node.left, node.right),
    Conditional: lambda node: (node.test, node.body, node.orelse),
    Lambda: lambda node: (node.body,),
    Comprehension: _in_comprehension,
    FormattedString: lambda node: node.parts,
    Yield: lambda node: () if node.value is None else (node.value,),
    Slice: lambda node: tuple([part for part in (node.lower, node.upper, node.step) if part is not None]),
}


def bound_names(target: Expr) -> frozenset[str]:
    """Return the names that an assignment to a target binds."""
    match target:
        case Name():
            return frozenset({target.id})
        case Sequence():
            return frozenset(name for item in target.items for name in bound_names(item))
        case Starred():
            return bound_names(target.value)
        case _:
            return frozenset()


def walk(expression: Expr) -> Iterator[Expr]:
    """Yield an expression and everything inside it, outermost first; a lambda's body is included."""
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        yield current
        inside = _CHILDREN[type(current)](current)
        if inside:
            waiting.extend(inside[::-1])
