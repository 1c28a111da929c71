"""Says what an expression is, and records what evaluating it does."""

from collections.abc import Callable as Function_
from typing import TYPE_CHECKING, Any, Final

from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    Await,
    BinaryOperation,
    BooleanOperation,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expr,
    FormattedString,
    Lambda,
    Mapping,
    Name,
    Opaque,
    Sequence,
    Slice,
    Starred,
    Subscript,
    UnaryOperation,
    Yield,
    dotted_name,
)
from fastapi_lint.model.calls import Calls
from fastapi_lint.model.context_managers import ContextManagers
from fastapi_lint.model.displays import comprehension, mapping, sequence
from fastapi_lint.model.entity_reads import EntityReads
from fastapi_lint.model.events import CoroutineUse, Yielded
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.members import Members
from fastapi_lint.model.modules import BUILTIN_NAMES, Module
from fastapi_lint.model.operators import binary, boolean, comparison, conditional, unary
from fastapi_lint.model.results import row
from fastapi_lint.model.summaries import Summaries, receiver_class
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.model.unit_of_work import UnitOfWork
from fastapi_lint.model.values import (
    NONE,
    UNKNOWN,
    Callable,
    Choice,
    ClassObject,
    Collection,
    Coroutine,
    ExternalObject,
    Instance,
    LambdaObject,
    Literal,
    Result,
    SessionOrigin,
    Statement,
    Unknown,
    Value,
    alternatives,
    choice,
    symbol_value,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser

_AWAITED_HARMLESSLY: Final = frozenset({"send", "throw", "close", "cr_frame", "cr_running", "cr_await", "cr_code"})
_ENDS_PROCESS: Final = frozenset(
    {"sys.exit", "os._exit", "builtins.exit", "builtins.quit", "pytest.skip", "pytest.fail"}
)


class Evaluator:
    """Evaluates the expressions of one frame."""

    def __init__(self, frame: Frame, analyser: "Analyser") -> None:
        self.frame = frame
        self.analyser = analyser
        self.annotations = analyser.annotations_of(frame.module, frame.function, frame.own)
        self.unit_of_work = UnitOfWork(frame, analyser)
        self.reads = EntityReads(frame, analyser, self.unit_of_work)
        self.summaries = Summaries(frame, analyser, self.unit_of_work, self.reads)
        self.context_managers = ContextManagers(frame, analyser, self.unit_of_work, self.summaries)
        self.members = Members(analyser, self.reads, self.summaries)
        self.calls = Calls(self)

    def finish(self) -> None:
        """Let go of what interprets calls, which knows this object: nobody collects such circles during a run."""
        del self.calls

    def value(self, expression: Expr) -> Value:
        """Return what an expression is."""
        found = _TABLE[type(expression)](self, expression)
        self.frame.values[expression] = found
        return found

    def all_values(self, expressions: tuple[Expr, ...]) -> tuple[Value, ...]:
        """Return what several expressions are."""
        return tuple([self.value(item) for item in expressions])

    # Names

    def _name(self, node: Name) -> Value:
        found = self.frame.environment.get(node.id)
        return self.global_name(node.id) if found is None else found

    def global_name(self, name: str) -> Value:
        """Return what a name means that no local variable hides."""
        module = self.frame.module
        symbol = module.resolve_name(name, self.frame.scope)
        match symbol:
            case Variable():
                return self.analyser.variable(symbol)
            case Function():
                return self.function_value(symbol)
            case Module() | Class() | External():
                return symbol_value(symbol)
            case None:
                return ExternalObject(f"builtins.{name}") if name in BUILTIN_NAMES else UNKNOWN

    def function_value(self, function: Function) -> Value:
        """Return a function as a value."""
        return Callable(function)

    # Attributes

    def _attribute(self, node: Attribute) -> Value:
        dotted = dotted_name(node) if self.frame.narrowed else None
        if dotted is not None:
            narrowed = self.frame.environment.get(dotted)
            if narrowed is not None:
                self.value(node.value)
                return narrowed
        base = self.value(node.value)
        self.use(node, base, "attribute", node.attr)
        base = without_none(base)
        if type(base) is not Choice:
            return self.members.member(base, node.attr, node)
        return choice(*[self.members.member(item, node.attr, node) for item in base.values])

    def never_returns(self, expression: Expr) -> bool:
        """Return whether evaluating a call ends in an exception or the end of the process on every way."""
        node = expression.value if isinstance(expression, Await) else expression
        site = self.frame.calls.get((node.start, node.end)) if isinstance(node, Call) else None
        if site is None:
            return False
        if site.external in _ENDS_PROCESS:
            return True
        return bool(site.callees) and all(
            self.analyser.analysis(callee, receiver_class(site.target)).never_returns
            and (not callee.is_async or isinstance(expression, Await))
            for callee in site.callees
        )

    # Use of coroutines

    def use(self, node: Expr, value: Value, kind: str, attribute: str = "") -> None:
        """Record that a value is used as a result while it is only a coroutine."""
        if type(value) is not Coroutine and type(value) is not Choice:
            return
        found = [item for item in alternatives(value) if item != NONE]
        if kind in {"truth", "comparison"} and NONE in alternatives(value):
            return
        if not found or attribute in _AWAITED_HARMLESSLY or attribute.startswith("__"):
            return
        first = found[0]
        if isinstance(first, Coroutine) and all(isinstance(item, Coroutine) and item.certain for item in found):
            use = CoroutineUse(node, first, kind, self.frame.context)
            self.frame.coroutine_uses[node.start, node.end, kind] = use

    # Other expressions

    def _constant(self, node: Constant) -> Value:
        return Literal(node.value)

    def _opaque(self, node: Opaque) -> Value:
        return Instance(f"builtins.{node.kind}")

    def _call(self, node: Call) -> Value:
        return self.calls.call(node, awaited=False)

    def _await(self, node: Await) -> Value:
        if isinstance(node.value, Call):
            found = self.calls.call(node.value, awaited=True)
            self.frame.values[node.value] = found
        else:
            found = self.value(node.value)
        return choice(*[self.awaited(item) for item in alternatives(found)])

    def awaited(self, value: Value) -> Value:
        """Return what awaiting a value gives."""
        match value:
            case Coroutine(result=result) | Instance(of="asyncio.Task", arguments=(result, *_)):
                return result
            case Collection() | Callable() | ClassObject() | Literal():
                return UNKNOWN
            case Result() | Statement() | Instance(of=Class()):
                # Awaiting what is no coroutine to us: a decorator or an awaitable of the project's own.
                return value
            case _:
                return UNKNOWN

    def _subscript(self, node: Subscript) -> Value:
        base = self.value(node.value)
        index = self.value(node.index)
        self.use(node.value, base, "subscript")
        return choice(*[self._item(item, index, node) for item in alternatives(without_none(base))])

    def _item(self, base: Value, index: Value, node: Subscript) -> Value:
        match base:
            case ClassObject(of=of):
                annotated = self.annotations.value(node)
                return ClassObject(of, annotated.arguments) if isinstance(annotated, Instance) else base
            case Collection(items=tuple() as items) if isinstance(index, Literal) and isinstance(index.value, int):
                return items[index.value] if -len(items) <= index.value < len(items) else UNKNOWN
            case Collection() if isinstance(node.index, Slice):
                return Collection(base.kind, base.element)
            case Collection(element=element):
                return element
            case ExternalObject():
                return base
            case _:
                return UNKNOWN

    def _lambda(self, node: Lambda) -> Value:
        hidden = {name: self.frame.environment[name] for name in node.parameters if name in self.frame.environment}
        for name in node.parameters:
            self.frame.environment[name] = UNKNOWN
        with self.frame.deferred():
            self.value(node.body)
        for name in node.parameters:
            self.frame.environment.pop(name, None)
        self.frame.environment.update(hidden)
        return LambdaObject(self.frame.place(node), node.body)

    def _formatted(self, node: FormattedString) -> Value:
        for item in node.parts:
            value = self.value(item)
            if not isinstance(item, Constant):
                self.use(item, value, "text")
        return Instance("builtins.str")

    def _starred(self, node: Starred) -> Value:
        return self.value(node.value)

    def _yield(self, node: Yield) -> Value:
        value = NONE if node.value is None else self.value(node.value)
        if node.is_from and node.value is not None:
            value = self.element(value, node.value)
        if isinstance(value, Unknown) and isinstance(node.value, Name) and not node.is_from:
            value = self.frame.environment[node.value.id] = self._declared_yield(node)
        self.frame.yielded[node.start] = Yielded(node, value, self.frame.context)
        self.frame.passed_yield()
        return UNKNOWN

    def _declared_yield(self, node: Yield) -> Value:
        """Return what the return annotation of the generator says that it yields."""
        function = self.frame.function
        declared = self.annotations.value(None if function is None else function.facts.returns)
        if not isinstance(declared, Collection):
            return UNKNOWN
        element = declared.element
        if isinstance(element, Instance) and self.analyser.library.session_kind(element) is not None:
            return Instance(element.of, (), SessionOrigin("opened", f"@{node.start}", self.frame.place(node)))
        return element

    def _assignment(self, node: Assignment) -> Value:
        value = self.value(node.value)
        self.frame.environment[node.target.id] = value
        return value

    def _slice(self, node: Slice) -> Value:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.value(part)
        return UNKNOWN

    # Iteration

    def element(self, value: Value, node: Expr) -> Value:
        """Return what iterating over a value yields."""
        self.use(node, value, "iteration")
        return choice(*[self._element(item, node) for item in alternatives(without_none(value))])

    def _element(self, value: Value, node: Expr) -> Value:
        match value:
            case Collection(kind="dict", key=key):
                return UNKNOWN if key is None else key
            case Collection(element=element):
                return element
            case Result() | Statement():
                return row(self, value, node, many=True)
            case Coroutine(result=Collection(kind="iterator") as result):
                # An async generator is declared like a coroutine and iterated without ``await``.
                return result.element
            case Instance(of="builtins.str"):
                return value
            case _:
                return UNKNOWN


_TABLE: Final[dict[type, Function_[[Evaluator, Any], Value]]] = {
    Name: Evaluator._name,
    Attribute: Evaluator._attribute,
    Call: Evaluator._call,
    Constant: Evaluator._constant,
    Await: Evaluator._await,
    Subscript: Evaluator._subscript,
    Sequence: sequence,
    Mapping: mapping,
    BooleanOperation: boolean,
    Comparison: comparison,
    UnaryOperation: unary,
    BinaryOperation: binary,
    Conditional: conditional,
    Lambda: Evaluator._lambda,
    Comprehension: comprehension,
    FormattedString: Evaluator._formatted,
    Starred: Evaluator._starred,
    Yield: Evaluator._yield,
    Assignment: Evaluator._assignment,
    Slice: Evaluator._slice,
    Opaque: Evaluator._opaque,
}
