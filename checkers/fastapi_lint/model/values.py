"""What the analyser knows about a value: its type, and for database objects where it came from and what is loaded.

Values are frozen and compare by value, so that a summary can be computed once and used at every call. ``UNKNOWN`` stays
unknown: nothing is ever concluded from it.

The cyclic collector does not look at them (``gc=False``), nor at the events that hold them: they lead to symbols and
expressions, and no symbol leads back to a value, so that no circle goes through one.
"""

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function
from fastapi_lint.source import Span


class Place(Struct, frozen=True, gc=False):
    """A byte range in a module: where something happened."""

    module: str
    span: Span


class Unknown(Struct, frozen=True, gc=False):
    """Anything at all."""


class Literal(Struct, frozen=True, gc=False):
    """A constant: None, a bool, a number or a string."""

    value: str | int | float | bool | None


class Instance(Struct, frozen=True, gc=False):
    """An object of a class of the project, or of an external class by qualified name.

    ``arguments`` are the type arguments; ``origin`` says where a database object or a session came from.
    """

    of: "Class | str"
    arguments: "tuple[Value, ...]" = ()
    origin: "Origin | None" = None


class ClassObject(Struct, frozen=True, gc=False):
    """A class itself: of the project, or an external one by qualified name."""

    of: "Class | str"
    arguments: "tuple[Value, ...]" = ()


class TypeVariable(Struct, frozen=True, gc=False):
    """A type parameter, to be replaced by what a subclass or a call binds it to."""

    name: str
    bound: "Value"


class Callable(Struct, frozen=True, gc=False):
    """A function of the project with the object it is bound to; ``decorated`` when something else wraps it."""

    function: Function
    receiver: "Value | None" = None


class ExternalObject(Struct, frozen=True, gc=False):
    """A name from outside the project, or an attribute of something external: ``requests.Session.get``.

    ``receiver`` is the object whose attribute it is.
    """

    name: str
    receiver: "Value | None" = None


class ModuleObject(Struct, frozen=True, gc=False):
    """A module of the project."""

    module: Module


class LambdaObject(Struct, frozen=True, gc=False):
    """A lambda, seen where it is written."""

    place: Place
    body: Expr


class Coroutine(Struct, frozen=True, gc=False):
    """What calling an ``async def`` gives before it is awaited.

    ``certain`` is false where a decorator that nobody knows may have made something else of it.
    """

    result: "Value"
    name: str
    place: Place
    certain: bool = True


class Symbolic(Struct, frozen=True, gc=False):
    """A parameter of unknown type, by name: what a call passes for it decides."""

    name: str


class MappedAttribute(Struct, frozen=True, gc=False):
    """``Model.name`` on a mapped class: a column, a relationship or a hybrid, as SQL sees it."""

    of: Class
    name: str


class Super(Struct, frozen=True, gc=False):
    """What ``super()`` gives: the receiver seen from behind the class whose method calls it."""

    receiver: "Value"
    behind: Class


class Collection(Struct, frozen=True, gc=False):
    """Something that can be iterated: ``kind`` is ``list``, ``tuple``, ``set``, ``dict``, ``iterator`` or ``rows``.

    ``items`` are the elements of a tuple whose length is known; ``key`` is a dict's key.
    """

    kind: str
    element: "Value"
    items: "tuple[Value, ...] | None" = None
    key: "Value | None" = None


class Statement(Struct, frozen=True, gc=False):
    """A SQL statement: what it yields and what its options load.

    ``kind`` is ``select``, ``insert``, ``update``, ``delete``, ``text`` or ``query`` (the legacy
    Query, bound to ``session``); ``place`` is where it gets its options, or is begun.
    """

    kind: str
    entities: "tuple[Value, ...]"
    loads: "Loads"
    session: "Value | None" = None
    place: Place | None = None


class Result(Struct, frozen=True, gc=False):
    """What executing a statement gives: rows, or scalars of the first entity. ``is_async`` for a streaming result."""

    statement: Statement
    session: "Value"
    scalars: bool
    is_async: bool = False


class LoaderOptions(Struct, frozen=True, gc=False):
    """One or several loader options: what they load; ``tip`` is the path that a chained option goes on from."""

    loads: "Loads"
    tip: tuple[str, ...] = ()


class Choice(Struct, frozen=True, gc=False):
    """One of several values."""

    values: "tuple[Value, ...]"


class Loads(Struct, frozen=True, gc=False):
    """What loader options load: paths of relationship names from an entity, or ending in ``ANYTHING``.

    ``parameters`` are the names of parameters whose options come on top (replaced at the call); ``complete`` is false
    where an option could not be understood: nothing can then be said to be missing.
    """

    paths: frozenset[tuple[str, ...]] = frozenset()
    parameters: frozenset[str] = frozenset()
    complete: bool = True

    def joined(self, other: "Loads") -> "Loads":
        """Return what both load together."""
        return Loads(self.paths | other.paths, self.parameters | other.parameters, self.complete and other.complete)

    def below(self, name: str) -> "Loads":
        """Return what is loaded from the object at the end of a relationship."""
        paths = frozenset(
            path[1:] or path for path in self.paths if path[0] == ANYTHING or (path[0] == name and len(path) > 1)
        )
        return Loads(paths, self.parameters, self.complete)

    def has(self, name: str) -> bool:
        """Return whether a relationship is loaded, or may be."""
        return not self.complete or bool(self.parameters) or any(path[0] in {name, ANYTHING} for path in self.paths)


