"""What a type annotation says: the value that a name of that type holds."""

from fastapi_lint.facts.expressions import (
    Attribute,
    BinaryOperation,
    Call,
    Constant,
    Expr,
    Name,
    Opaque,
    Sequence,
    Starred,
    Subscript,
)
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.symbols import Class, External, Variable
from fastapi_lint.model.values import (
    NONE,
    UNKNOWN,
    ClassObject,
    Collection,
    Coroutine,
    Instance,
    Place,
    TypeVariable,
    Value,
    choice,
    without_none,
)

_COLLECTIONS = {
    "builtins.list": "list",
    "typing.List": "list",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "typing.Set": "set",
    "typing.FrozenSet": "set",
    "collections.deque": "list",
    "typing.Sequence": "list",
    "typing.MutableSequence": "list",
    "collections.abc.Sequence": "list",
    "collections.abc.MutableSequence": "list",
    "typing.Collection": "list",
    "collections.abc.Collection": "list",
    "collections.abc.Set": "set",
    "typing.Iterable": "iterator",
    "collections.abc.Iterable": "iterator",
    "typing.Iterator": "iterator",
    "collections.abc.Iterator": "iterator",
    "typing.Generator": "iterator",
    "collections.abc.Generator": "iterator",
    "typing.AsyncIterable": "iterator",
    "collections.abc.AsyncIterable": "iterator",
    "typing.AsyncIterator": "iterator",
    "collections.abc.AsyncIterator": "iterator",
    "typing.AsyncGenerator": "iterator",
    "collections.abc.AsyncGenerator": "iterator",
    "sqlalchemy.ScalarResult": "rows",
    "sqlalchemy.engine.ScalarResult": "rows",
}
_MAPPINGS = frozenset(
    {
        "builtins.dict",
        "typing.Dict",
        "typing.Mapping",
        "typing.MutableMapping",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
        "collections.defaultdict",
        "collections.OrderedDict",
    }
)
_TRANSPARENT = frozenset(
    {
        "typing.Annotated",
        "typing_extensions.Annotated",
        "typing.Final",
        "typing.ClassVar",
        "typing.Required",
        "typing.NotRequired",
        "sqlalchemy.orm.Mapped",
        "sqlalchemy.orm.WriteOnlyMapped",
        "sqlalchemy.orm.DynamicMapped",
    }
)
_UNIONS = frozenset({"typing.Optional", "typing.Union"})
_AWAITABLES = frozenset(
    {"typing.Awaitable", "collections.abc.Awaitable", "typing.Coroutine", "collections.abc.Coroutine"}
)
_CLASSES = frozenset({"builtins.type", "typing.Type"})
_TYPE_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})
_ANYTHING = frozenset({"typing.Any", "builtins.object", "typing_extensions.Any"})
_DEPTH = 12


