"""What a call does: finds the callee, binds its arguments, applies its summary, and records the call."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Call
from fastapi_lint.model.arguments import bind
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.substitution import substitute
from fastapi_lint.model.summaries import receiver_class, receiver_itself
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.values import (
    UNKNOWN,
    Built,
    Callable,
    ClassObject,
    Collection,
    Coroutine,
    EntityOrigin,
    ExternalObject,
    Instance,
    Loads,
    Value,
    alternatives,
    choice,
    loaded_by,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analysis import Analysis
    from fastapi_lint.model.evaluation import Evaluator

_ALTERNATIVES_LIMIT: Final = 4
_VALIDATING: Final = frozenset({"model_validate", "from_orm"})


class Calls:
    """Interprets the calls of one frame."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self._evaluator = evaluator
        self._frame = evaluator.frame
        self._analyser = evaluator.analyser

    def call(self, node: Call, *, awaited: bool) -> Value:
        """Return what a call gives, record it, and apply what it does."""
        target = self._evaluator.value(node.func)
        arguments = self._evaluator.all_values(node.args)
        keywords = tuple([(item.name, self._evaluator.value(item.value)) for item in node.keywords])
        found = alternatives(without_none(target))[:_ALTERNATIVES_LIMIT]
        results = [self._one(node, item, arguments, keywords, awaited=awaited) for item in found]
        result = choice(*results)
        self._frame.values[node] = result
        return result

    def _one(
        self,
        node: Call,
        target: Value,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str | None, Value], ...],
        *,
        awaited: bool,
    ) -> Value:
        callees: tuple[Function, ...] = ()
        external: str | None = None
        receiver: Value | None = None
        bound: dict[str, Value] = {}
        match target:
            case Callable(function=function, receiver=receiver):
                callees = (function,)
                bound = bind(function, receiver, arguments, keywords, node)
                result = self._project_call(node, target, bound)
            case ClassObject(of=Class() as of):
                result, callees, bound = self._construct(node, target, of, arguments, keywords)
            case ClassObject(of=str() as external):
                named = {name: value for name, value in keywords if name is not None}
                made = ExternalObject(external)
                result = self._analyser.library.call(self._evaluator, node, made, arguments, named)
            case ExternalObject(name=external, receiver=receiver):
                named = {name: value for name, value in keywords if name is not None}
                result = self._analyser.library.call(self._evaluator, node, target, arguments, named)
            case Instance(of=Class() as of):
                method = self._analyser.method(of, "__call__")
                result = UNKNOWN
                if method is not None:
                    callees, receiver = (method,), target
                    bound = bind(method, target, arguments, keywords, node)
                    result = self._project_call(node, Callable(method, target), bound)
            case Instance(of=str() as of):
                external, receiver = f"{of}.__call__", target
                result = self._call_external_instance(node, target, external)
            case _:
                result = UNKNOWN
        if external is not None and external.rpartition(".")[2] in _VALIDATING and arguments:
            self._evaluator.reads.by_schema(node, receiver, arguments[0])
        site = CallSite(
            node,
            target,
            callees,
            external,
            receiver,
            arguments,
            keywords,
            tuple(bound.items()),
            result,
            awaited,
            self._frame.context,
        )
        self._frame.calls[node.start, node.end] = site
        return result

    def _call_external_instance(self, node: Call, target: Instance, name: str) -> Value:
        if target.arguments and name.endswith("sessionmaker.__call__") and isinstance(target.arguments[0], Instance):
            return self._analyser.library.made(self._evaluator, node, target.arguments[0].of)
        return self._analyser.library.returned(self._evaluator, node, name, target)

    # Calls of the project's own functions

    def _project_call(self, node: Call, target: Callable, bound: dict[str, Value]) -> Value:
        function = target.function
        analysis = self._analyser.analysis(function, receiver_class(target))
        bindings = self._analyser.bindings(function, target.receiver, bound, call=self._frame.place(node))
        result = receiver_itself(substitute(analysis.result, bindings), target.receiver)
        if analysis.manages_context:
            self._evaluator.context_managers.made(node, function, analysis, bindings)
        if not analysis.is_deferred:
            self._evaluator.summaries.apply(node, function, analysis, bindings)
        return self._wrapped(node, function, analysis, result)

    def _wrapped(self, node: Call, function: Function, analysis: "Analysis", result: Value) -> Value:
        """Return the result as the call gives it: a coroutine, an iterator or a context manager around it."""
        place = self._frame.place(node)
        if analysis.manages_context:
            return Instance(analysis.manages_context, (result,))
        if function.facts.is_generator:
            return Collection("iterator", result)
        if function.is_async:
            # What declares an iterator and returns none stands for the generators of its subclasses.
            declares = not analysis.returned and isinstance(result, Collection) and result.kind == "iterator"
            return Coroutine(result, function.qualname, place, certain=analysis.keeps_type and not declares)
        return result if analysis.keeps_type else UNKNOWN

    def _construct(
        self,
        node: Call,
        target: ClassObject,
        of: Class,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str | None, Value], ...],
    ) -> tuple[Value, tuple[Function, ...], dict[str, Value]]:
        made = self._analyser.library.made(self._evaluator, node, of)
        assert isinstance(made, Instance)
        if made.origin is not None:
            return made, (), {}
        if self._analyser.entity(of) is not None:
            return self._new_entity(node, of, keywords), (), {}
        method = self._analyser.method(of, "__init__")
        bound: dict[str, Value] = {}
        if method is not None:
            bound = bind(method, made, arguments, keywords, node)
            analysis = self._analyser.analysis(method, of)
            self._evaluator.summaries.apply(node, method, analysis, self._analyser.bindings(method, made, bound))
        else:
            bound = {name: value for name, value in keywords if name is not None}
        kept = tuple((name, value) for name, value in bound.items() if name != "self" and self._carries(value))
        found = Instance(of, target.arguments, Built(kept))
        return found, (method,) if method is not None else (), bound

    def _carries(self, value: Value) -> bool:
        """Return whether an object must remember that it was given this value."""
        return any(
            isinstance(item, Instance)
            and (item.origin is not None or self._analyser.library.session_kind(item) is not None)
            for item in alternatives(value)
        )

    def _new_entity(self, node: Call, of: Class, keywords: tuple[tuple[str | None, Value], ...]) -> Instance:
        paths = frozenset(path for name, value in keywords if name is not None for path in loaded_by(name, value))
        complete = all(name is not None for name, _ in keywords)
        key = f"{self._frame.module.key}@{node.start}"
        origin = EntityOrigin("new", key, self._frame.place(node), Loads(paths, complete=complete))
        return Instance(of, (), origin)
