"""FL701: modules import each other, and one of them needs a name that is not there yet."""

from collections.abc import Iterable, Iterator

from fastapi_lint.facts.expressions import Name, walk
from fastapi_lint.facts.statements import expressions_of, walk_statements
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import Severity
from fastapi_lint.model.import_graph import ImportEdge
from fastapi_lint.model.import_order import ImportFailure, ImportOrder
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.rules.architecture.import_cycle_examples import EXAMPLES
from fastapi_lint.rules.base import Family, Rule, Step, Violation

_MOST_FIRST = 150
"""In a larger group only the entry points of the project are tried, not each of its modules."""


class ImportCycle(Rule):
    """Circular import of a name that is not bound yet.

    ## What it does
    Follows the imports of modules that import each other, from each place where execution can begin, and reports a
    `from` import of a name that the other module has not bound yet. It is an error where an app, a script, the
    environment of Alembic or a test begins that way, and a warning where another first import would fail.

    ## Why is this bad
    Python raises "cannot import name … from partially initialized module … (most likely due to a circular import)".
    What works today depends on who is imported first: a new script, a test that runs alone, a sorted import block
    breaks it.

    ## Known limits
    Imports under `TYPE_CHECKING` and inside functions are no part of a cycle. Circles that work from every start
    (modules that only import each other as modules) are silent. There is one finding for each group of modules.

    ## Fix safety
    There is no automatic fix: import inside the function that needs the name, or move what both need to a third module.

    ## References
    - [Python FAQ: circular imports](https://docs.python.org/3/faq/programming.html#what-are-the-best-practices-for-using-import-in-a-module)
    """

    code = "FL701"
    name = "import-cycle"
    family = Family.ARCHITECTURE
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one finding for each group of modules that cannot be imported in every order."""
        asked = [module for module in project.modules.values() if project.are_asked((module.key,))]
        groups = project.import_graph.cycles_below(asked)
        groups = tuple(group for group in groups if project.are_asked(module.key for module in group))
        starts = tuple(_starts(project)) if groups else ()
        for group in groups:
            order = ImportOrder(project.import_graph, group)
            found = _from_entry_points(order, starts) or _from_anywhere(order, group)
            if found is not None and project.kind(found.module) is not FileKind.TEST:
                yield found


def _starts(project: Project) -> Iterator[tuple[Module, tuple[Module, ...]]]:
    """Yield the modules where execution begins, each with what runs before it, outermost first."""
    apps = {router.module.key for router in project.routes.routers if router.is_app}
    for module in project.modules.values():
        kind = project.kind(module)
        if kind is FileKind.TEST:
            yield module, (*_conftests(project, module), module)
        elif (
            module.key in apps
            or _is_environment(module)
            or (kind is FileKind.APP and project.import_graph.script_spans(module))
        ):
            yield module, (module,)


def _conftests(project: Project, module: Module) -> Iterator[Module]:
    parts = module.directory.split("/")
    for length in range(len(parts) + 1):
        conftest = project.modules.get("/".join((*parts[:length], "conftest.py")))
        if conftest is not None and conftest is not module:
            yield conftest


def _is_environment(module: Module) -> bool:
    return module.key.rpartition("/")[2] == "env.py" and any(item.module == "alembic" for item in module.facts.imports)


def _from_entry_points(order: ImportOrder, starts: Iterable[tuple[Module, tuple[Module, ...]]]) -> Violation | None:
    for start, entries in starts:
        first = order.first_of(entries)
        failure = order.failure_from(first) if first is not None else None
        if failure is not None:
            return _violation(failure, f"importing {start.key} fails", None)
    return None


def _from_anywhere(order: ImportOrder, group: tuple[Module, ...]) -> Violation | None:
    if len(group) > _MOST_FIRST:
        return None
    for module in group:
        first = order.first_of((module,))
        failure = order.failure_from(first) if first is not None else None
        if failure is not None:
            return _violation(failure, f"it fails when {module.key} is imported first", Severity.WARNING)
    return None


def _violation(failure: ImportFailure, consequence: str, severity: Severity | None) -> Violation:
    edge = failure.edge
    steps = [Step(item.source.key, item.span, f"{item.target.key} begins to run here") for item in failure.way]
    steps.append(Step(edge.source.key, edge.span, f"{edge.name} is not defined yet in {edge.target.key}"))
    return Violation(
        module=edge.source.key,
        span=edge.span,
        message=f"{edge.name} is imported from {edge.target.key} while that is still being imported: {consequence}",
        evidence=tuple(steps),
        help=_help((*failure.way, edge)),
        severity=severity,
    )


def _help(cycle: tuple[ImportEdge, ...]) -> str:
    """Say where the circle is cut with the least work: at an import that only functions need."""
    for edge in reversed(cycle):
        if not edge.is_package and edge.item.bound not in _needed_on_import(edge.source):
            return f"import {edge.item.bound} inside the functions of {edge.source.key} that use it"
    return "move what both modules need to a third one"


def _needed_on_import(module: Module) -> frozenset[str]:
    """Return the names that a module reads while it is imported: bases, decorators, defaults, annotations, its body."""
    found: set[str] = set(module.facts.exported or ())
    bodies = [module.body, *(item.body for item in module.classes.values())]
    expressions = [part for body in bodies for item in walk_statements(body) for part in expressions_of(item)]
    for item in module.classes.values():
        expressions.extend((*item.facts.bases, *item.facts.decorators))
    for function in module.all_functions:
        expressions.extend(function.facts.decorators)
        for parameter in function.facts.parameters:
            expressions.extend(part for part in (parameter.default, parameter.annotation) if part is not None)
        if function.facts.returns is not None:
            expressions.append(function.facts.returns)
    found.update(part.id for expression in expressions for part in walk(expression) if isinstance(part, Name))
    return frozenset(found)