class Annotations:
    """Reads annotations in the scope where they are written.

    ``type_parameters`` are the PEP 695 names in scope; ``own`` is what ``Self`` stands for.
    """

    def __init__(self, module: Module, scope: str, type_parameters: frozenset[str], own: Class | None) -> None:
        self._module = module
        self._scope = scope
        self._type_parameters = type_parameters
        self._own = own
        self._read: dict[Expr, Value] = {}

    def value(self, annotation: Expr | None, depth: int = 0) -> Value:
        """Return what a name with this annotation holds."""
        if annotation is None or depth > _DEPTH:
            return UNKNOWN
        if depth:
            return self._find(annotation, depth)
        found = self._read.get(annotation)
        if found is None:
            found = self._read[annotation] = self._find(annotation, depth)
        return found

    def _find(self, annotation: Expr, depth: int) -> Value:
        match annotation:
            case Name() | Attribute():
                return self._named(annotation, depth)
            case Subscript():
                return self._subscript(annotation, depth)
            case BinaryOperation(operator="|"):
                return choice(self.value(annotation.left, depth + 1), self.value(annotation.right, depth + 1))
            case Constant(value=None):
                return NONE
            case _:
                return UNKNOWN

    def _named(self, annotation: Name | Attribute, depth: int) -> Value:
        if isinstance(annotation, Name) and annotation.id in self._type_parameters:
            return TypeVariable(annotation.id, UNKNOWN)
        return self._symbol(self._module.resolve(annotation, self._scope), depth)

    def _symbol(self, symbol: Symbol | None, depth: int) -> Value:
        match symbol:
            case Class():
                return Instance(symbol)
            case External(name=name):
                return self._external(name)
            case Variable():
                return self._alias(symbol, depth)
            case _:
                return UNKNOWN

    def _external(self, name: str) -> Value:
        if name in _ANYTHING:
            return UNKNOWN
        if name in _SELF:
            return UNKNOWN if self._own is None else TypeVariable("Self", Instance(self._own))
        if name in _COLLECTIONS:
            return Collection(_COLLECTIONS[name], UNKNOWN)
        if name in _MAPPINGS:
            return Collection("dict", UNKNOWN)
        if name in {"builtins.tuple", "typing.Tuple"}:
            return Collection("tuple", UNKNOWN)
        if name in _CLASSES:
            return UNKNOWN
        return Instance(name)

    def _alias(self, variable: Variable, depth: int) -> Value:
        """Follow ``Alias = Annotated[...]``, ``Alias = A | B``, ``T = TypeVar("T", bound=...)`` and ``NewType``."""
        there = Annotations(variable.module, "", frozenset(), None)
        value = variable.value
        if isinstance(value, Call):
            made_by = variable.module.resolve(value.func)
            if not isinstance(made_by, External):
                return UNKNOWN
            if made_by.name in _TYPE_VARIABLES:
                bound = value.keyword("bound")
                return TypeVariable(variable.name, there.value(bound, depth + 1))
            if made_by.name == "typing.NewType" and len(value.args) == 2:
                return there.value(value.args[1], depth + 1)
            return UNKNOWN
        return there.value(value, depth + 1)

    def _subscript(self, annotation: Subscript, depth: int) -> Value:
        symbol = self._module.resolve(annotation.value, self._scope)
        arguments = annotation.index.items if isinstance(annotation.index, Sequence) else (annotation.index,)
        if isinstance(symbol, External):
            return self._generic_external(symbol.name, arguments, depth + 1)
        if isinstance(symbol, Class):
            return Instance(symbol, tuple(self.value(item, depth + 1) for item in arguments))
        if isinstance(symbol, Variable):
            return self._alias(symbol, depth + 1)
        return UNKNOWN

    def _generic_external(self, name: str, arguments: tuple[Expr, ...], depth: int) -> Value:
        first = self.value(arguments[0], depth) if arguments else UNKNOWN
        if name in _COLLECTIONS:
            return Collection(_COLLECTIONS[name], first)
        if name in _MAPPINGS:
            return Collection("dict", self.value(arguments[-1], depth), None, first)
        if name in {"builtins.tuple", "typing.Tuple"}:
            return self._tuple(arguments, depth)
        if name in _TRANSPARENT:
            return first
        if name in _UNIONS:
            found = choice(*(self.value(item, depth) for item in arguments))
            return choice(found, NONE) if name == "typing.Optional" else found
        if name in _AWAITABLES:
            place = Place(self._module.key, arguments[0].span)
            return Coroutine(self.value(arguments[-1], depth), "", place)
        if name in _CLASSES:
            return class_of(first)
        return Instance(name, tuple(self.value(item, depth) for item in arguments))

    def _tuple(self, arguments: tuple[Expr, ...], depth: int) -> Value:
        if len(arguments) == 2 and isinstance(arguments[1], Opaque):
            return Collection("tuple", self.value(arguments[0], depth))
        if any(isinstance(item, Starred) for item in arguments):
            return Collection("tuple", UNKNOWN)
        items = tuple(self.value(item, depth) for item in arguments)
        return Collection("tuple", choice(*items), items)


def class_of(value: Value) -> Value:
    """Return the class object whose instances a value describes (``type[T]``)."""
    match without_none(value):
        case Instance(of=of, arguments=arguments):
            return ClassObject(of, arguments)
        case TypeVariable() as variable:
            return ClassObject("builtins.type", (variable,))
        case _:
            return UNKNOWN
