"""What a callee's summary does to the sessions and database objects that its caller sees."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.entity_reads import EntityReads, entities_in
from fastapi_lint.model.events import Witness
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.unit_of_work import UnitOfWork
from fastapi_lint.model.values import UNKNOWN, Callable, ClassObject, EntityOrigin, Instance, Value

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser
    from fastapi_lint.model.analysis import Analysis

_WITNESS_LIMIT: Final = 12


class Summaries:
    """Applies the summaries of the functions that one frame calls."""

    def __init__(self, frame: Frame, analyser: "Analyser", unit_of_work: UnitOfWork, reads: EntityReads) -> None:
        self._frame = frame
        self._analyser = analyser
        self._unit_of_work = unit_of_work
        self._reads = reads

    def apply(
        self,
        node: Expr,
        function: Function,
        analysis: "Analysis",
        bindings: Bindings,
        *,
        leaving: bool = False,
        is_property: bool = False,
    ) -> None:
        """Apply what a callee does to the sessions and database objects that the caller sees.

        A context manager does one part when it is entered and the other part, behind its ``yield``, on ``leaving``; it
        rolls back only when it is left by an exception.
        """
        place = self._frame.place(node)
        step = f"calls {function.qualname}()"
        for effect in analysis.session_effects:
            if effect.witness.depth >= _WITNESS_LIMIT:
                continue
            if analysis.manages_context and effect.after_yield is not leaving:
                continue
            if leaving and effect.kind == "rollback":
                continue
            session = substitute(effect.session, bindings)
            witness = Witness(place, step, effect.witness)
            self._unit_of_work.effect(
                node, effect.kind, session, witness, function, fails=effect.fails, conditional=effect.conditional
            )
        for read in analysis.parameter_reads:
            if read.through is not None and read.through.depth >= _WITNESS_LIMIT:
                continue
            self._reads.by_callee(node, function, read, bindings, place if is_property else read.anchor)
        self._apply_loads(analysis, bindings)

    def _apply_loads(self, analysis: "Analysis", bindings: Bindings) -> None:
        """Note what a callee has loaded of the objects that it was handed, and which of them it has refreshed."""
        for name, path in sorted(analysis.parameter_loads):
            for one in entities_in(bindings.parameters.get(name, UNKNOWN)):
                assert isinstance(one.origin, EntityOrigin)
                self._unit_of_work.load_more(one.origin, frozenset({path}))
        for name in sorted(analysis.refreshed):
            self._unit_of_work.refresh(bindings.parameters.get(name, UNKNOWN), None)

    def property(self, base: Instance, method: Function, node: Expr) -> Value:
        """Return what reading a property gives, and apply what its getter does."""
        target = Callable(method, base)
        analysis = self._analyser.analysis(method, receiver_class(target))
        bound: dict[str, Value] = {"self": base}
        bindings = self._analyser.bindings(method, base, bound)
        self.apply(node, method, analysis, bindings, is_property=True)
        return substitute(analysis.result, bindings)


def receiver_class(target: Value) -> Class | None:
    """Return the class for which a method is analysed: that of its receiver where it is known."""
    if not isinstance(target, Callable):
        return None
    match target.receiver:
        case Instance(of=Class() as of) | ClassObject(of=Class() as of):
            return of
        case _:
            return target.function.owner


def receiver_itself(result: Value, receiver: Value | None) -> Value:
    """Return the receiver where a method gives ``self`` back: an object of its class that it did not make."""
    if isinstance(result, Instance) and isinstance(receiver, Instance) and result.of == receiver.of:
        return receiver if result.origin is None else result
    return result
