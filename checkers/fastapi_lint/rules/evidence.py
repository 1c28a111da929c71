"""Turns the model's witnesses into the evidence of a violation."""

from fastapi_lint.model.events import Witness
from fastapi_lint.model.project import Project
from fastapi_lint.model.routing import Route
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Place
from fastapi_lint.rules.base import Step


def step(place: Place, message: str) -> Step:
    """Return one step of evidence."""
    return Step(place.module, place.span, message)


def steps(witness: Witness | None) -> tuple[Step, ...]:
    """Return the way to an effect as evidence."""
    return () if witness is None else tuple(step(item.place, item.message) for item in witness.steps)


def request_steps(project: Project, function: Function) -> tuple[Step, ...]:
    """Return how a request comes to a function: its route, and each call on the way."""
    route, way = project.requests.way_to(function)
    if route is None:
        return ()
    handler = way[0].function if way else function
    first = Step(handler.module.key, handler.facts.name_span, f"{route_title(route)} is handled here")
    called = [*(caller.function for caller in way[1:]), function] if way else []
    calls = (step(caller.place, f"calls {callee.qualname}()") for caller, callee in zip(way, called, strict=True))
    return (first, *calls)


def route_title(route: Route) -> str:
    """Return a route as people write it: ``GET /users/{id}``."""
    path = next(iter(route.full_paths), None) or route.path or "(unknown path)"
    return f"{'/'.join(sorted(route.methods))} {path}"


def routes_phrase(project: Project, function: Function) -> str:
    """Return ``; reached by N routes`` where several path operations come to a function."""
    count = len(project.requests.routes_to(function))
    return f"; {count} routes come here" if count > 1 else ""
