"""Which library function a call runs: through import aliases, objects of extensions and the project's own wrappers."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import (
    Attribute,
    Call,
    Constant,
    Expr,
    Name,
    Sequence,
    Subscript,
    UnaryOperation,
    walk,
)
from fastapi_lint.facts.expressions import Mapping as MappingDisplay
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import (
    Declare,
    Define,
    If,
    ImportHere,
    Jump,
    Return,
    Stmt,
    Try,
    With,
    expressions_of,
    walk_statements,
)
from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function, Variable

_DEPTH: Final = 4
_EXTENSION: Final = "flask_sqlalchemy.SQLAlchemy."
_EXTENSION_MEMBERS: Final = {
    "relationship": "sqlalchemy.orm.relationship",
    "dynamic_loader": "sqlalchemy.orm.dynamic_loader",
    "mapped_column": "sqlalchemy.orm.mapped_column",
    "deferred": "sqlalchemy.orm.deferred",
    "column_property": "sqlalchemy.orm.column_property",
    "synonym": "sqlalchemy.orm.synonym",
    "composite": "sqlalchemy.orm.composite",
    "backref": "sqlalchemy.orm.backref",
    "sessionmaker": "sqlalchemy.orm.sessionmaker",
    "scoped_session": "sqlalchemy.orm.scoped_session",
}


class Construct(Struct, frozen=True, eq=False):
    """A call of a library function: its canonical name and its arguments, with ``**`` of literal dicts merged in.

    Where a function of the project makes the call, what was passed to that function stands for its parameters.
    ``complete`` is false where some keywords are only known at run time. ``module`` and ``scope`` are where the
    arguments are to be resolved.
    """

    name: str
    call: Call
    module: Module
    scope: str
    arguments: tuple[Expr, ...]
    keywords: Mapping[str, Expr]
    complete: bool

    def literal(self, keyword: str) -> str | int | float | bool | None:
        """Return the constant passed as ``keyword``, following names; None where there is none."""
        found = self.keywords.get(keyword)
        value = None if found is None else constant(self.module, found, self.scope)
        return None if value is None else value.value

    def flag(self, keyword: str) -> bool | None:
        """Return the boolean passed as ``keyword``: None when it is not passed or not a literal."""
        value = self.literal(keyword)
        return value if isinstance(value, bool) else None

    def text(self, keyword: str) -> str | None:
        """Return the string passed as ``keyword``: None when it is not passed or not a literal."""
        value = self.literal(keyword)
        return value if isinstance(value, str) else None


class Written(Struct, frozen=True, eq=False):
    """An expression with where to resolve it."""

    module: Module
    expression: Expr
    scope: str


def assigned(module: Module, expression: Expr, scope: str) -> Written | None:
    """Return what a name was given, in the body of the class that it is used in or at a module's top level."""
    if isinstance(expression, Name) and scope in module.classes:
        statement = module.classes[scope].own_assignments.get(expression.id)
        if statement is not None and statement.value is not None and statement.value is not expression:
            return Written(module, statement.value, scope)
    symbol = module.resolve(expression, scope)
    if isinstance(symbol, Variable) and symbol.value is not None:
        return Written(symbol.module, symbol.value, "")
    return None


def constant(module: Module, expression: Expr, scope: str = "") -> Constant | None:
    """Return the literal that an expression is, following names of constants."""
    written: Written | None = Written(module, expression, scope)
    for _ in range(_DEPTH):
        if written is None:
            return None
        if isinstance(written.expression, Constant):
            return written.expression
        if not isinstance(written.expression, Name | Attribute):
            return None
        written = assigned(written.module, written.expression, written.scope)
    return None


def library_name(module: Module, expression: Expr, scope: str = "") -> str | None:
    """Return the canonical name of an external function or class, also as a member of an object made by one.

    ``db.Column`` with ``db = SQLAlchemy()`` is ``sqlalchemy.Column``, ``mapper.mapped`` with ``mapper = registry()`` is
    ``sqlalchemy.orm.registry.mapped``.
    """
    symbol = module.resolve(expression, scope)
    if isinstance(symbol, External):
        return symbol.name
    if symbol is not None or not isinstance(expression, Attribute):
        return None
    made_by = instance_of(module, expression.value, scope)
    return None if made_by is None else _member_of(made_by, expression.attr)


def instance_of(module: Module, expression: Expr, scope: str = "") -> str | None:
    """Return the canonical name of the external class whose instance a module-level name holds."""
    symbol = module.resolve(expression, scope)
    if not isinstance(symbol, Variable) or not isinstance(symbol.value, Call):
        return None
    made_by = symbol.module.resolve(symbol.value.func)
    match made_by:
        case External(name=name):
            return name
        case Class():
            return next(iter(made_by.external_bases), None)
        case _:
            return None


def _member_of(owner: str, name: str) -> str:
    full = canonical(f"{owner}.{name}")
    if not full.startswith(_EXTENSION):
        return full
    member = full.removeprefix(_EXTENSION)
    if member in _EXTENSION_MEMBERS:
        return _EXTENSION_MEMBERS[member]
    # ``Model`` is the extension's own; the other capitalised names are SQLAlchemy's.
    return full if member == "Model" or not member[:1].isupper() else canonical(f"sqlalchemy.{member}")


