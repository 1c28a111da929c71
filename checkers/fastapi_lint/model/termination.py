"""Whether control can leave a body otherwise than by an exception."""

from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Await, Call, Constant, Expr, dotted_name
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import (
    Assign,
    Evaluate,
    If,
    Jump,
    Match,
    Raise,
    Return,
    Stmt,
    Try,
    While,
    With,
    walk_statements,
)
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, External, Function

_NEVER: Final = frozenset({"typing.NoReturn", "typing.Never", "typing_extensions.NoReturn", "typing_extensions.Never"})
_EXITS: Final = frozenset({"sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit"})
_CALL_DEPTH: Final = 3


class Termination:
    """Answers for statements in the scope where they stand."""

    def __init__(self, lexical: Lexical) -> None:
        self._lexical = lexical
        self._raising: dict[tuple[str, int], bool] = {}

    def completes(self, module: Module, body: Body, scope: str) -> bool:
        """Return whether a body can end, return, or leave a loop, without raising."""
        outcome = self._body(module, body, scope, 0)
        return outcome.passes or outcome.leaves

    def _body(self, module: Module, body: Body, scope: str, depth: int) -> "_Outcome":
        leaves = False
        for statement in body:
            outcome = self._statement(module, statement, scope, depth)
            leaves = leaves or outcome.leaves
            if not outcome.passes:
                return _Outcome(passes=False, leaves=leaves)
        return _Outcome(passes=True, leaves=leaves)

    def _statement(self, module: Module, statement: Stmt, scope: str, depth: int) -> "_Outcome":
        def of(body: Body) -> _Outcome:
            return self._body(module, body, scope, depth)

        match statement:
            case Raise():
                return _Outcome(passes=False, leaves=False)
            case Return():
                return _Outcome(passes=False, leaves=True)
            case Jump(kind=kind):
                return _Outcome(passes=kind == "pass", leaves=kind != "pass")
            case Evaluate(value=value) | Assign(value=value):
                return _Outcome(passes=not self._never_returns(module, value, scope, depth), leaves=False)
            case If(body=body, orelse=orelse):
                return _either(of(body), of(orelse))
            case With(body=body):
                return of(body)
            case Try():
                return self._try(module, statement, scope, depth)
            case Match(cases=cases):
                outcomes = [of(case.body) for case in cases]
                exhaustive = any(case.is_wildcard for case in cases)
                return _either(*outcomes, *([] if exhaustive else [_Outcome(passes=True, leaves=False)]))
            case While(test=Constant(value=True), body=body):
                ends = any(isinstance(item, Jump) and item.kind == "break" for item in walk_statements(body))
                return _Outcome(passes=ends, leaves=any(isinstance(item, Return) for item in walk_statements(body)))
            case _:
                return _Outcome(
                    passes=True, leaves=any(isinstance(item, Return) for item in walk_statements((statement,)))
                )

    def _try(self, module: Module, statement: Try, scope: str, depth: int) -> "_Outcome":
        final = self._body(module, statement.final, scope, depth)
        if not final.passes:
            return final
        normal = self._body(module, (*statement.body, *statement.orelse), scope, depth)
        return _either(normal, *(self._body(module, item.body, scope, depth) for item in statement.handlers))

    def _never_returns(self, module: Module, expression: Expr, scope: str, depth: int) -> bool:
        if isinstance(expression, Await):
            expression = expression.value
        if not isinstance(expression, Call) or depth >= _CALL_DEPTH:
            return False
        symbol = self._lexical.resolve(module, expression.func, scope)
        if isinstance(symbol, External):
            return symbol.name in _EXITS
        name = dotted_name(expression.func)
        around = module.functions.get(scope)
        if symbol is None and name is not None and name.startswith("self.") and around is not None:
            owner = around.owner
            symbol = owner.method(name.removeprefix("self.")) if isinstance(owner, Class) else None
        return isinstance(symbol, Function) and self._always_raises(symbol, depth + 1)

    def _always_raises(self, function: Function, depth: int) -> bool:
        """Return whether no call of a function ever returns, as far as ``_CALL_DEPTH`` calls show."""
        known = self._raising.get((function.key, depth))
        if known is None:
            known = self._is_declared_so(function) or self._does_so(function, depth)
            self._raising[function.key, depth] = known
        return known

    def _is_declared_so(self, function: Function) -> bool:
        returns = function.facts.returns
        if returns is None:
            return False
        symbol = self._lexical.resolve(function.module, returns, function.facts.parent)
        return isinstance(symbol, External) and symbol.name in _NEVER

    def _does_so(self, function: Function, depth: int) -> bool:
        if function.facts.is_generator:
            return False
        outcome = self._body(function.module, function.body, function.qualname, depth)
        return not outcome.passes and not outcome.leaves


class _Outcome(Struct, frozen=True):
    """Whether control can come out at the end, and whether it can leave before by other means than an exception."""

    passes: bool
    leaves: bool


def _either(*outcomes: _Outcome) -> _Outcome:
    return _Outcome(any(item.passes for item in outcomes), any(item.leaves for item in outcomes))
