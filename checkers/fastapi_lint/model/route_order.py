"""The order in which an app tries its routes, through all included routers."""

from collections.abc import Iterator

from msgspec import Struct

from fastapi_lint.model.route_patterns import OPAQUE, Pattern
from fastapi_lint.model.router_actions import Position
from fastapi_lint.model.routing import Inclusion, Route, Router

_MOST_ROUTES = 20_000
_DEPTH = 16


class Served(Struct, frozen=True, eq=False):
    """A route or a mounted app as one outermost router serves it.

    ``trail`` says when each inclusion on the way, and last the entry itself, is made. A part of the path that is not
    known stands in the pattern as a text that equals only itself.
    """

    entry: Route | Inclusion
    pattern: Pattern
    path: str
    trail: tuple[tuple[str, Position], ...]
    inclusions: tuple[Inclusion, ...]

    def surely_before(self, other: "Served") -> bool:
        """Return whether this entry is tried before the other whenever the other is there at all."""
        for (router, mine), (other_router, theirs) in zip(self.trail, other.trail, strict=False):
            if mine != theirs:
                return router == other_router and mine.always_before(theirs)
        return False


def served(router: Router) -> Iterator[Served]:
    """Yield what an outermost router serves, in order; what is mounted is one entry."""
    budget = [_MOST_ROUTES]
    yield from _served(router, "", (), (), budget)


def _served(
    router: Router,
    prefix: str,
    trail: tuple[tuple[str, Position], ...],
    inclusions: tuple[Inclusion, ...],
    budget: list[int],
) -> Iterator[Served]:
    own = prefix + (f"{OPAQUE}{router.key}" if router.prefix is None else router.prefix)
    for entry in router.entries:
        here = (*trail, (router.key, entry.position))
        budget[0] -= 1
        if budget[0] < 0:
            return
        match entry:
            case Route(path=None):
                continue
            case Route(path=str(path)):
                yield Served(entry, Pattern(own + path), own + path, here, inclusions)
            case Inclusion(mounted=True, prefix=str(path)):
                yield Served(entry, Pattern(f"{own}{path}/{{path:path}}"), own + path, here, inclusions)
            case Inclusion(mounted=False, router=Router() as included):
                if entry not in inclusions and len(inclusions) < _DEPTH:
                    text = f"{OPAQUE}{entry.position}" if entry.prefix is None else entry.prefix
                    yield from _served(included, own + text, here, (*inclusions, entry), budget)
            case _:
                continue