def construct(module: Module, expression: Expr | None, scope: str = "", depth: int = 0) -> Construct | None:
    """Return what library function a call runs, looking through functions of the project that return such a call."""
    if not isinstance(expression, Call) or depth > _DEPTH:
        return None
    name = library_name(module, _without_subscript(expression.func), scope)
    if name is not None:
        keywords, complete = _keywords(module, expression, scope)
        return Construct(name, expression, module, scope, expression.args, keywords, complete)
    wrapper = module.resolve(expression.func, scope)
    if not isinstance(wrapper, Function):
        return None
    inner = construct(wrapper.module, returned_call(wrapper), wrapper.qualname, depth + 1)
    if inner is None:
        return None
    given, complete = _keywords(module, expression, scope)
    bound = _bound(wrapper, expression, given, is_same_module=module is wrapper.module)
    keywords = {name: _given(value, bound) for name, value in inner.keywords.items()}
    if any(parameter.kind == "**" for parameter in wrapper.facts.parameters):
        keywords = {**given, **keywords}
    else:
        complete = inner.complete
    arguments = tuple(_given(item, bound) for item in inner.arguments)
    return Construct(inner.name, inner.call, inner.module, inner.scope, arguments, keywords, complete)


def _bound(wrapper: Function, call: Call, keywords: Mapping[str, Expr], *, is_same_module: bool) -> dict[str, Expr]:
    """Return what a call gives the parameters of a function, where that means the same inside it."""
    names = [item.name for item in wrapper.facts.parameters if item.kind in {"positional", "positional-only"}]
    found: dict[str, Expr] = {
        item.name: item.default for item in wrapper.facts.parameters if isinstance(item.default, Constant)
    }
    given = {**dict(zip(names, call.args, strict=False)), **keywords}
    found.update((name, value) for name, value in given.items() if is_same_module or isinstance(value, Constant))
    return found


def _given(expression: Expr, bound: Mapping[str, Expr]) -> Expr:
    return bound.get(expression.id, expression) if isinstance(expression, Name) else expression


def _without_subscript(function: Expr) -> Expr:
    return function.value if isinstance(function, Subscript) else function


def _keywords(module: Module, call: Call, scope: str) -> tuple[dict[str, Expr], bool]:
    found: dict[str, Expr] = {}
    complete = True
    for keyword in call.keywords:
        if keyword.name is not None:
            found[keyword.name] = keyword.value
            continue
        merged = entries(module, keyword.value, scope)
        complete = complete and merged is not None
        found.update(merged or {})
    return found, complete


def entries(module: Module, expression: Expr, scope: str = "") -> dict[str, Expr] | None:
    """Return the entries of a literal dict or ``dict(...)`` with text keys, None for anything else."""
    if isinstance(expression, Name | Attribute):
        written = assigned(module, expression, scope)
        if written is None:
            return None
        module, expression, scope = written.module, written.expression, written.scope
    if isinstance(expression, Call):
        if expression.args or library_name(module, expression.func, scope) not in _DICT_MAKERS:
            return None
        found, complete = _keywords(module, expression, scope)
        return found if complete else None
    if not isinstance(expression, MappingDisplay):
        return None
    found = {}
    for key, value in zip(expression.keys, expression.values, strict=True):
        if not isinstance(key, Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = value
    return found


_DICT_MAKERS: Final = frozenset({"builtins.dict", "pydantic.ConfigDict", "pydantic_settings.SettingsConfigDict"})


def returned_call(function: Function) -> Call | None:
    """Return the first call that a function returns."""
    return next((value for value in returned(function.body) if isinstance(value, Call)), None)


def returned(body: tuple[Stmt, ...]) -> Iterator[Expr]:
    """Yield the expressions that a body returns, also inside blocks."""
    for statement in body:
        match statement:
            case Return(value=value) if value is not None:
                yield value
            case If():
                yield from returned(statement.body)
                yield from returned(statement.orelse)
            case With() | Try():
                yield from returned(statement.body)
            case _:
                pass


_NO_EXPRESSIONS: Final = frozenset({Define, ImportHere, Jump, Declare})


def calls_in(body: Body) -> Iterator[Call]:
    """Yield the calls in a body, outermost first; nested functions and classes stay closed."""
    for statement in walk_statements(item for item in body if type(item) not in _NO_EXPRESSIONS):
        if type(statement) in _NO_EXPRESSIONS:
            continue
        for expression in expressions_of(statement):
            for part in walk(expression):
                if isinstance(part, Call):
                    yield part


def called_name(call: Call) -> str:
    """Return the last name of what is called; subscripts (``sessionmaker[Session](...)``) are looked through."""
    match _without_subscript(call.func):
        case Name(id=name) | Attribute(attr=name):
            return name
        case _:
            return ""


def is_false(expression: Expr | None) -> bool:
    """Return whether an expression is the literal ``False``."""
    return isinstance(expression, Constant) and expression.value is False


def texts(expression: Expr | None) -> tuple[str, ...]:
    """Return the literal strings that an expression is or that its elements are."""
    match expression:
        case Constant(value=str(text)):
            return (text,)
        case Sequence(items=items):
            return tuple(item.value for item in items if isinstance(item, Constant) and isinstance(item.value, str))
        case UnaryOperation(operand=operand):
            return texts(operand)
        case _:
            return ()
