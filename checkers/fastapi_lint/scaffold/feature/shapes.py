"""Finds what a project calls something by what it is: a base by what derives from it, an alias by what it stands for.

Of several that fit, the one that is imported most is the project's own; nothing is found by its name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Sequence, Subscript
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.orm import MappedClass
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Class, External, Function, Variable

Named = Variable | Class | Function
_ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_STATUS_NAMES: Final = {
    404: ("http.HTTPStatus.NOT_FOUND", "fastapi.status.HTTP_404_NOT_FOUND", "starlette.status.HTTP_404_NOT_FOUND"),
    409: ("http.HTTPStatus.CONFLICT", "fastapi.status.HTTP_409_CONFLICT", "starlette.status.HTTP_409_CONFLICT"),
}


class ImportedName(Struct, frozen=True, order=True):
    """A name and the module to import it from."""

    module: str
    name: str


class Alias(Struct, frozen=True, eq=False):
    """A module-level ``X = Annotated[kind, ...]``."""

    variable: Variable
    kind: Expr
    metadata: tuple[Expr, ...]

    @property
    def stands_for(self) -> Symbol | None:
        """Return the type that is annotated, its parameters apart."""
        kind = self.kind.value if isinstance(self.kind, Subscript) else self.kind
        return self.variable.module.resolve(kind)

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Yield the library calls among the metadata, with their names."""
        for item in self.metadata:
            if isinstance(item, Call):
                symbol = self.variable.module.resolve(item.func)
                if isinstance(symbol, External):
                    yield symbol.name, item


def aliases(project: Project) -> tuple[Alias, ...]:
    """Return the aliases of annotated types in the application's own files, the most imported first."""
    found: list[Alias] = []
    for module in _application(project):
        for variable in module.variables.values():
            match variable.value:
                case Subscript(value=value, index=Sequence(items=(kind, *metadata))):
                    symbol = module.resolve(value)
                    if isinstance(symbol, External) and symbol.name in _ANNOTATED:
                        found.append(Alias(variable, kind, tuple(metadata)))
                case _:
                    pass
    order = _by_use(project, [item.variable for item in found])
    return tuple(sorted(found, key=lambda item: order[item.variable]))


def errors_with_status(project: Project, code: int) -> tuple[Class, ...]:
    """Return the project's exceptions that a client sees as one HTTP status, the most imported first."""
    found = [
        cls
        for module in _application(project)
        for cls in module.classes.values()
        if "builtins.Exception" in cls.external_bases
        and any(_is_status(module, item.value, code) for item in cls.own_assignments.values())
    ]
    order = _by_use(project, found)
    return tuple(sorted(found, key=lambda cls: order[cls]))


def _is_status(module: Module, value: Expr | None, code: int) -> bool:
    match value:
        case Constant(value=number):
            return number == code
        case Attribute():
            symbol = module.resolve(value)
            return isinstance(symbol, External) and symbol.name in _STATUS_NAMES[code]
        case _:
            return False


def field_markers(project: Project) -> tuple[Variable, ...]:
    """Return the variables that hold a ``Field(default_factory=...)``, the most imported first.

    Such a variable is the default of a field that a client may leave out, but may not set to null.
    """
    found = [
        variable
        for module in _application(project)
        for variable in module.variables.values()
        if isinstance(variable.value, Call)
        and module.resolve(variable.value.func) == External("pydantic.Field")
        and variable.value.keyword("default_factory") is not None
    ]
    order = _by_use(project, found)
    return tuple(sorted(found, key=lambda item: order[item]))


def schema_bases(project: Project, folder: str) -> tuple[tuple[Class, ...], tuple[Class, ...]]:
    """Return the bases without fields of the schemas in a folder: for what clients send, and for what they read.

    The latter have ``from_attributes=True``. Those that most schemas derive from come first.
    """
    counts: Counter[Class] = Counter()
    for schema in project.schemas.all:
        if schema.cls.module.key.startswith(f"{folder}/"):
            counts.update(base for base in schema.cls.bases if isinstance(base, Class))
    inputs: list[Class] = []
    outputs: list[Class] = []
    for base in sorted(counts, key=lambda cls: (-counts[cls], cls.key)):
        found = project.schemas.schema(base)
        if found is not None and not found.fields and not base.module.key.startswith(f"{folder}/"):
            (outputs if found.from_attributes else inputs).append(base)
    return tuple(inputs), tuple(outputs)


def common_bases(entities: Iterable[MappedClass]) -> tuple[Class, ...]:
    """Return the bases that most mapped classes name, in their order; empty where a base is not of the project."""
    counts: dict[tuple[Class, ...], int] = {}
    for entity in entities:
        bases = tuple(base for base in entity.cls.bases if isinstance(base, Class))
        if len(bases) == len(entity.cls.facts.bases):
            counts[bases] = counts.get(bases, 0) + 1
    return max(counts, key=lambda bases: counts[bases], default=())


def imported_name(project: Project, symbol: Named) -> ImportedName:
    """Return how the project imports something."""
    return ImportedName(project.import_graph.name_of(symbol.module), symbol.name)


def _application(project: Project) -> Iterator[Module]:
    return (module for module in project.modules.values() if project.is_application(module))


def _by_use(project: Project, symbols: Iterable[Named]) -> Mapping[Named, tuple[int, str, int]]:
    """Return what to sort symbols by: how many modules import each, most first, then where they stand."""
    wanted = {symbol.name: symbol for symbol in symbols}
    counts = dict.fromkeys(wanted.values(), 0)
    for module in project.modules.values():
        for item in module.facts.imports:
            symbol = wanted.get(item.name or "")
            if symbol is not None and module.lookup(item.bound) is symbol:
                counts[symbol] += 1
    return {symbol: (-counts.get(symbol, 0), symbol.module.key, 0) for symbol in symbols}
