"""Which HTTP exceptions come out of a body: raised there, or in a function of the project that it calls."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Expr, Name, Sequence, walk
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import Handler, Raise, Stmt, Try, blocks, expressions_of, walk_statements
from fastapi_lint.model.analyser import Analyser
from fastapi_lint.model.events import CallSite
from fastapi_lint.model.http_exceptions import HttpExceptions, is_http_exception
from fastapi_lint.model.symbols import External, Function
from fastapi_lint.model.values import Place
from fastapi_lint.source import Span

_DEPTH: Final = 2
_BROAD: Final = frozenset({"builtins.Exception", "builtins.BaseException"})


class RaisedHttpException(Struct, frozen=True, eq=False):
    """An HTTP exception that comes out: its status, where it is raised, and the calls on the way, outermost first."""

    status: int | None
    raised: Place
    calls: tuple[Place, ...] = ()


class RaisedHttpExceptions:
    """Answers for functions and for bodies inside them."""

    def __init__(self, analyser: Analyser, exceptions: HttpExceptions) -> None:
        self._analyser = analyser
        self._exceptions = exceptions
        self._functions: dict[tuple[str, int], tuple[RaisedHttpException, ...]] = {}
        self._calls_by_span: dict[str, Mapping[Span, CallSite]] = {}

    def of_body(self, function: Function, body: Body) -> tuple[RaisedHttpException, ...]:
        """Return what comes out of some statements of a function."""
        return tuple(self._body(function, body, 0))

    def catches(self, function: Function, handler: Handler) -> bool:
        """Return whether a handler is for HTTP exceptions, by name or because it is for all exceptions."""
        return handler.type is None or any(
            is_http_exception(symbol) or (isinstance(symbol, External) and symbol.name in _BROAD)
            for symbol in self._types(function, handler)
        )

    def is_broad(self, function: Function, handler: Handler) -> bool:
        """Return whether a handler is for all exceptions."""
        return handler.type is None or any(
            isinstance(symbol, External) and symbol.name in _BROAD for symbol in self._types(function, handler)
        )

    def _types(self, function: Function, handler: Handler) -> Iterator[object]:
        if handler.type is None:
            return
        for written in handler.type.items if isinstance(handler.type, Sequence) else (handler.type,):
            yield self._exceptions.lexical.resolve(function.module, written, function.qualname)

    def _of_function(self, function: Function, depth: int) -> tuple[RaisedHttpException, ...]:
        known = self._functions.get((function.key, depth))
        if known is None:
            known = tuple(self._body(function, function.body, depth))
            self._functions[function.key, depth] = known
        return known

    def _body(self, function: Function, body: Body, depth: int) -> Iterator[RaisedHttpException]:
        for statement in body:
            yield from self._statement(function, statement, depth)

    def _statement(self, function: Function, statement: Stmt, depth: int) -> Iterator[RaisedHttpException]:
        if isinstance(statement, Try):
            if not self._keeps(function, statement):
                yield from self._body(function, statement.body, depth)
            for handler in statement.handlers:
                yield from self._body(function, handler.body, depth)
            yield from self._body(function, (*statement.orelse, *statement.final), depth)
            return
        for expression in expressions_of(statement):
            yield from self._calls(function, expression, depth)
        if isinstance(statement, Raise):
            yield from self._raised(function, statement)
        for block in blocks(statement):
            yield from self._body(function, block, depth)

    def _keeps(self, function: Function, statement: Try) -> bool:
        """Return whether no HTTP exception comes out of the body of a ``try`` as it was raised."""
        for handler in statement.handlers:
            if self.catches(function, handler):
                return not raises_again(handler)
        return False

    def _raised(self, function: Function, statement: Raise) -> Iterator[RaisedHttpException]:
        made = self._exceptions.constructed(function.module, statement.exception, function.qualname)
        if made is not None:
            status = self._exceptions.status(function.module, made, function.qualname)
            yield RaisedHttpException(status, Place(function.module.key, statement.span))

    def _calls(self, function: Function, expression: Expr, depth: int) -> Iterator[RaisedHttpException]:
        if depth >= _DEPTH:
            return
        sites = self._sites(function)
        for part in walk(expression):
            site = sites.get(part.span)
            for callee in site.callees if site is not None and len(site.callees) == 1 else ():
                runs = not callee.facts.is_generator and (not callee.is_async or (site is not None and site.awaited))
                if not runs or callee is function:
                    continue
                place = Place(function.module.key, part.span)
                for escaping in self._of_function(callee, depth + 1):
                    yield RaisedHttpException(escaping.status, escaping.raised, (place, *escaping.calls))

    def _sites(self, function: Function) -> Mapping[Span, CallSite]:
        known = self._calls_by_span.get(function.key)
        if known is None:
            known = {site.span: site for site in self._analyser.analysis(function).calls}
            self._calls_by_span[function.key] = known
        return known


def raises_again(handler: Handler) -> bool:
    """Return whether a handler may raise what it caught."""
    return any(
        isinstance(statement, Raise) and _is_caught(statement.exception, handler.name)
        for statement in walk_statements(handler.body)
    )


def _is_caught(exception: Expr | None, name: str | None) -> bool:
    return exception is None or (isinstance(exception, Name) and exception.id == name)
