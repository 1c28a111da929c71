"""Runs the statements of a function over what is known of its values, once in order; branches are joined."""

from collections.abc import Callable as Function_
from collections.abc import Iterable
from typing import Any, Final

from fastapi_lint.facts.expressions import (
    Attribute,
    Await,
    BooleanOperation,
    Call,
    Comparison,
    Constant,
    Expr,
    Name,
    Sequence,
    UnaryOperation,
    bound_names,
    dotted_name,
    walk,
)
from fastapi_lint.facts.statements import (
    Annotate,
    Assert,
    Assign,
    Augment,
    Declare,
    Define,
    Delete,
    Evaluate,
    For,
    If,
    ImportHere,
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
from fastapi_lint.model.evaluation import Evaluator
from fastapi_lint.model.events import Loop, Returned
from fastapi_lint.model.frame import Environment, Frame, joined
from fastapi_lint.model.targets import bind
from fastapi_lint.model.values import (
    NONE,
    NOTHING,
    UNKNOWN,
    ClassObject,
    Collection,
    EntityOrigin,
    ExternalObject,
    Instance,
    Symbolic,
    Unknown,
    Value,
    alternatives,
    choice,
)

_MERGED_LIMIT = 24
"""A name that may hold more different values than this holds nothing certain."""


class Executor:
    """Interprets statements. ``run`` returns whether control reaches the end of a body."""

    def __init__(self, frame: Frame, evaluator: Evaluator) -> None:
        self._frame = frame
        self._evaluate = evaluator.value
        self._evaluator = evaluator

    def run(self, body: Iterable[Stmt]) -> bool:
        """Interpret statements in order; what follows a statement that never ends normally is not looked at."""
        for statement in body:  # noqa: SIM110 - one Python frame less on every level of a deep call chain
            if not _STATEMENTS[type(statement)](self, statement):
                return False
        return True

    # Simple statements

    def _evaluated(self, statement: Evaluate) -> bool:
        value = self._evaluate(statement.value)
        self._evaluator.use(statement.value, value, "discarded")
        return not self._evaluator.never_returns(statement.value)

    def _assign(self, statement: Assign) -> bool:
        value = self._evaluate(statement.value)
        for target in statement.targets:
            bind(self._evaluator, target, value)
        return True

    def _annotated(self, statement: Annotate) -> bool:
        declared = self._evaluator.annotations.value(statement.annotation)
        if statement.value is None:
            bind(self._evaluator, statement.target, declared)
            return True
        value = self._evaluate(statement.value)
        bind(self._evaluator, statement.target, declared if _less_specific(value, declared) else value)
        return True

    def _augment(self, statement: Augment) -> bool:
        self._evaluate(statement.target)
        value = self._evaluate(statement.value)
        self._evaluator.use(statement.value, value, "operand")
        return True

    def _return(self, statement: Return) -> bool:
        if statement.value is not None:
            returned = Returned(statement.value, self._evaluate(statement.value), self._frame.context)
            if not self._evaluator.never_returns(statement.value):
                self._frame.returned[statement.start] = returned
        return False

    def _raise(self, statement: Raise) -> bool:
        for part in (statement.exception, statement.cause):
            if part is not None:
                self._evaluate(part)
        return False

    def _delete(self, statement: Delete) -> bool:
        for target in statement.targets:
            if isinstance(target, Name):
                self._frame.environment.pop(target.id, None)
        return True

    def _assert(self, statement: Assert) -> bool:
        self._evaluator.use(statement.test, self._evaluate(statement.test), "truth")
        self._narrow(statement.test)
        return True

    def _import(self, statement: ImportHere) -> bool:
        for name in statement.names:
            self._frame.environment.pop(name, None)
        return True

    def _jump(self, statement: Jump) -> bool:
        return statement.kind == "pass"

    def _declare(self, _: Declare) -> bool:
        return True

    # Branches

    def _if(self, statement: If) -> bool:
        self._evaluator.use(statement.test, self._evaluate(statement.test), "truth")
        if _is_type_checking(statement.test):
            return True
        before = self._frame.environment
        ends: list[Environment] = []
        self._frame.environment = dict(before)
        self._narrow(statement.test)
        conditional = self._is_decided_from_outside(statement.test)
        with self._frame.conditional(when=conditional):
            with self._frame.on_request(when=self._is_switched_on(statement.test)):
                if self._branch(statement.body):
                    ends.append(self._frame.environment)
            self._frame.environment = dict(before)
            self._narrow_negated(statement.test)
            if not statement.orelse or self._branch(statement.orelse):
                ends.append(self._frame.environment)
        return self._continue_with(ends, before)

    def _is_switched_on(self, test: Expr) -> bool:
        """Return whether a test needs a parameter that is false unless it is passed."""
        if isinstance(test, BooleanOperation) and test.operator == "and":
            return any(self._is_switched_on(value) for value in test.values)
        function = self._frame.function
        if function is None or not isinstance(test, Name):
            return False
        defaults = [item.default for item in function.facts.parameters if item.name == test.id]
        return any(isinstance(default, Constant) and default.value is False for default in defaults)

    def _is_session(self, node: Expr) -> bool:
        known = self._frame.values.get(node, UNKNOWN)
        return self._evaluator.analyser.library.session_kind(known) is not None

    def _is_decided_from_outside(self, test: Expr) -> bool:
        """Return whether a parameter decides, or a session that may have failed before."""
        function = self._frame.function
        if function is None:
            return False
        names = {item.name for item in function.facts.parameters if item.name not in {"self", "cls"}}
        return any(
            (isinstance(item, Name) and item.id in names)
            or (isinstance(item, Attribute) and item.attr == "is_active" and self._is_session(item.value))
            for item in walk(test)
        )

    def _branch(self, body: tuple[Stmt, ...]) -> bool:
        """Interpret one of several ways; what it does counts as failing where it ends in an exception."""
        with self._frame.attempting() as attempt:
            attempt.finished = self.run(body)
            attempt.leaves_loop = not attempt.finished and any(
                isinstance(inner, Jump) and inner.kind != "pass" for inner in walk_statements(body)
            )
        return attempt.finished

    def _continue_with(self, ends: list[Environment], before: Environment) -> bool:
        if not ends:
            self._frame.environment = before
            return False
        self._frame.environment = _bounded(joined(ends))
        return True

    def _narrow(self, test: Expr) -> None:
        """Let ``isinstance(name, Class)`` say what a name holds."""
        match test:
            case Call(func=Name(id="isinstance"), args=(Name(id=name), classes)):
                narrowed = self._instances(classes)
                known = self._frame.environment.get(name, UNKNOWN)
                if narrowed is not None and not _mentions(known, narrowed):
                    self._frame.environment[name] = narrowed
            case BooleanOperation(operator="and"):
                for value in test.values:
                    self._narrow(value)
            case UnaryOperation(operator="not", operand=operand):
                self._narrow_negated(operand)
            case _:
                pass

    def _narrow_negated(self, test: Expr) -> None:
        match test:
            case UnaryOperation(operator="not", operand=operand):
                self._narrow(operand)
            case Name(id=name) if _is_one_entity(self._frame.environment.get(name, UNKNOWN)):
                self._frame.environment[name] = NONE
            case Comparison(left=Name(id=name), operators=("is not",), comparators=(Constant(value=None),)):
                self._frame.environment[name] = NONE
            case _:
                pass

    def _instances(self, classes: Expr) -> Value | None:
        items = classes.items if isinstance(classes, Sequence) else (classes,)
        found: list[Value] = []
        for item in items:
            match self._evaluate(item):
                case ClassObject(of=of, arguments=arguments):
                    found.append(Instance(of, arguments))
                case ExternalObject(name=name):
                    found.append(Instance(name))
                case _:
                    return None
        return choice(*found) if found else None

    def _match(self, statement: Match) -> bool:
        subject = self._evaluate(statement.subject)
        before = self._frame.environment
        ends: list[Environment] = []
        for case in statement.cases:
            self._frame.environment = dict(before)
            for name in case.names:
                self._frame.environment[name] = UNKNOWN
            if len(case.classes) == 1 and isinstance(statement.subject, Name):
                narrowed = self._instances(case.classes[0])
                if narrowed is not None and isinstance(subject, Unknown | Symbolic):
                    self._frame.environment[statement.subject.id] = narrowed
            if case.guard is not None:
                self._evaluate(case.guard)
            if self.run(case.body):
                ends.append(self._frame.environment)
        if not any(case.is_wildcard for case in statement.cases):
            ends.append(before)
        return self._continue_with(ends, before)

    # Loops

    def _for(self, statement: For) -> bool:
        iterable = self._evaluate(statement.iter)
        element = self._evaluator.element(iterable, statement.iter)
        loop = Loop(statement, iterable, statement.iter, bound_names(statement.target), statement.is_async)
        before = dict(self._frame.environment)
        self._repeat(loop, statement, element)
        if isinstance(statement.iter, Name):
            # Where no turn was made, there is nothing in it.
            before[statement.iter.id] = self._frame.environment.get(statement.iter.id, iterable)
        self._frame.environment = _bounded(joined([before, self._frame.environment]))
        self.run(statement.orelse)
        return True

    def _repeat(self, loop: Loop, statement: For, element: Value) -> None:
        """Run the body twice: the second time sees what the first one left behind (an expired object, say)."""
        for turn in range(2):
            before = dict(self._frame.environment)
            if turn:
                element = self._evaluator.element(self._again(statement.iter, loop.iterable), statement.iter)
            bind(self._evaluator, statement.target, element)
            with self._frame.looping(loop):
                self.run(statement.body)
            after = self._frame.environment
            if turn or all(before.get(name) == value for name, value in after.items()):
                return
            self._frame.environment = joined([before, after])

    def _again(self, node: Expr, value: Value) -> Value:
        """Return what is being iterated over as it is now: its elements may have expired meanwhile."""
        if isinstance(node, Name):
            return self._frame.environment.get(node.id, value)
        return self._evaluator.unit_of_work.expired_since(value)

    def _while(self, statement: While) -> bool:
        loop = Loop(statement, UNKNOWN, None, frozenset(), is_async=False)
        before = dict(self._frame.environment)
        for _ in range(2):
            with self._frame.looping(loop):
                self._evaluator.use(statement.test, self._evaluate(statement.test), "truth")
                self.run(statement.body)
        self._frame.environment = _bounded(joined([before, self._frame.environment]))
        endless = isinstance(statement.test, Constant) and bool(statement.test.value)
        if endless and not _breaks(statement.body):
            return False
        return self.run(statement.orelse)

    # Blocks

    def _with(self, statement: With) -> bool:
        entered = []
        for item in statement.items:
            manager = self._evaluate(item.context)
            value = self._evaluator.context_managers.entered(item.context, manager)
            if item.target is not None:
                bind(self._evaluator, item.target, value)
            entered.append((item.context, manager))
        finished = self.run(statement.body)
        for node, manager in reversed(entered):
            self._evaluator.context_managers.exited(node, manager)
        # A context manager may swallow an exception, so that what follows a body that raises is still reached.
        return finished or not _always_leaves(statement.body)

    def _try(self, statement: Try) -> bool:
        before = dict(self._frame.environment)
        with self._frame.guarded(statement):
            finished = self.run(statement.body)
        ends: list[Environment] = []
        after_body = self._frame.environment
        undone = self._is_one_external_call(statement.body)
        if finished and self.run(statement.orelse):
            ends.append(self._frame.environment)
        for handler in statement.handlers:
            self._frame.environment = dict(before) if undone else joined([before, dict(after_body)])
            if handler.type is not None:
                self._evaluate(handler.type)
            if handler.name is not None:
                self._frame.environment[handler.name] = UNKNOWN
            with self._frame.handling():
                if self._branch(handler.body):
                    ends.append(self._frame.environment)
        reaches = self._continue_with(ends, after_body)
        with self._frame.finishing():
            ended = self.run(statement.final)
        return reaches and ended

    def _is_one_external_call(self, body: tuple[Stmt, ...]) -> bool:
        """Return whether a body is one call out of the project: where it raises, it has not done its work."""
        match body:
            case (Evaluate(value=Await(value=Call() as call)),) | (Evaluate(value=Call() as call),):
                site = self._frame.calls.get((call.start, call.end))
                return site is not None and site.external is not None and not site.callees
            case _:
                return False

    def _define(self, statement: Define) -> bool:
        name = statement.qualname.rpartition(".")[2]
        module = self._frame.module
        if statement.is_class:
            found = module.classes.get(statement.qualname)
            self._frame.environment[name] = UNKNOWN if found is None else ClassObject(found)
            return True
        function = module.functions.get(statement.qualname)
        if function is not None:
            self._frame.closures[function.key] = self._frame.environment
            self._frame.environment[name] = self._evaluator.function_value(function)
        return True


_STATEMENTS: Final[dict[type, Function_[[Executor, Any], bool]]] = {
    Evaluate: Executor._evaluated,
    Assign: Executor._assign,
    Annotate: Executor._annotated,
    Augment: Executor._augment,
    Return: Executor._return,
    Raise: Executor._raise,
    Delete: Executor._delete,
    If: Executor._if,
    While: Executor._while,
    For: Executor._for,
    With: Executor._with,
    Try: Executor._try,
    Match: Executor._match,
    Assert: Executor._assert,
    Define: Executor._define,
    ImportHere: Executor._import,
    Jump: Executor._jump,
    Declare: Executor._declare,
}


def _less_specific(value: Value, declared: Value) -> bool:
    """Return whether the annotation of a variable says more than its value."""
    if isinstance(declared, Unknown):
        return False
    return any(
        isinstance(item, Unknown)
        or item == NONE
        or (isinstance(item, Collection) and (isinstance(item.element, Unknown) or item.element == NOTHING))
        for item in alternatives(value)
    )


def _is_one_entity(value: Value) -> bool:
    """Return whether a value is a database object, or None: false means None then."""
    found = [item for item in alternatives(value) if item != NONE]
    return bool(found) and all(isinstance(item, Instance) and isinstance(item.origin, EntityOrigin) for item in found)


def _mentions(known: Value, narrowed: Value) -> bool:
    """Return whether a narrowing test says no more than what is known (it must not lose where an object came from)."""
    wanted = {item.of for item in alternatives(narrowed) if isinstance(item, Instance)}
    return any(
        isinstance(item, Instance) and item.of in wanted and isinstance(item.origin, EntityOrigin)
        for item in alternatives(known)
    )


def _bounded(environment: Environment) -> Environment:
    for name, value in environment.items():
        if len(alternatives(value)) > _MERGED_LIMIT:
            environment[name] = UNKNOWN
    return environment


def _is_type_checking(test: Expr) -> bool:
    return (dotted_name(test) or "").rpartition(".")[2] == "TYPE_CHECKING"


def _breaks(body: Iterable[Stmt]) -> bool:
    for statement in body:
        match statement:
            case Jump(kind="break"):
                return True
            case If():
                if _breaks((*statement.body, *statement.orelse)):
                    return True
            case Try():
                handled = [inner for handler in statement.handlers for inner in handler.body]
                if _breaks((*statement.body, *handled, *statement.orelse, *statement.final)):
                    return True
            case With():
                if _breaks(statement.body):
                    return True
            case Match():
                if any(_breaks(case.body) for case in statement.cases):
                    return True
            case _:
                pass
    return False


def _always_leaves(body: tuple[Stmt, ...]) -> bool:
    """Return whether a body ends in a ``return``: no context manager undoes that."""
    return bool(body) and isinstance(body[-1], Return | Jump)
