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
    bound_names,
    dotted_name,
)
from fastapi_lint.model.calls import Calls
from fastapi_lint.model.containers import grow
from fastapi_lint.model.context_managers import ContextManagers
from fastapi_lint.model.entity_reads import EntityReads
from fastapi_lint.model.events import CoroutineUse, Loop, Yielded
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.results import row
from fastapi_lint.model.summaries import Summaries, receiver_class
from fastapi_lint.model.symbols import BUILTIN_NAMES, Class, External, Function, Module, Variable
from fastapi_lint.model.unit_of_work import UnitOfWork
from fastapi_lint.model.values import (
    NONE,
    NOTHING,
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
    LoaderOptions,
    MappedAttribute,
    ModuleObject,
    Result,
    SessionOrigin,
    Statement,
    Super,
    Symbolic,
    TypeVariable,
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
            return self.member(base, node.attr, node)
        return choice(*[self.member(item, node.attr, node) for item in base.values])

    def member(self, base: Value, name: str, node: Expr) -> Value:
        """Return what ``base.name`` is, and record the read of a database object."""
        if type(base) in _WITHOUT_MEMBERS:
            return UNKNOWN
        match base:
            case Instance(of=Class() as of):
                return self._instance_member(base, of, name, node)
            case Instance(of=str() as of):
                return ExternalObject(self.analyser.canonical(f"{of}.{name}"), base)
            case ClassObject(of=Class() as of):
                return self._class_member(base, of, name)
            case ClassObject(of=str() as of):
                return ExternalObject(f"{of}.{name}", base)
            case ModuleObject(module=module):
                return self._module_member(module, name)
            case ExternalObject(name=outer, receiver=Instance() as entity) if outer.endswith(".awaitable_attrs"):
                return self.reads.awaitable(entity, name, node)
            case ExternalObject():
                return ExternalObject(self.analyser.canonical(f"{base.name}.{name}"), base.receiver)
            case Super():
                return self._super_member(base, name)
            case TypeVariable(bound=bound) if bound is not base:
                return self.member(bound, name, node)
            case Result() | Statement() | Collection() | MappedAttribute() | LoaderOptions():
                return ExternalObject(f"{self.analyser.library.type_name(base)}.{name}", base)
            case _:
                return UNKNOWN

    def _module_member(self, module: Module, name: str) -> Value:
        symbol = module.lookup(name)
        match symbol:
            case Variable():
                return self.analyser.variable(symbol)
            case Module() | Class() | Function() | External():
                return symbol_value(symbol)
            case None:
                return UNKNOWN

    def _instance_member(self, base: Instance, of: Class, name: str, node: Expr) -> Value:
        entity = self.analyser.entity(of)
        if entity is not None and (entity.relationship(name) is not None or entity.column(name) is not None):
            return self.reads.attribute(base, name, node)
        if entity is not None and name == "awaitable_attrs":
            return ExternalObject("sqlalchemy.ext.asyncio.AsyncAttrs.awaitable_attrs", base)
        method = self.analyser.method(of, name)
        if method is not None:
            if method.is_property:
                return self.summaries.property(base, method, node)
            return Callable(method, None if method.is_static else base)
        found = self.analyser.attribute(base, of, name)
        if isinstance(found, Unknown):
            inherited = self.analyser.external_member(of, name)
            if inherited is not None:
                return ExternalObject(inherited, base)
        return found

    def _class_member(self, base: ClassObject, of: Class, name: str) -> Value:
        entity = self.analyser.entity(of)
        if entity is not None and (entity.relationship(name) is not None or entity.column(name) is not None):
            return MappedAttribute(of, name)
        method = self.analyser.method(of, name)
        if method is not None:
            if entity is not None and method.is_property:
                return MappedAttribute(of, name)
            return Callable(method, base if method.is_class_method else None)
        nested = of.module.classes.get(f"{of.facts.qualname}.{name}")
        if nested is not None:
            return ClassObject(nested)
        found = self.analyser.class_attribute(of, name)
        if isinstance(found, Unknown):
            inherited = self.analyser.external_member(of, name)
            if inherited is not None:
                return ExternalObject(inherited, base)
        return found

    def _super_member(self, base: Super, name: str) -> Value:
        receiver = base.receiver
        of = receiver.of if isinstance(receiver, Instance | ClassObject) else None
        if not isinstance(of, Class):
            return UNKNOWN
        ancestors = of.ancestors
        behind = ancestors[ancestors.index(base.behind) + 1 :] if base.behind in ancestors else ()
        for ancestor in behind:
            method = self.analyser.method(ancestor, name)
            if method is not None and name in ancestor.own_methods:
                return Callable(method, None if method.is_static else receiver)
        inherited = self.analyser.external_member(of, name)
        return UNKNOWN if inherited is None else ExternalObject(inherited, receiver)

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

    def _sequence(self, node: Sequence) -> Value:
        items = self.all_values(node.items)
        if node.kind == "tuple" and not any(isinstance(item, Starred) for item in node.items):
            return Collection("tuple", choice(*items), items)
        elements = [
            self.element(value, item) if isinstance(item, Starred) else value
            for item, value in zip(node.items, items, strict=True)
        ]
        return Collection(node.kind, choice(*elements) if elements else NOTHING)

    def _mapping(self, node: Mapping) -> Value:
        keys: list[Value] = []
        values: list[Value] = []
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.value(item)
            if key is not None:
                keys.append(self.value(key))
                values.append(value)
            elif isinstance(value, Collection) and value.kind == "dict":
                keys.append(value.key or UNKNOWN)
                values.append(value.element)
            else:
                keys.append(UNKNOWN)
                values.append(UNKNOWN)
        return Collection("dict", choice(*values) if values else NOTHING, None, choice(*keys) if keys else NOTHING)

    def _boolean(self, node: BooleanOperation) -> Value:
        values = self.all_values(node.values)
        for item, value in zip(node.values[:-1], values[:-1], strict=True):
            self.use(item, value, "truth")
        if node.operator == "or":
            return choice(*[without_none(value) for value in values[:-1]], values[-1])
        return values[-1]

    def _comparison(self, node: Comparison) -> Value:
        operands = (node.left, *node.comparators)
        values = self.all_values(operands)
        for item, value in zip(operands, values, strict=True):
            self.use(item, value, "comparison")
        if any(isinstance(value, MappedAttribute) for value in values):
            return Instance("sqlalchemy.ColumnElement")
        return Instance("builtins.bool")

    def _unary(self, node: UnaryOperation) -> Value:
        value = self.value(node.operand)
        if node.operator == "not":
            self.use(node.operand, value, "truth")
            return Instance("builtins.bool")
        self.use(node.operand, value, "operand")
        if isinstance(value, Literal):
            number = value.value
            return Literal(-number) if node.operator == "-" and isinstance(number, int | float) else UNKNOWN
        return value

    def _binary(self, node: BinaryOperation) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        self.use(node.left, left, "operand")
        self.use(node.right, right, "operand")
        known = self.analyser.library.operator(left, node.operator, right)
        return UNKNOWN if known is None else known

    def _conditional(self, node: Conditional) -> Value:
        self.use(node.test, self.value(node.test), "truth")
        return choice(self.value(node.body), self.value(node.orelse))

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

    def _comprehension(self, node: Comprehension) -> Value:
        outer = dict(self.frame.environment)
        context = self.frame.context
        for clause in node.generators:
            iterable = self.value(clause.iter)
            self._enter_clause(node, clause.target, clause.iter, iterable, is_async=clause.is_async)
            for condition in clause.conditions:
                self.use(condition, self.value(condition), "truth")
        key = None if node.key is None else self.value(node.key)
        element = self.value(node.element)
        self.frame.context = context
        names = {name for clause in node.generators for name in bound_names(clause.target)}
        for name in names:
            if name in outer:
                self.frame.environment[name] = outer[name]
            else:
                self.frame.environment.pop(name, None)
        kind = "iterator" if node.kind == "generator" else node.kind
        return Collection(kind, element, None, key)

    def _enter_clause(
        self, node: Comprehension, target: Expr, source: Expr, iterable: Value, *, is_async: bool
    ) -> None:
        self.bind(target, self.element(iterable, source))
        loop = Loop(node, iterable, source, bound_names(target), is_async)
        context = self.frame.context
        self.frame.context = type(context)(
            (*context.loops, loop), context.handlers, context.deferred, context.after_yield, context.in_handler
        )

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

    # Targets

    def bind(self, target: Expr, value: Value) -> None:
        """Let a target hold a value: a name, an attribute, or a sequence that is unpacked."""
        match target:
            case Name():
                self.frame.environment[target.id] = value
                self._forget_attributes(target.id)
            case Attribute():
                self._bind_attribute(target, value)
            case Sequence():
                self._unpack(target, value)
            case Starred():
                self.bind(target.value, Collection("list", UNKNOWN))
            case Subscript():
                held, index = self.value(target.value), self.value(target.index)
                if isinstance(held, Collection) and not isinstance(target.index, Slice):
                    grow(self.frame, target.value, held, value, index)
            case _:
                pass

    def _forget_attributes(self, name: str) -> None:
        if not self.frame.narrowed:
            return
        prefix = f"{name}."
        for key in [key for key in self.frame.environment if key.startswith(prefix)]:
            del self.frame.environment[key]

    def _bind_attribute(self, target: Attribute, value: Value) -> None:
        base = self.value(target.value)
        dotted = dotted_name(target)
        if dotted is not None:
            self.frame.narrowed = True
            self.frame.environment[dotted] = value
            if dotted.count(".") == 1 and dotted.startswith("self."):
                known = self.frame.self_attributes.get(target.attr)
                self.frame.self_attributes[target.attr] = value if known is None else choice(known, value)
        self.unit_of_work.assigned(base, target.attr, value)

    def _unpack(self, target: Sequence, value: Value) -> None:
        items: tuple[Value, ...] | None = None
        if isinstance(value, Collection) and value.items is not None and len(value.items) == len(target.items):
            items = value.items
        element = UNKNOWN if items is not None else self.element(value, target)
        for index, item in enumerate(target.items):
            self.bind(item, items[index] if items is not None else element)

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


_WITHOUT_MEMBERS: Final = frozenset({Unknown, Literal, Callable, LambdaObject, Coroutine, Symbolic})

_TABLE: Final[dict[type, Function_[[Evaluator, Any], Value]]] = {
    Name: Evaluator._name,
    Attribute: Evaluator._attribute,
    Call: Evaluator._call,
    Constant: Evaluator._constant,
    Await: Evaluator._await,
    Subscript: Evaluator._subscript,
    Sequence: Evaluator._sequence,
    Mapping: Evaluator._mapping,
    BooleanOperation: Evaluator._boolean,
    Comparison: Evaluator._comparison,
    UnaryOperation: Evaluator._unary,
    BinaryOperation: Evaluator._binary,
    Conditional: Evaluator._conditional,
    Lambda: Evaluator._lambda,
    Comprehension: Evaluator._comprehension,
    FormattedString: Evaluator._formatted,
    Starred: Evaluator._starred,
    Yield: Evaluator._yield,
    Assignment: Evaluator._assignment,
    Slice: Evaluator._slice,
    Opaque: Evaluator._opaque,
}
