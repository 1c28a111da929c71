"""What one body of code does to routers: makes them, registers handlers on them, includes and mounts them.

This is the first of two passes: it looks at one module or function at a time and leaves open which object an expression
such as ``users.router`` is. ``routes`` answers that with the whole program in view.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from fastapi_lint.facts.expressions import (
    Attribute,
    Await,
    Call,
    Constant,
    Expr,
    Name,
    Sequence,
    Starred,
    Yield,
    bound_names,
    dotted_name,
)
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import (
    Annotate,
    Assign,
    Define,
    Evaluate,
    For,
    If,
    ImportHere,
    Match,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from fastapi_lint.model.lexical import Lexical, argument
from fastapi_lint.model.modules import Module
from fastapi_lint.model.router_actions import (
    VERBS,
    Action,
    Branch,
    Created,
    Included,
    Passed,
    Position,
    Registered,
    Scan,
)
from fastapi_lint.model.router_classes import RouterClasses, Written
from fastapi_lint.model.symbols import Class, Function, Variable

_DECORATORS: Final = frozenset({*VERBS, "api_route", "route", "websocket", "websocket_route"})
_ADDERS: Final = frozenset({"add_api_route", "add_route", "add_api_websocket_route", "add_websocket_route"})
REGISTERING: Final = _DECORATORS | _ADDERS | {"include_router", "mount"}


class Scanner:
    """Walks one body."""

    def __init__(self, module: Module, scope: str, lexical: Lexical, classes: RouterClasses) -> None:
        self._module = module
        self._scope = scope
        self._lexical = lexical
        self._classes = classes
        self._actions: list[Action] = []
        self._bound: dict[str, Written | Created] = {}
        self._created: dict[Call, Created] = {}
        self._returned: list[Written | Created] = []
        self._branches: list[Branch] = []

    def scan(self, body: Body) -> Scan:
        """Return what the body does."""
        self._statements(body)
        return Scan(tuple(self._actions), self._bound, tuple(self._returned))

    # Statements

    def _statements(self, body: Iterable[Stmt]) -> None:
        for statement in body:
            if type(statement) is not ImportHere:
                self._statement(statement)

    def _statement(self, statement: Stmt) -> None:
        match statement:
            case Assign(targets=targets, value=value):
                self._assign(targets, value)
            case Annotate(target=target, value=value) if value is not None:
                self._assign((target,), value)
            case Evaluate(value=value):
                self._evaluate(value)
            case Return(value=value) if value is not None:
                self._evaluate(value)
                self._returned.append(self._reference(value))
            case Define():
                self._definition(statement)
            case If(body=body, orelse=orelse):
                self._branch(statement, 0, body)
                self._branch(statement, 1, orelse)
            case For():
                self._loop(statement)
            case While(body=body):
                self._branch(statement, 0, body)
            case Try():
                self._statements(statement.body)
                for side, handler in enumerate(statement.handlers):
                    self._branch(statement, side, handler.body)
                self._statements(statement.orelse)
                self._statements(statement.final)
            case With(items=items, body=body):
                for item in items:
                    if item.target is not None:
                        self._forget(item.target)
                self._statements(body)
            case Match(cases=cases):
                for side, case in enumerate(cases):
                    self._branch(statement, side, case.body)
            case _:
                pass

    def _branch(self, statement: Stmt, side: int, body: Body) -> None:
        self._branches.append(Branch(statement.start, side))
        self._statements(body)
        self._branches.pop()

    def _loop(self, statement: For) -> None:
        """Walk the body once for each item of a literal list; any other loop is a condition."""
        listed = self._listed(statement.iter)
        if listed is None:
            self._forget(statement.target)
            self._branch(statement, 0, statement.body)
            return
        where, items = listed
        for item in items:
            self._bind(statement.target, Written(where.module, item, where.scope))
            self._statements(statement.body)

    def _forget(self, target: Expr) -> None:
        for name in bound_names(target):
            self._bound.pop(name, None)

    def _listed(self, expression: Expr) -> tuple[Written, tuple[Expr, ...]] | None:
        """Return the items of a literal list, written here or given a name."""
        written = self._reference(expression)
        if isinstance(written, Written):
            symbol = self._lexical.resolve(written.module, written.expression, written.scope)
            if isinstance(symbol, Variable) and symbol.value is not None:
                written = Written(symbol.module, symbol.value, "")
        match written:
            case Written(expression=Sequence(items=items)) if not any(isinstance(item, Starred) for item in items):
                return written, items
            case _:
                return None

    def _bind(self, target: Expr, item: Written) -> None:
        match target, item.expression:
            case Name(id=name), _:
                here = item.module is self._module and item.scope == self._scope
                self._bound[name] = self._reference(item.expression) if here else item
            case Sequence(items=targets), Sequence(items=values) if len(targets) == len(values):
                for inner, value in zip(targets, values, strict=True):
                    self._bind(inner, Written(item.module, value, item.scope))
            case _:
                pass

    def _assign(self, targets: tuple[Expr, ...], value: Expr) -> None:
        names = [name for target in targets if (name := dotted_name(target)) is not None]
        reference = self._reference(value, names[0] if names else "")
        self._evaluate(value)
        self._bound.update(dict.fromkeys(names, reference))

    # Expressions

    def _reference(self, expression: Expr, name: str = "") -> Written | Created:
        if isinstance(expression, Await):
            expression = expression.value
        if isinstance(expression, Yield) and expression.value is not None:
            expression = expression.value
        written = dotted_name(expression)
        if written is not None and written in self._bound:
            return self._bound[written]
        if isinstance(expression, Call):
            made_by = self._classes.of(self._module, expression.func, self._scope)
            if made_by is not None:
                created = Created(self._module, self._scope, expression, made_by, name)
                return self._created.setdefault(expression, created)
        return Written(self._module, expression, self._scope)

    def _position(self) -> Position:
        return Position(self._module.key, self._scope, len(self._actions), tuple(self._branches))

    def _evaluate(self, expression: Expr) -> None:
        if isinstance(expression, Await):
            expression = expression.value
        if not isinstance(expression, Call):
            return
        func = expression.func
        if isinstance(func, Attribute):
            if func.attr == "include_router":
                self._include(func.value, expression, argument(expression, 0, "router"), mounted=False)
                return
            if func.attr == "mount":
                self._include(func.value, expression, argument(expression, 1, "app"), mounted=True)
                return
            if func.attr in _ADDERS:
                handler = argument(expression, 1, "route" if func.attr == "add_route" else "endpoint")
                self._register(func.value, func.attr, expression, handler)
                return
        if isinstance(func, Call) and isinstance(func.func, Attribute) and func.func.attr in _DECORATORS:
            self._register(func.func.value, func.func.attr, func, expression.args[0] if expression.args else None)
            return
        self._pass(expression)

    def _include(self, target: Expr, call: Call, router: Expr | None, *, mounted: bool) -> None:
        if router is not None:
            written = argument(call, 0, "path") if mounted else call.keyword("prefix")
            prefix = None if written is None else self._reference(written)
            included = self._reference(router)
            self._actions.append(Included(self._reference(target), self._position(), call, included, prefix, mounted))

    def _register(self, target: Expr, verb: str, call: Call, handler: Function | Expr | None) -> None:
        path = argument(call, 0, "path")
        written = None if path is None else self._reference(path)
        self._actions.append(Registered(self._reference(target), self._position(), verb, call, written, handler))

    def _pass(self, call: Call) -> None:
        function = self._lexical.resolve(self._module, call.func, self._scope)
        bound = False
        found: list[tuple[str, Written | Created]] = []
        if isinstance(function, Class):
            function, bound = function.method("__init__"), True
        if function is None and (name := dotted_name(call.func)) is not None and name.startswith("self."):
            function, bound = self._own_method(name.removeprefix("self.")), True
        if not isinstance(function, Function):
            return
        names = [item.name for item in function.facts.parameters if item.kind in {"positional", "positional-only"}]
        if bound and names:
            # An app of the project's own class registers routes on itself.
            found.append((names.pop(0), self._reference(call)))
        found.extend(
            (name, self._reference(value))
            for name, value in zip(names, call.args, strict=False)
            if not isinstance(value, Constant)
        )
        found.extend((item.name, self._reference(item.value)) for item in call.keywords if item.name is not None)
        self._actions.append(Passed(function, self._position(), call, self._scope, tuple(found)))

    def _own_method(self, name: str) -> Function | None:
        function = self._module.functions.get(self._scope)
        return function.owner.method(name) if function is not None and function.owner is not None else None

    # Definitions

    @cached_property
    def _registering(self) -> Mapping[int | str, list[Function]]:
        """Return what a decorator may register: methods by the name of their class, functions by where they begin."""
        found: dict[int | str, list[Function]] = {}
        for function in sorted(self._module.all_functions, key=lambda item: item.facts.start):
            if any(map(_registers, function.facts.decorators)):
                found.setdefault(function.facts.owner or function.facts.start, []).append(function)
        return found

    def _definition(self, statement: Define) -> None:
        for function in self._registering.get(statement.qualname if statement.is_class else statement.start, ()):
            self._decorators(function)

    def _decorators(self, function: Function) -> None:
        for decorator in reversed(function.facts.decorators):
            if _registers(decorator):
                assert isinstance(decorator, Call)
                assert isinstance(decorator.func, Attribute)
                self._register(decorator.func.value, decorator.func.attr, decorator, function)


def _registers(decorator: Expr) -> bool:
    return isinstance(decorator, Call) and isinstance(decorator.func, Attribute) and decorator.func.attr in _DECORATORS
