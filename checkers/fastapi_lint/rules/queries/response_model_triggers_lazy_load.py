"""FL404: a response model that reads relationships which no query has loaded."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.events import Returned
from fastapi_lint.model.loading import Missing
from fastapi_lint.model.project import Project
from fastapi_lint.model.routing import Route
from fastapi_lint.model.symbols import Class
from fastapi_lint.model.values import Collection, EntityOrigin, Instance, Value, alternatives
from fastapi_lint.rules.base import Example, Family, Rule, Step, Violation
from fastapi_lint.rules.evidence import route_title, step
from fastapi_lint.rules.queries.response_model_triggers_lazy_load_examples import EXAMPLES


class ResponseModelTriggersLazyLoad(Rule):
    """Response model that loads relationships.

    ## What it does
    Compares the fields of a route's response model, nested schemas included, with the relationships of the database
    objects that the handler returns, and reports those that neither the query's options nor the class load.

    ## Why is this bad
    FastAPI reads every field of the response model from the returned object. With an asynchronous session the read of
    an unloaded relationship fails: a 500 with a `ResponseValidationError`, after the row was written. With a
    synchronous one each row costs one more query.

    ## Known limits
    The returned value must be a database object whose query and options are understood. A synchronous handler is
    reported only for lists.

    ## Fix safety
    No automatic fix: add the loader option to the query, or leave the field out of the response model.

    ## References
    - FastAPI, Response Model: <https://fastapi.tiangolo.com/tutorial/response-model/>
    - Executed on FastAPI 0.165: 500 with the row persisted; 6 queries for 5 rows with a synchronous session
    """

    code: ClassVar[str] = "FL404"
    name: ClassVar[str] = "response-model-triggers-lazy-load"
    family: ClassVar[Family] = Family.QUERIES
    severity: ClassVar[Severity] = Severity.ERROR
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each relationship that a response reads from an object that does not hold it."""
        reported: set[object] = set()
        for route in project.checked_routes:
            function = route.function
            if function is None or not project.is_application(function.module):
                continue
            analysis = project.analyser.analysis(function)
            for violation, key in self._of(project, route, analysis):
                if key not in reported:
                    reported.add(key)
                    yield violation

    def _of(self, project: Project, route: Route, analysis: Analysis) -> Iterator[tuple[Violation, object]]:
        schemas = _schemas(route, analysis)
        for returned in analysis.returned:
            for entity, many in _entities(returned.value, many=False):
                for schema in schemas:
                    yield from self._compare(project, route, analysis, returned, entity, schema, many=many)

    def _compare(
        self,
        project: Project,
        route: Route,
        analysis: Analysis,
        returned: Returned,
        entity: Instance,
        schema: Class,
        *,
        many: bool,
    ) -> Iterator[tuple[Violation, object]]:
        origin = entity.origin
        assert isinstance(origin, EntityOrigin)
        assert isinstance(entity.of, Class)
        kind = project.loading.session_kind(origin)
        if origin.expired is not None or kind is None or (kind == "sync" and not many):
            return
        for path in project.analyser.schema_reads(schema, entity.of, forced=True):
            missing = project.loading.missing_on(entity, origin, path, analysis)
            if missing is not None:
                key = (origin.place, missing.title)
                yield self._violation(route, analysis, returned, origin, schema, missing, kind), key

    def _violation(
        self,
        route: Route,
        analysis: Analysis,
        returned: Returned,
        origin: EntityOrigin,
        schema: Class,
        missing: Missing,
        kind: str,
    ) -> Violation:
        path = ".".join(missing.path)
        outcome = "the response is a 500" if kind == "async" else "one more query per row"
        return Violation(
            module=origin.place.module,
            span=origin.place.span,
            message=f"`{schema.name}` reads `{missing.title}`, which is not loaded: {outcome}",
            evidence=(
                step(origin.place, f"the object is loaded without {path}"),
                Step(analysis.function.module.key, returned.node.span, f"{route_title(route)} returns it"),
                Step(schema.module.key, schema.facts.name_span, f"the response model reads {path}"),
            ),
            help=f"load it with the query: .options({missing.option})",
            severity=None if kind == "async" else Severity.WARNING,
            confidence=Confidence.INFERRED,
        )


def _schemas(route: Route, analysis: Analysis) -> tuple[Class, ...]:
    """Return the project classes that the response model consists of."""
    function = analysis.function
    value = Annotations(function.module, function.facts.parent, frozenset(), None).value(route.response_model)
    return tuple(dict.fromkeys(_classes(value)))


def _classes(value: Value) -> Iterator[Class]:
    for item in alternatives(value):
        match item:
            case Instance(of=Class() as of):
                yield of
            case Collection(element=element):
                yield from _classes(element)
            case _:
                pass


def _entities(value: Value, *, many: bool) -> Iterator[tuple[Instance, bool]]:
    """Yield the database objects in a returned value, and whether there may be several."""
    for item in alternatives(value):
        match item:
            case Instance(of=Class(), origin=EntityOrigin()):
                yield item, many
            case Collection(kind="list" | "set" | "iterator" | "rows", element=element):
                yield from _entities(element, many=True)
            case _:
                pass
