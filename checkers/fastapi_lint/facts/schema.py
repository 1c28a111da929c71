"""What one file says: its imports, classes and functions.

The outline of a file is decoded at once; bodies stay encoded (``Body``) until somebody asks for them, since a run looks
into few of them.
"""

from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.facts.expressions import Expr, Keyword, Node
from fastapi_lint.facts.statements import Stmt
from fastapi_lint.source import Span

Body = tuple[Stmt, ...]
_ARRAY: Final = 0x90
"""How MessagePack begins an array of no items; each item, up to the fifteenth, adds one."""
_body_decoder = msgspec.msgpack.Decoder(Body)


def decode_body(encoded: msgspec.Raw) -> Body:
    """Return the statements of a body."""
    return _body_decoder.decode(encoded)


def may_hold(encoded: msgspec.Raw, kind: type[Node]) -> bool:
    """Return whether an encoded body may hold a node of a kind, its nested functions apart.

    That takes no decoding: a node is an array of its tag and its fields, and two bytes say that it begins.
    """
    tag = kind.__struct_config__.tag
    assert isinstance(tag, int)
    return bytes((_ARRAY | (1 + len(kind.__struct_fields__)), tag)) in bytes(encoded)


class Record(Struct, frozen=True, array_like=True, gc=False, eq=False):
    """A frozen value that compares by identity."""


class Import(Record, frozen=True):
    """One name bound by an import statement.

    ``import a.b`` binds ``a`` and has ``module="a.b"``, ``name=None``; ``import a.b as c`` binds ``c`` likewise;
    ``from ..a import b as c`` has ``module="a"``, ``level=2``, ``name="b"``, ``bound="c"``; a star import binds ``*``.
    ``scope`` is the qualified name of the function or class around it, empty at module level.
    """

    bound: str
    module: str
    name: str | None
    level: int
    scope: str
    type_checking: bool
    guarded: bool
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the byte range of the import."""
        return Span(self.start, self.end)


class Parameter(Record, frozen=True):
    """A parameter; ``kind`` is ``positional-only``, ``positional``, ``keyword``, ``*`` or ``**``."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return the byte range of the parameter without its default."""
        return Span(self.start, self.end)


class FunctionFacts(Record, frozen=True):
    """A function, method or nested function: its header, and its body still encoded.

    ``owner`` is the qualified name of the class whose method it is, empty for a plain function; ``parent`` the
    qualified name of the scope around it. ``called`` are the last names of everything it calls, sorted.
    """

    qualname: str
    parent: str
    owner: str
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    is_async: bool
    is_generator: bool
    called: tuple[str, ...]
    type_parameters: tuple[str, ...]
    start: int
    end: int
    name_start: int
    body: msgspec.Raw

    @property
    def name(self) -> str:
        """Return the last part of the qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def name_span(self) -> Span:
        """Return the byte range of the name in the ``def`` line."""
        return Span(self.name_start, self.name_start + len(self.name.encode()))


class ClassFacts(Record, frozen=True):
    """A class: its header, the qualified names of its methods, and its body still encoded."""

    qualname: str
    parent: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    methods: tuple[str, ...]
    type_parameters: tuple[str, ...]
    start: int
    end: int
    name_start: int
    body: msgspec.Raw

    @property
    def name(self) -> str:
        """Return the last part of the qualified name."""
        return self.qualname.rpartition(".")[2]

    @property
    def name_span(self) -> Span:
        """Return the byte range of the name in the ``class`` line."""
        return Span(self.name_start, self.name_start + len(self.name.encode()))


class ModuleFacts(Record, frozen=True):
    """Everything that one file says. ``assigned`` are the names that module-level statements bind."""

    imports: tuple[Import, ...]
    classes: tuple[ClassFacts, ...]
    functions: tuple[FunctionFacts, ...]
    assigned: tuple[str, ...]
    exported: tuple[str, ...] | None
    future_annotations: bool
    size: int
    lines: int
    body: msgspec.Raw


EMPTY_MODULE = ModuleFacts(
    imports=(),
    classes=(),
    functions=(),
    assigned=(),
    exported=None,
    future_annotations=False,
    size=0,
    lines=0,
    body=msgspec.Raw(msgspec.msgpack.encode(())),
)
"""What an empty file says."""
