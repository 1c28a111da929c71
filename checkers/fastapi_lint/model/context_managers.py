"""What entering and leaving a context manager does."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Call, Expr, Name
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.summaries import Summaries, receiver_itself
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.unit_of_work import UnitOfWork
from fastapi_lint.model.values import UNKNOWN, Coroutine, Instance, SessionOrigin, Value, alternatives, choice

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser
    from fastapi_lint.model.analysis import Analysis

_TRANSACTION_MANAGERS: Final = {
    "sqlalchemy.orm.sessionmaker.begin",
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin",
}


class ContextManagers:
    """Enters and leaves the context managers of one frame."""

    def __init__(self, frame: Frame, analyser: "Analyser", unit_of_work: UnitOfWork, summaries: Summaries) -> None:
        self._frame = frame
        self._analyser = analyser
        self._unit_of_work = unit_of_work
        self._summaries = summaries
        self._made: dict[tuple[int, int], tuple[Function, Analysis, Bindings]] = {}

    def made(self, node: Call, function: Function, analysis: "Analysis", bindings: Bindings) -> None:
        """Note which function of the project made the context manager that a call gives."""
        self._made[node.start, node.end] = (function, analysis, bindings)

    def entered(self, node: Expr, manager: Value) -> Value:
        """Return what ``with manager as name`` binds."""
        return choice(*[self._entered(node, item) for item in alternatives(manager)])

    def exited(self, node: Expr, manager: Value) -> None:
        """Record what leaving ``with manager`` does: a transaction block commits."""
        for item in alternatives(manager):
            self._exited(node, item)

    def _entered(self, node: Expr, manager: Value) -> Value:
        match manager:
            case Instance(of="contextlib.AbstractAsyncContextManager" | "contextlib.AbstractContextManager"):
                return manager.arguments[0] if manager.arguments else UNKNOWN
            case Instance(of=str() as of, arguments=(session, *_)) if of.endswith("Transaction"):
                return session
            case Instance(of=Class() as of) if self._analyser.library.session_kind(manager) is None:
                return self._entered_object(node, manager, of)
            case Coroutine(result=result) if not isinstance(node, Name):
                return result
            case _:
                return manager

    def _entered_object(self, node: Expr, manager: Instance, of: Class) -> Value:
        for name in ("__aenter__", "__enter__"):
            method = self._analyser.method(of, name)
            if method is None:
                continue
            analysis = self._analyser.analysis(method, of)
            bindings = self._analyser.bindings(method, manager, {"self": manager})
            self._summaries.apply(node, method, analysis, bindings)
            found = receiver_itself(substitute(analysis.result, bindings), manager)
            return manager if found == UNKNOWN else found
        return UNKNOWN

    def _exited(self, node: Expr, manager: Value) -> None:
        opened = self._made.get((node.start, node.end))
        if opened is not None:
            self._summaries.apply(node, *opened, leaving=True)
            return
        match manager:
            case Instance(of="sqlalchemy.orm.SessionTransaction", arguments=(session, *_)):
                self._unit_of_work.session_effect(node, "commit", session)
            case Instance(origin=SessionOrigin()) if self._begins(node):
                self._unit_of_work.session_effect(node, "commit", manager)
            case Instance(of=Class() as of):
                for name in ("__aexit__", "__exit__"):
                    method = self._analyser.method(of, name)
                    if method is not None:
                        analysis = self._analyser.analysis(method, of)
                        given = self._analyser.bindings(method, manager, {"self": manager})
                        self._summaries.apply(node, method, analysis, given, leaving=True)
                        return
            case _:
                pass

    def _begins(self, node: Expr) -> bool:
        site = self._frame.calls.get((node.start, node.end))
        return site is not None and site.external in _TRANSACTION_MANAGERS
