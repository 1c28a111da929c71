"""Which library's class an expression of a function is an object of, as far as names and the tables of libraries tell.

That takes a fraction of what following all values of the function takes: enough to see that somebody asks the answer
of an HTTP client, as tests do by the hundred.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    Await,
    Call,
    Comprehension,
    Expr,
    Lambda,
    Name,
    bound_names,
    dotted_name,
)
from fastapi_lint.facts.schema import Body, decode_body
from fastapi_lint.facts.statements import Declare, walk_statements
from fastapi_lint.knowledge.canonical import return_type
from fastapi_lint.model.lexical import expressions, statement_bindings
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import External, Function, Variable

_DEEPEST: Final = 8


class LibraryTypes:
    """Answers for the expressions of one function that no other one surrounds.

    ``expressions`` are those of its body, which the function does not keep: who asks this asks nothing more of most.
    """

    def __init__(self, function: Function) -> None:
        body = decode_body(function.facts.body)
        self.expressions = tuple(expressions(body))
        self._module = function.module
        self._scope = function.qualname
        self._outer_scope = function.facts.parent
        self._annotations = {item.name: item.annotation for item in function.facts.parameters}
        self._bound: dict[str, list[Expr | None]] = {}
        for name, value in (*statement_bindings(body), *_declared(body), *_inner_bindings(self.expressions)):
            self._bound.setdefault(name, []).append(value)

    def of(self, expression: Expr) -> str | None:
        """Return the canonical name of a class, None where anything else may come from somewhere."""
        return self._of(self._module, self._scope, expression, 0)

    def _of(self, module: Module, scope: str, expression: Expr, depth: int) -> str | None:
        if depth > _DEEPEST:
            return None
        match expression:
            case Await(value=value):
                return self._of(module, scope, value, depth + 1)
            case Call(func=func):
                return self._called(module, scope, func, depth + 1)
            case Name(id=name) if scope and self._is_local(name):
                return self._local(name, depth + 1)
            case Name(id=name):
                symbol = module.resolve_name(name, scope)
                if isinstance(symbol, Variable) and symbol.value is not None:
                    return self._of(symbol.module, "", symbol.value, depth + 1)
                return None
            case _:
                return None

    def _called(self, module: Module, scope: str, func: Expr, depth: int) -> str | None:
        """Return what calling something gives: a method of a known object, or a class or function of a library."""
        if isinstance(func, Attribute):
            owner = self._of(module, scope, func.value, depth)
            if owner is not None:
                return _known(return_type(f"{owner}.{func.attr}"))
        if scope and self._is_local((dotted_name(func) or "").partition(".")[0]):
            return None
        name = _external(module, func, scope)
        if name is None:
            return None
        is_class = name.rpartition(".")[2][:1].isupper()
        return _known(return_type(name)) or (name if is_class else None)

    def _is_local(self, name: str) -> bool:
        return name in self._bound or name in self._annotations

    def _local(self, name: str, depth: int) -> str | None:
        """Return what a parameter or variable is, if it is the same wherever it is bound."""
        values = self._bound.get(name, ())
        found = {None if value is None else self._of(self._module, self._scope, value, depth) for value in values}
        if name in self._annotations:
            annotation = self._annotations[name]
            found.add(None if annotation is None else _external(self._module, annotation, self._outer_scope))
        return found.pop() if len(found) == 1 else None


def _external(module: Module, expression: Expr, scope: str) -> str | None:
    symbol = module.resolve(expression, scope)
    return symbol.name if isinstance(symbol, External) else None


def _declared(body: Body) -> Iterator[tuple[str, None]]:
    """Yield the names that others may bind, too."""
    for statement in walk_statements(body):
        if isinstance(statement, Declare):
            yield from ((name, None) for name in statement.names)


def _inner_bindings(parts: Iterable[Expr]) -> Iterator[tuple[str, Expr | None]]:
    """Yield the names that expressions bind: ``:=``, and comprehensions and lambdas for themselves."""
    for item in parts:
        match item:
            case Assignment(target=target, value=value):
                yield target.id, value
            case Comprehension(generators=generators):
                yield from ((name, None) for part in generators for name in bound_names(part.target))
            case Lambda(parameters=parameters):
                yield from ((name, None) for name in parameters)
            case _:
                pass


def _known(name: str | None) -> str | None:
    return None if name is None or name.startswith("typing.") else name
