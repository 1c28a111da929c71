"""FL601: an earlier route answers every request of a later one."""

from collections.abc import Iterable, Iterator

from fastapi_lint.facts.expressions import Attribute, BinaryOperation, Constant, Expr, Name, Sequence, Subscript
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import Severity
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.project import Project
from fastapi_lint.model.route_order import Served, served
from fastapi_lint.model.route_patterns import OPAQUE, PatternIndex
from fastapi_lint.model.routing import Inclusion, Route, Router
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.rules.api.route_shadowed_examples import EXAMPLES
from fastapi_lint.rules.base import Family, Rule, Step, Violation

_NUMBERS = frozenset({"builtins.int", "builtins.float", "decimal.Decimal"})
_UUIDS = ("uuid.UUID", "pydantic.UUID", "pydantic.types.UUID")
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})


class RouteShadowed(Rule):
    """Route that no request reaches: an earlier one takes them all.

    ## What it does
    Reports a route whose every request goes to a route that was registered before it: `/users/{id}` before
    `/users/me`, `/x/{a}` before `/x/{b}`, a catch-all or a mounted app before anything below it. The order is the one
    of the running app: of the lines in a file, and of `include_router` across files.

    ## Why is this bad
    Starlette takes the first route that matches. The later handler never runs: its callers get a 422, because `me` is
    no number, or silently the answer of another handler.

    ## Known limits
    Routes that different modules register on one router are compared only where their order is certain. A prefix that
    is not known silences what is below it; so does a `route_class` that decides itself what it matches.

    ## Fix safety
    There is no automatic fix: move the more special route up, or give the parameter a converter (`/users/{id:int}`).

    ## References
    - [FastAPI: order matters](https://fastapi.tiangolo.com/tutorial/path-params/#order-matters)
    - [Starlette: route priority](https://www.starlette.io/routing/#route-priority)
    """

    code = "FL601"
    name = "route-shadowed"
    family = Family.API
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the routes that are never reached, each once, with the route that takes its requests."""
        lexical = project.routes.constants.lexical
        seen: set[Route] = set()
        for router in project.routes.routers:
            if router.is_app or not router.inclusions:
                for earlier, later, route in _shadowed(router):
                    if route not in seen and project.kind(route.module) is FileKind.APP:
                        seen.add(route)
                        yield _violation(lexical, earlier, later, route)


def _shadowed(router: Router) -> Iterator[tuple[Served, Served, Route]]:
    index: PatternIndex[Served] = PatternIndex()
    for item in served(router):
        entry = item.entry
        if isinstance(entry, Route) and not entry.router.has_own_matching and not _is_versioned(entry):
            for earlier in index.covering(item.pattern):
                if _takes(earlier, item, entry):
                    yield earlier, item, entry
                    break
        index.add(item.pattern, item)


def _takes(earlier: Served, later: Served, route: Route) -> bool:
    """Return whether the earlier entry answers what the later route is for."""
    if not earlier.surely_before(later):
        return False
    match earlier.entry:
        case Inclusion():
            return True
        case Route() as other:
            if not route.methods or not route.methods <= other.methods:
                return False
            if (
                other.router.has_own_matching
                or _is_versioned(other)
                or (route.function and other.function is route.function)
            ):
                return False
            # The same path twice is another rule's concern.
            return earlier.path != later.path


def _is_versioned(route: Route) -> bool:
    """Return whether a decorator gives the handler an API version: only one version's routes are then in an app."""
    return route.function is not None and any("version" in name for name in route.function.decorator_names)


def _violation(lexical: Lexical, earlier: Served, later: Served, route: Route) -> Violation:
    methods = ", ".join(sorted(route.methods))
    match earlier.entry:
        case Inclusion() as mount:
            what, why = f"the app mounted at {mount.prefix or '/'!r}", "everything below it goes there"
            place = Step(mount.module.key, mount.call.span, "mounted before")
        case Route() as other:
            handler = other.function.name if other.function is not None else "its handler"
            what, why = _shown(earlier, other), _consequence(lexical, earlier, later, other, handler)
            place = Step(other.module.key, other.call.span, f"{handler} is registered before")
    steps = [place]
    steps.extend(
        Step(inclusion.module.key, inclusion.call.span, f"{which} router is included here")
        for which, item in (("earlier", earlier), ("later", later))
        for inclusion in _own_inclusions(item, earlier, later)
    )
    return Violation(
        module=route.module.key,
        span=route.call.span,
        message=f"{methods} {_shown(later, route)} is never reached: {what} comes first and matches it, {why}",
        evidence=tuple(steps),
        help="register the more special path first, or give the parameter a converter such as {id:int}",
    )


def _shown(item: Served, route: Route) -> str:
    """Return the full path where it is known, and the route's own path where it is not."""
    return str(route.path) if OPAQUE in item.path else item.path


def _own_inclusions(item: Served, earlier: Served, later: Served) -> tuple[Inclusion, ...]:
    """Return the inclusions of one of two entries that the other one does not share."""
    other = later if item is earlier else earlier
    return tuple(inclusion for inclusion in item.inclusions if inclusion not in other.inclusions)


def _consequence(lexical: Lexical, earlier: Served, later: Served, other: Route, handler: str) -> str:
    for taken, asked in zip(earlier.pattern.segments, later.pattern.segments, strict=False):
        if asked.is_static and len(taken.parameters) == 1 and taken.text.startswith("{"):
            name = taken.parameters[0][0]
            kind = _refusing_type(lexical, other.function, name, asked.text)
            if kind is not None:
                return f"and {asked.text!r} is no {kind}, so that callers get a 422"
    return f"so that {handler} answers instead"


def _refusing_type(lexical: Lexical, function: Function | None, name: str, text: str) -> str | None:
    """Return the type of a path parameter that does not accept a text."""
    parameters = function.facts.parameters if function is not None else ()
    annotation = next((item.annotation for item in parameters if item.name == name), None)
    if function is None or annotation is None:
        return None
    return _refused(lexical, function, annotation, text)


def _refused(lexical: Lexical, function: Function, annotation: Expr, text: str) -> str | None:
    match annotation:
        case Subscript(value=value, index=index):
            symbol = lexical.resolve(function.module, value, function.facts.parent)
            name = symbol.name if isinstance(symbol, External) else ""
            items = index.items if isinstance(index, Sequence) else (index,)
            if name.endswith(".Annotated"):
                return _refused(lexical, function, items[0], text)
            if name.endswith(".Literal"):
                values = [item.value for item in items if isinstance(item, Constant)]
                return None if text in values or len(values) < len(items) else "allowed value"
            return None
        case BinaryOperation():
            return None
        case Name() | Attribute():
            return _refused_by(lexical.resolve(function.module, annotation, function.facts.parent), text)
        case _:
            return None


def _refused_by(symbol: object, text: str) -> str | None:
    match symbol:
        case External(name=name) if name in _NUMBERS:
            return None if text.replace(".", "", 1).lstrip("+-").isdigit() else "number"
        case External(name=name) if name.startswith(_UUIDS):
            return "UUID"
        case Class() if not _ENUMS.isdisjoint(symbol.external_bases):
            members = [statement.value for item in symbol.ancestors for statement in item.own_assignments.values()]
            accepts = any(not isinstance(value, Constant) or value.value == text for value in members)
            return None if accepts else f"member of {symbol.name}"
        case Variable(value=Name() | Attribute() as value) if isinstance(value, Name | Attribute):
            return _refused_by(symbol.module.resolve(value), text)
        case _:
            return None
