"""Apps, routers, inclusions and path operations as values."""

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from fastapi_lint.facts.expressions import Call, Expr, Sequence
from fastapi_lint.model.modules import Module
from fastapi_lint.model.router_actions import WEBSOCKET, Included, Passed, Registered
from fastapi_lint.model.router_classes import Written
from fastapi_lint.model.symbols import Class, Function

_MOST_PATHS: Final = 32
_DEPTH: Final = 16


class Router:
    """An app or a router: what is registered on it, in order, and where it is included.

    ``kind`` is ``app``, ``router``, or ``parameter`` for what a function is given to register routes on. ``prefix`` is
    None where it depends on a value. ``route_class`` is the project's own class for its routes;
    ``has_own_matching`` says that they may match otherwise than by method and path.
    """

    def __init__(self, key: str, kind: str, module: Module, *, scope: str, name: str, call: Call | None) -> None:
        self.key = key
        self.kind = kind
        self.module = module
        self.scope = scope
        self.name = name
        self.call = call
        self.prefix: str | None = ""
        self.route_class: Class | None = None
        self.has_own_matching = False
        self.dependencies: tuple[Written, ...] = ()
        self.entries: list[Route | Inclusion] = []
        self.inclusions: list[Inclusion] = []

    @property
    def is_app(self) -> bool:
        """Return whether it is a FastAPI or Starlette application."""
        return self.kind == "app"

    def __repr__(self) -> str:
        return f"Router({self.key})"


class Inclusion:
    """A router included in another, or mounted below it; ``router`` is None for a mounted app that is not FastAPI's."""

    def __init__(
        self,
        parent: Router,
        router: Router | None,
        action: Included | Passed,
        module: Module,
        *,
        prefix: str | None = "",
        dependencies: tuple[Written, ...] = (),
    ) -> None:
        self.parent = parent
        self.router = router
        self.prefix = prefix
        self.dependencies = dependencies
        self.position = action.position
        self.call = action.call
        self.module = module
        self.mounted = isinstance(action, Included) and action.mounted

    def __repr__(self) -> str:
        return f"Inclusion({self.parent.key} > {self.router and self.router.key})"


class Route:
    """A handler registered for a path: ``methods`` holds ``WEBSOCKET`` alone for a websocket.

    ``function`` is None where the handler is no function of the project; ``path`` is None where it is not known, and
    ``methods`` is empty then.
    """

    def __init__(
        self, router: Router, function: Function | None, methods: frozenset[str], path: str | None, action: Registered
    ) -> None:
        self.router = router
        self.function = function
        self.methods = methods
        self.path = path
        self.call = action.call
        self.position = action.position
        self.module = function.module if function is not None else router.module
        self.scope = action.position.scope

    @property
    def is_websocket(self) -> bool:
        """Return whether it serves a websocket."""
        return WEBSOCKET in self.methods

    def keyword(self, name: str) -> Expr | None:
        """Return what the decorator (or ``add_api_route``) passes for an option."""
        return self.call.keyword(name)

    @property
    def response_model(self) -> Expr | None:
        """Return the ``response_model`` option, or the return annotation that stands for it."""
        model = self.keyword("response_model")
        if model is not None or self.function is None:
            return model
        return self.function.facts.returns

    @property
    def status_code(self) -> Expr | None:
        """Return the ``status_code`` option."""
        return self.keyword("status_code")

    @cached_property
    def inclusion_chains(self) -> tuple[tuple[Inclusion, ...], ...]:
        """Return the ways by which the route is reached from an outermost router, outermost inclusion first."""
        return tuple(_chains(self.router))

    @cached_property
    def full_paths(self) -> tuple[str, ...]:
        """Return the paths under which the route is served; those that depend on an unknown prefix are left out."""
        if self.path is None:
            return ()
        found = [full_path(chain, self) for chain in self.inclusion_chains]
        return tuple(dict.fromkeys(path for path in found if path is not None))

    @cached_property
    def apps(self) -> tuple[Router, ...]:
        """Return the applications that serve the route."""
        outermost = [chain[0].parent if chain else self.router for chain in self.inclusion_chains]
        return tuple(dict.fromkeys(router for router in outermost if router.is_app))

    @cached_property
    def extra_dependencies(self) -> tuple[Written, ...]:
        """Return the items of ``dependencies=[...]`` of the route, its routers, their inclusions and the apps."""
        found: dict[int, Written] = {}
        routers = [self.router]
        own = self.keyword("dependencies")
        written = list(items_of(Written(self.module, own, self.scope))) if own is not None else []
        for chain in self.inclusion_chains:
            for inclusion in chain:
                if not inclusion.mounted:
                    written.extend(inclusion.dependencies)
                    routers.append(inclusion.parent)
                else:
                    routers.clear()
                    written.clear()
            routers.extend(item.router for item in chain if item.router is not None)
        for router in dict.fromkeys(routers):
            written.extend(router.dependencies)
        for item in written:
            found.setdefault(id(item.expression), item)
        return tuple(found.values())

    def __repr__(self) -> str:
        return f"Route({'|'.join(sorted(self.methods))} {self.path} {self.function and self.function.key})"


def _chains(router: Router) -> Iterator[tuple[Inclusion, ...]]:
    """Yield the chains of inclusions that lead to a router, breadth first and without cycles."""
    queue: deque[tuple[Router, tuple[Inclusion, ...]]] = deque([(router, ())])
    produced = 0
    while queue and produced < _MOST_PATHS:
        current, chain = queue.popleft()
        outer = [item for item in current.inclusions if item not in chain] if len(chain) < _DEPTH else []
        if not outer:
            produced += 1
            yield chain
        queue.extend((item.parent, (item, *chain)) for item in outer[:_MOST_PATHS])


def full_path(chain: tuple[Inclusion, ...], route: Route) -> str | None:
    """Return the path of a route as reached through a chain of inclusions, or None where a part is unknown."""
    parts: list[str | None] = []
    for inclusion in chain:
        parts.append(inclusion.parent.prefix)
        parts.append(inclusion.prefix)
    parts.extend((route.router.prefix, route.path))
    return None if None in parts else "".join(part for part in parts if part is not None)


def items_of(written: Written) -> Iterator[Written]:
    """Yield the items of a list display."""
    if isinstance(written.expression, Sequence):
        for item in written.expression.items:
            yield Written(written.module, item, written.scope)