class SessionOrigin(Struct, frozen=True, gc=False):
    """Where a session came from; ``key`` tells the sessions that one function sees apart.

    ``kind`` is ``parameter`` (``key`` is its name), ``attribute`` (``key`` is the parameter by which the object
    was given it, or ``self.name``), ``opened`` (by calling a factory at ``place``), ``global`` or ``unknown``.
    """

    kind: str
    key: str
    place: Place | None = None


class Built(Struct, frozen=True, gc=False):
    """An object that is seen being constructed, with the sessions and database objects it was given."""

    bound: "tuple[tuple[str, Value], ...]"


class EntityOrigin(Struct, frozen=True, gc=False):
    """Where a database object came from.

    ``kind`` is ``query`` (loaded through ``session``), ``new`` (constructed), or ``parameter`` (handed in: ``key`` is
    the parameter's name and ``path`` the relationships followed from it). ``many`` says that it is one of several
    rows; ``expired`` is the commit or rollback after which its attributes must be loaded again; ``fresh`` marks an
    object that was handed in and has been refreshed since, in whatever state it came.
    """

    kind: str
    key: str
    place: Place
    loads: Loads
    session: "Value | None" = None
    path: tuple[str, ...] = ()
    many: bool = False
    expired: "Expiry | None" = None
    fresh: bool = False


class Expiry(Struct, frozen=True, gc=False):
    """What made a session forget the attributes of its objects: ``commit`` or ``rollback``, and where."""

    kind: str
    place: Place


Origin = SessionOrigin | EntityOrigin | Built

Value = (
    Unknown
    | Literal
    | Instance
    | ClassObject
    | TypeVariable
    | Callable
    | ExternalObject
    | ModuleObject
    | LambdaObject
    | Coroutine
    | Symbolic
    | MappedAttribute
    | Super
    | Collection
    | Statement
    | Result
    | LoaderOptions
    | Choice
)

UNKNOWN = Unknown()
NONE = Literal(None)
ANYTHING = "*"
"""The last step of a path below which anything may be loaded."""
NOTHING = Choice(())
"""The element of an empty collection."""


def choice(*values: Value) -> Value:
    """Return one value that stands for all of them."""
    if len(values) == 1:
        only = values[0]
        return only if type(only) is not Choice or len(only.values) > 1 else choice(*only.values)
    found: list[Value] = []
    for value in values:
        if type(value) is not Choice:
            if value not in found:
                found.append(value)
            continue
        for item in value.values:
            if item not in found:
                found.append(item)
    if len(found) > 1:
        found = _without_empty(found)
    if len(found) == 1:
        return found[0]
    return Choice(tuple(found)) if found else UNKNOWN


def _without_empty(values: list[Value]) -> list[Value]:
    """Return the values without empty collections beside one of the same kind that holds something: it may be empty."""
    filled = {item.kind for item in values if type(item) is Collection and item.element != NOTHING}
    if not filled:
        return values
    return [
        item for item in values if type(item) is not Collection or item.element != NOTHING or item.kind not in filled
    ]


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return the values that a value may be."""
    return value.values if type(value) is Choice else (value,)


def symbol_value(symbol: Module | Class | Function | External) -> Value:
    """Return the value of a symbol that needs no evaluation."""
    match symbol:
        case Module():
            return ModuleObject(symbol)
        case Class():
            return ClassObject(symbol)
        case Function():
            return Callable(symbol)
        case External(name=name):
            return ExternalObject(name)


def loaded_by(name: str, value: Value) -> frozenset[tuple[str, ...]]:
    """Return what is loaded of an object once its attribute ``name`` has been given a value: all that the value holds.

    Of an object that was handed in, or is not known, anything may be loaded.
    """
    paths: set[tuple[str, ...]] = {(name,)}
    for item in alternatives(value):
        for one in alternatives(item.element if isinstance(item, Collection) else item):
            match one:
                case Literal(value=None):
                    pass
                case Instance(
                    origin=EntityOrigin(kind="query", loads=Loads(parameters=none, complete=True) as loads)
                ) if not none:
                    paths.update((name, *path) for path in loads.paths)
                case _:
                    paths.add((name, ANYTHING))
    return frozenset(paths)


def without_none(value: Value) -> Value:
    """Return the value as it is where it is not None."""
    if type(value) is not Choice:
        return UNKNOWN if value == NONE else value
    return choice(*[item for item in value.values if item != NONE])
