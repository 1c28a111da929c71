"""Which classes are apps and routers: FastAPI's own, subclasses, and classes that a function of the project makes."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name, Subscript
from fastapi_lint.facts.statements import Assign, Evaluate, Return, Stmt, walk_statements
from fastapi_lint.model.lexical import Lexical, Local
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function, Variable

_APPS: Final = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})
_ROUTERS: Final = frozenset({"fastapi.APIRouter", "starlette.routing.Router"})


class Written(Struct, frozen=True, eq=False):
    """An expression, where it is written."""

    module: Module
    expression: Expr
    scope: str


class RouterClass(Struct, frozen=True, eq=False):
    """A class on whose instances routes are registered: ``kind`` is ``app`` or ``router``.

    ``definition`` is None for FastAPI's own; ``arguments`` are what the function that made the class was given.
    """

    kind: str
    definition: Class | None
    arguments: Mapping[str, Written]


def router_kind(symbol: object) -> str | None:
    """Return ``app`` or ``router`` for a class whose instances routes are registered on, and None for anything else."""
    names = (
        symbol.external_bases if isinstance(symbol, Class) else (symbol.name,) if isinstance(symbol, External) else ()
    )
    for name in names:
        if name in _APPS:
            return "app"
        # Distributions ship subclasses under such names; InferringRouter is the one that does not follow the habit.
        if name in _ROUTERS or name.endswith(("APIRouter", ".InferringRouter")):
            return "router"
    return None


class RouterClasses:
    """Recognises router classes where they are called."""

    def __init__(self, lexical: Lexical) -> None:
        self._lexical = lexical
        self._variables: dict[Variable, RouterClass | None] = {}

    def of(self, module: Module, expression: Expr, scope: str) -> RouterClass | None:
        """Return the router class that an expression stands for."""
        symbol = self._lexical.resolve(module, expression, scope)
        if isinstance(symbol, Variable):
            if symbol not in self._variables:
                self._variables[symbol] = None
                self._variables[symbol] = self._assigned(symbol)
            return self._variables[symbol]
        return _plain(symbol, {})

    def _assigned(self, variable: Variable) -> RouterClass | None:
        match variable.value:
            case Name() | Attribute() as other:
                return self.of(variable.module, other, "")
            case Call() as call:
                factory = self._lexical.resolve(variable.module, call.func, "")
                return self._made(variable.module, call, factory) if isinstance(factory, Function) else None
            case _:
                return None

    def _made(self, module: Module, call: Call, factory: Function) -> RouterClass | None:
        names = [item.name for item in factory.facts.parameters]
        arguments = {name: Written(module, value, "") for name, value in zip(names, call.args, strict=False)}
        arguments |= {item.name: Written(module, item.value, "") for item in call.keywords if item.name is not None}
        for statement in walk_statements(factory.body):
            if isinstance(statement, Return) and statement.value is not None:
                symbol = self._lexical.resolve(factory.module, statement.value, factory.qualname)
                found = _plain(symbol, arguments)
                if found is not None:
                    return found
        return None

    def options(self, router_class: RouterClass, name: str) -> Iterator[Written | None]:
        """Yield what the class's own ``__init__`` passes on for an option; None for what is not known."""
        if router_class.definition is None:
            return
        for ancestor in router_class.definition.ancestors:
            init = ancestor.own_methods.get("__init__")
            if init is None:
                continue
            for value in (_passed(statement, name) for statement in walk_statements(init.body)):
                if value is not None:
                    yield self._argument(Written(init.module, value, init.qualname), router_class)

    def _argument(self, written: Written, router_class: RouterClass) -> Written | None:
        local = self._lexical.resolve(written.module, written.expression, written.scope)
        if isinstance(local, Local):
            return router_class.arguments.get(local.name)
        return written


def _plain(symbol: object, arguments: Mapping[str, Written]) -> RouterClass | None:
    kind = router_kind(symbol)
    return None if kind is None else RouterClass(kind, symbol if isinstance(symbol, Class) else None, arguments)


def _passed(statement: Stmt, name: str) -> Expr | None:
    """Return the value of ``super().__init__(name=value)`` or ``kwargs["name"] = value``."""
    match statement:
        case Evaluate(value=Call() as call):
            return call.keyword(name)
        case Assign(targets=(Subscript(index=Constant(value=key)),), value=value) if key == name:
            return value
        case _:
            return None
