"""What a callable gives that is handed to a thread, a process or a greenlet."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Call
from fastapi_lint.knowledge.offload import ResultOf, offload_call
from fastapi_lint.model.arguments import bind
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.substitution import substitute
from fastapi_lint.model.summaries import receiver_class
from fastapi_lint.model.values import (
    UNKNOWN,
    Callable,
    ClassObject,
    Coroutine,
    Instance,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser


def offloaded(analyser: "Analyser", frame: Frame, node: Call, name: str, arguments: tuple[Value, ...]) -> Value | None:
    """Return what handing a callable to a thread, a process or a greenlet gives; None for any other call."""
    row = offload_call(name)
    if row is None or row.position is None or row.position >= len(arguments):
        return None
    handed = arguments[row.position]
    if row.wraps or row.result is not ResultOf.AWAITED:
        return None
    result = choice(
        *[_result_when_called(analyser, item, arguments[row.position + 1 :]) for item in alternatives(handed)]
    )
    # A future runs on its own: nobody has to await it.
    certain = not name.endswith("run_in_executor")
    return Coroutine(result, name, frame.place(node), certain=certain)


def _result_when_called(analyser: "Analyser", target: Value, arguments: tuple[Value, ...]) -> Value:
    """Return what a callable gives without applying what it does here."""
    match target:
        case Callable(function=function, receiver=receiver) if not function.is_async:
            bound = bind(function, receiver, arguments, (), None)
            analysis = analyser.analysis(function, receiver_class(target))
            return substitute(analysis.result, analyser.bindings(function, receiver, bound))
        case ClassObject(of=of):
            return Instance(of)
        case _:
            return UNKNOWN
