"""FL901: Alembic compares the database with models that nobody has imported."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, Sequence
from fastapi_lint.facts.schema import Body
from fastapi_lint.facts.statements import Annotate, Assign, walk_statements
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import Severity
from fastapi_lint.model.lexical import expressions
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm import MappedClass
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.rules.base import Family, Rule, Step, Violation
from fastapi_lint.rules.project.alembic_models_not_imported_examples import EXAMPLES
from fastapi_lint.source import Span

_DISCOVERY: Final = frozenset(
    {"import_module", "walk_packages", "iter_modules", "__import__", "exec_module", "find_modules", "run_path", "exec"}
)
_COMMANDS: Final = frozenset({("alembic", "command"), ("alembic.command", None), ("alembic.command", "revision")})
_CALL_DEPTH: Final = 3
_MOST_STEPS: Final = 8


class AlembicModelsNotImported(Rule):
    """Models that Alembic's environment does not import.

    ## What it does
    Reports the `target_metadata` of an `env.py` when models of its base are defined in modules that `env.py` does not
    import, neither itself nor through what it imports.

    ## Why is this bad
    A table is in the metadata only once its class has been executed. For `alembic revision --autogenerate` a model that
    was not imported does not exist: its table is never created, or, where it exists, the migration drops it with all
    rows.

    ## Known limits
    Modules that are found at run time (`pkgutil`, `importlib`) silence the rule, wherever `env.py` reaches such code.
    So does a `target_metadata` that is computed. Models of a distribution of its own, of which `env.py` imports
    nothing, are taken to be a plugin's.

    ## Fix safety
    There is no automatic fix: import the modules in `env.py`, or in the package that holds the base.

    ## References
    - [Alembic: auto generating migrations](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    """

    code = "FL901"
    name = "alembic-models-not-imported"
    family = Family.PROJECT
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield the environments of Alembic that do not know all models of their base."""
        for module in project.modules.values():
            if module.key.rpartition("/")[2] == "env.py" and _imports_alembic(module):
                yield from _violations(project, module)


def _imports_alembic(module: Module) -> bool:
    return any(item.module in {"alembic", "alembic.context"} for item in module.facts.imports)


def _violations(project: Project, environment: Module) -> Iterator[Violation]:
    target = _target(environment)
    if target is None:
        return
    roots = set(_roots(project, environment, target.value, 0))
    reached = _reached(project, environment)
    if not roots or any(_discovers(project.modules[key]) for key in reached):
        return
    missing = [
        entity
        for entity in project.orm.entities
        if entity.root in roots
        and entity.cls.module.key not in reached
        and project.kind(entity.cls.module) is FileKind.APP
        and _adds_to_the_schema(project, entity)
        and _is_same_distribution(project, entity.cls.module, environment, reached)
    ]
    if missing:
        yield _violation(project, environment, target, missing)


def _adds_to_the_schema(project: Project, entity: MappedClass) -> bool:
    """Return whether a class has a table or columns of its own; a subclass that only narrows types has not."""
    own = entity.cls
    named = "__tablename__" in own.own_assignments or "__tablename__" in own.own_methods
    declared = project.orm.declarations(own).values()
    return entity.parent is None or named or any(item.construct is not None for item in declared)


def _is_same_distribution(project: Project, module: Module, environment: Module, reached: frozenset[str]) -> bool:
    """Return whether a module is no plugin: of a distribution beside, of which the environment imports nothing."""
    own = _distribution(project, module.key)
    return environment.key.startswith(own) or any(key.startswith(own) for key in reached)


def _distribution(project: Project, key: str) -> str:
    """Return the directory of the nearest ``setup.py`` or manifest above a module, with a slash; empty for the root."""
    directory = key.rpartition("/")[0]
    while directory and f"{directory}/setup.py" not in project.modules and directory not in project.manifest.folders:
        directory = directory.rpartition("/")[0]
    return f"{directory}/" if directory else ""


class _Target(Struct, frozen=True):
    """What the metadata is, and where that is said."""

    value: Expr
    span: Span


def _target(environment: Module) -> _Target | None:
    """Return the last assignment to ``target_metadata``, else what ``context.configure`` is given under that name."""
    found: _Target | None = None
    for statement in walk_statements(environment.body):
        match statement:
            case (
                Assign(targets=(Name(id="target_metadata"),), value=value)
                | Annotate(target=Name(id="target_metadata"), value=value)
            ) if value is not None:
                found = _Target(value, statement.span)
            case _:
                pass
    return found or next(_passed(environment), None)


def _passed(environment: Module) -> Iterator[_Target]:
    # The folder of the environment is called alembic, too, so that a name may seem to be the project's own.
    contexts = {item.bound for item in environment.facts.imports if (item.module, item.name) == ("alembic", "context")}
    for body in (environment.body, *(function.body for function in environment.all_functions)):
        for expression in expressions(body):
            match expression:
                case Call(func=Attribute(value=Name(id=name), attr="configure")) if name in contexts:
                    given = expression.keyword("target_metadata")
                    if given is not None:
                        yield _Target(given, given.span)
                case _:
                    pass


def _roots(project: Project, module: Module, value: Expr, depth: int) -> Iterator[str]:
    """Yield the declarative bases whose metadata an expression is; nothing where one of them is not known."""
    match value:
        case Sequence(items=items):
            found = [list(_roots(project, module, item, depth)) for item in items]
            if all(found):
                yield from (root for roots in found for root in roots)
        case Attribute(value=base, attr="metadata"):
            yield from _root_of(project, module.resolve(base))
        case Name() | Attribute() if depth < _CALL_DEPTH:
            symbol = module.resolve(value)
            if isinstance(symbol, Variable):
                yield from _bases_with(project, symbol)
                if symbol.value is not None:
                    yield from _roots(project, symbol.module, symbol.value, depth + 1)
        case _:
            return


def _root_of(project: Project, symbol: object) -> Iterator[str]:
    known = {entity.root for entity in project.orm.entities}
    match symbol:
        case Class():
            keys = [*(item.key for item in symbol.ancestors), *symbol.external_bases]
        case Variable():
            keys = [f"{symbol.module.key}:{symbol.name}"]
        case External(name=name):
            keys = [name]
        case _:
            keys = []
    yield from [key for key in keys if key in known][:1]


def _bases_with(project: Project, metadata: Variable) -> Iterator[str]:
    """Yield the declarative bases that are given a ``MetaData`` object of the project's own."""
    for key in sorted({entity.root for entity in project.orm.entities}):
        path, _, name = key.partition(":")
        module = project.modules.get(path)
        base = module.classes.get(name) if module is not None else None
        assigned = base.own_assignments.get("metadata") if base is not None else None
        if assigned is not None and assigned.value is not None and base is not None:
            if base.module.resolve(assigned.value, base.facts.parent) is metadata:
                yield key
        elif module is not None and (variable := module.variables.get(name)) is not None:
            given = variable.value.keyword("metadata") if isinstance(variable.value, Call) else None
            if given is not None and module.resolve(given) is metadata:
                yield key


def _reached(project: Project, environment: Module) -> frozenset[str]:
    """Return the modules that run when the environment runs, with what the functions that it calls import.

    Where the project makes its revisions with a command of its own, what that imports is there too.
    """
    graph = project.import_graph
    found: set[str] = set()
    functions: list[Function] = []
    for start in (environment, *(module for module in project.modules.values() if _makes_revisions(module))):
        found |= graph.imports_transitively(start)
        functions.extend(start.all_functions)
        functions.extend(_called(start, start.body, ""))
    seen: set[str] = set()
    for _ in range(_CALL_DEPTH):
        following: list[Function] = []
        for function in functions:
            if function.key in seen:
                continue
            seen.add(function.key)
            for item in function.module.facts.imports:
                if item.scope == function.qualname and not item.type_checking:
                    for module in graph.modules_of(function.module, item):
                        found |= graph.imports_transitively(module)
            following.extend(_called(function.module, function.body, function.qualname))
        functions = following
    return frozenset(found)


def _makes_revisions(module: Module) -> bool:
    imported = {(item.module, item.name) for item in module.facts.imports}
    return not imported.isdisjoint(_COMMANDS) and any("revision" in item.facts.called for item in module.all_functions)


def _called(module: Module, body: Body, scope: str) -> Iterator[Function]:
    for expression in expressions(body):
        if isinstance(expression, Call):
            symbol = module.resolve(expression.func, scope)
            if isinstance(symbol, Function):
                yield symbol


def _discovers(module: Module) -> bool:
    """Return whether a module imports others by names that are made at run time."""
    if any(not _DISCOVERY.isdisjoint(function.facts.called) for function in module.all_functions):
        return True
    return any(_last_name(item.func) in _DISCOVERY for item in expressions(module.body) if isinstance(item, Call))


def _last_name(expression: Expr) -> str:
    match expression:
        case Name(id=name) | Attribute(attr=name):
            return name
        case _:
            return ""


def _violation(project: Project, environment: Module, target: _Target, missing: list[MappedClass]) -> Violation:
    modules = list(dict.fromkeys(entity.cls.module.key for entity in missing))
    named = ", ".join(modules[:3]) + (f" and {len(modules) - 3} more" if len(modules) > 3 else "")
    names = [project.import_graph.name_of(project.modules[key]) for key in modules]
    return Violation(
        module=environment.key,
        span=target.span,
        message=f"autogenerate does not see the models of {named}: this file does not import them",
        evidence=tuple(
            Step(entity.cls.module.key, entity.cls.facts.name_span, f"{entity.name} is not in the metadata")
            for entity in missing[:_MOST_STEPS]
        ),
        help="; ".join(f"import {name}" for name in names[:_MOST_STEPS]),
    )
