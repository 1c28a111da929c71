"""Which functions are an application's lifespan: what is passed as ``lifespan=``, and what takes the application."""

from collections.abc import Iterable
from typing import Final

from fastapi_lint.knowledge.canonical import is_subclass
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.symbols import Class, External, Function
from fastapi_lint.model.values import Callable, ClassObject, ExternalObject, Value

_APPLICATION: Final = "starlette.applications.Starlette"
_TAKES_LIFESPAN: Final = (_APPLICATION, "starlette.routing.Router")


def lifespans_of(analyses: Iterable[Analysis]) -> frozenset[Function]:
    """Return the functions that the analysed code makes an application's lifespan."""
    found: set[Function] = set()
    for analysis in analyses:
        if analysis.manages_context and _takes_application(analysis.function):
            found.add(analysis.function)
        for site in analysis.calls:
            for name, value in site.keywords:
                if name == "lifespan" and isinstance(value, Callable) and _makes_application(site.target):
                    found.add(value.function)
    return frozenset(found)


def _takes_application(function: Function) -> bool:
    """Return whether the only parameter is declared to be an application."""
    if len(function.facts.parameters) != 1:
        return False
    annotation = function.facts.parameters[0].annotation
    if annotation is None:
        return False
    return _is_one_of(function.module.resolve(annotation, function.qualname), (_APPLICATION,))


def _makes_application(target: Value) -> bool:
    match target:
        case ClassObject(of=Class() as of):
            return _is_one_of(of, _TAKES_LIFESPAN)
        case ClassObject(of=str() as name) | ExternalObject(name=name):
            return _is_one_of(External(name), _TAKES_LIFESPAN)
        case _:
            return False


def _is_one_of(symbol: object, classes: tuple[str, ...]) -> bool:
    match symbol:
        case Class():
            names = symbol.external_bases
        case External(name=name):
            names = (name,)
        case _:
            return False
    return any(is_subclass(name, base) for name in names for base in classes)
