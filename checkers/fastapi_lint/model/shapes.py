"""What the annotation of a mapped attribute says: the types inside ``Mapped``, whether there are many, whether none."""

from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import (
    Attribute,
    BinaryOperation,
    Constant,
    Expr,
    Name,
    Sequence,
    Subscript,
    dotted_name,
)
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Variable

_DEPTH: Final = 8
_LOOKED_THROUGH: Final = frozenset(
    {"Mapped", "SQLMapped", "Annotated", "Final", "AssociationProxy", "Required", "DynamicMapped", "WriteOnlyMapped"}
)
_STRATEGIES: Final = {"DynamicMapped": "dynamic", "WriteOnlyMapped": "write_only"}
_MANY: Final = frozenset(
    {
        *("list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "MutableSequence", "Collection"),
        *("Iterable", "MutableSet", "AbstractSet", "InstrumentedList", "InstrumentedSet", "OrderingList"),
        *("dict", "Dict", "Mapping", "MutableMapping", "MappedCollection", "KeyFuncDict", "AppenderQuery"),
    }
)
_NOT_INSTRUMENTED: Final = frozenset({"ClassVar", "InitVar"})


class Leaf(Struct, frozen=True, eq=False):
    """A type that an annotation names, with where to resolve it."""

    module: Module
    expression: Expr
    scope: str


class Shape(Struct, frozen=True, eq=False):
    """What an annotation says; ``inner`` is the type inside ``Mapped``, ``metadata`` what ``Annotated`` carries."""

    inner: Expr
    leaves: tuple[Leaf, ...] = ()
    metadata: tuple[Leaf, ...] = ()
    is_mapped: bool = False
    is_class_variable: bool = False
    many: bool = False
    optional: bool = False
    strategy: str | None = None


class _Reading:
    """Collects while an annotation is walked."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.metadata: list[Leaf] = []
        self.wrappers: set[str] = set()
        self.optional = False


def shape(module: Module, annotation: Expr, scope: str) -> Shape:
    """Return what an annotation says."""
    reading = _Reading()
    _read(Leaf(module, annotation, scope), reading, 0)
    inner = annotation
    if isinstance(annotation, Subscript) and _last_name(annotation.value) in _LOOKED_THROUGH - {"Annotated"}:
        inner = annotation.index
    return Shape(
        inner=inner,
        leaves=tuple(reading.leaves),
        metadata=tuple(reading.metadata),
        is_mapped=bool(reading.wrappers & {"Mapped", "SQLMapped", *_STRATEGIES}),
        is_class_variable=bool(reading.wrappers & _NOT_INSTRUMENTED),
        many=bool(reading.wrappers & (_MANY | _STRATEGIES.keys())),
        optional=reading.optional,
        strategy=next((_STRATEGIES[name] for name in sorted(reading.wrappers) if name in _STRATEGIES), None),
    )


def _last_name(expression: Expr) -> str:
    return (dotted_name(expression) or "").rpartition(".")[2]


def _read(leaf: Leaf, reading: _Reading, depth: int) -> None:
    if depth > _DEPTH:
        return
    match leaf.expression:
        case Subscript() as subscript:
            _read_subscript(leaf, subscript, reading, depth)
        case BinaryOperation(operator="|", left=left, right=right):
            _read(_at(leaf, left), reading, depth + 1)
            _read(_at(leaf, right), reading, depth + 1)
        case Constant(value=None):
            reading.optional = True
        case Name() | Attribute():
            _read_name(leaf, reading, depth)
        case Constant(value=str()):
            # A forward reference in an alias: ``Users = list["User"]``.
            reading.leaves.append(leaf)
        case _:
            pass


def _read_subscript(leaf: Leaf, subscript: Subscript, reading: _Reading, depth: int) -> None:
    name = _last_name(subscript.value)
    arguments = subscript.index.items if isinstance(subscript.index, Sequence) else (subscript.index,)
    if name in _NOT_INSTRUMENTED or not arguments:
        reading.wrappers.add(name)
        return
    if name in _LOOKED_THROUGH:
        reading.wrappers.add(name)
        _read(_at(leaf, arguments[0]), reading, depth + 1)
        if name == "Annotated":
            reading.metadata.extend(_at(leaf, item) for item in arguments[1:])
    elif name in _MANY:
        reading.wrappers.add(name)
        _read(_at(leaf, arguments[-1]), reading, depth + 1)
    elif name in {"Optional", "Union"}:
        reading.optional = reading.optional or name == "Optional"
        for item in arguments:
            _read(_at(leaf, item), reading, depth + 1)
    else:
        _read(_at(leaf, subscript.value), reading, depth + 1)


def _read_name(leaf: Leaf, reading: _Reading, depth: int) -> None:
    symbol = leaf.module.resolve(leaf.expression, leaf.scope)
    if isinstance(symbol, Variable) and isinstance(symbol.value, Name | Attribute | Subscript | BinaryOperation):
        _read(Leaf(symbol.module, symbol.value, ""), reading, depth + 1)
        return
    name = _last_name(leaf.expression)
    if name in _MANY or name in _LOOKED_THROUGH:
        reading.wrappers.add(name)
    else:
        reading.leaves.append(leaf)


def _at(leaf: Leaf, expression: Expr) -> Leaf:
    return Leaf(leaf.module, expression, leaf.scope)
