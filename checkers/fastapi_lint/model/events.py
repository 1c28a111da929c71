"""What happens in a function, in the model's terms: calls, reads of database objects, coroutines that nobody awaits.

Rules judge these; nothing here is a judgement.
"""

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Comprehension, Expr
from fastapi_lint.facts.statements import For, Try, While
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Coroutine, EntityOrigin, Instance, Place, Value
from fastapi_lint.source import Span


class Witness(Struct, frozen=True, gc=False):
    """One step on the way to an effect; ``next`` leads on to where it really happens."""

    place: Place
    message: str
    next: "Witness | None" = None

    @property
    def steps(self) -> tuple["Witness", ...]:
        """Return the whole way, this step first."""
        found: list[Witness] = []
        current: Witness | None = self
        while current is not None:
            found.append(current)
            current = current.next
        return tuple(found)

    @property
    def last(self) -> "Witness":
        """Return where it really happens."""
        return self.steps[-1]

    @property
    def depth(self) -> int:
        """Return the number of steps."""
        return len(self.steps)


class Loop(Struct, frozen=True, eq=False, gc=False):
    """A loop around something: the statement or comprehension, what it iterates over and what one item is."""

    node: For | While | Comprehension
    iterable: Value
    iterable_node: Expr | None
    targets: frozenset[str]
    is_async: bool


class Context(Struct, frozen=True, eq=False, gc=False):
    """Where something happens within its function.

    ``handlers`` are the ``try`` statements whose body it stands in; ``deferred`` marks code that only runs when
    somebody calls it (a lambda); ``conditional`` code that a parameter decides about, ``on_request`` code that a
    parameter switches on that is off by default; ``after_yield`` code behind the ``yield`` of a generator.
    """

    loops: tuple[Loop, ...] = ()
    handlers: tuple[Try, ...] = ()
    deferred: bool = False
    after_yield: bool = False
    in_handler: bool = False
    in_final: bool = False
    conditional: bool = False
    on_request: bool = False


class CallSite(Struct, frozen=True, eq=False, gc=False):
    """A call: what is called as far as it is known, with what, and where.

    ``external`` is the qualified name of something outside the project; ``callees`` are the project's functions that
    may run. ``arguments`` are by position and by keyword; ``bound`` the same by parameter name of the first callee.
    """

    node: Call
    target: Value
    callees: tuple[Function, ...]
    external: str | None
    receiver: Value | None
    arguments: tuple[Value, ...]
    keywords: tuple[tuple[str | None, Value], ...]
    bound: tuple[tuple[str, Value], ...]
    result: Value
    awaited: bool
    context: Context

    @property
    def span(self) -> Span:
        """Return the byte range of the call."""
        return self.node.span

    def argument(self, position: int, name: str) -> Value | None:
        """Return what is passed at a position or by a name."""
        for keyword, value in self.keywords:
            if keyword == name:
                return value
        return self.arguments[position] if position < len(self.arguments) else None

    @property
    def values(self) -> tuple[Value, ...]:
        """Return everything that is passed."""
        return (*self.arguments, *(value for _, value in self.keywords))


class EntityRead(Struct, frozen=True, eq=False, gc=False):
    """An attribute of a database object is read.

    ``kind`` is ``relationship``, ``column``, ``awaitable`` (through ``awaitable_attrs``) or ``schema`` (a Pydantic
    model reads it while validating). ``path`` is relative to ``entity``; ``through`` is the way into the callee that
    reads it, and ``anchor`` where a person would look: the read itself, or the place where a property is read.
    ``loaded`` are the paths on the way that the function has set or loaded itself, whatever it was handed.
    """

    node: Expr
    entity: Instance
    origin: EntityOrigin
    path: tuple[str, ...]
    kind: str
    context: Context
    anchor: Place
    through: Witness | None = None
    loaded: frozenset[tuple[str, ...]] = frozenset()

    @property
    def attribute(self) -> str:
        """Return the last attribute of the path."""
        return self.path[-1]


class CoroutineUse(Struct, frozen=True, eq=False, gc=False):
    """A coroutine is used as if it were its result. ``kind`` says how: ``discarded``, ``truth``, ``attribute`` ..."""

    node: Expr
    coroutine: Coroutine
    kind: str
    context: Context


class Yielded(Struct, frozen=True, eq=False, gc=False):
    """A value that a generator yields."""

    node: Expr
    value: Value
    context: Context


class Returned(Struct, frozen=True, eq=False, gc=False):
    """A value that a function returns."""

    node: Expr
    value: Value
    context: Context
