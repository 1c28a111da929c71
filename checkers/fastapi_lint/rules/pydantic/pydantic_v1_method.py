"""FL103: a method or attribute of Pydantic 1 on a model of Pydantic 2."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from fastapi_lint.facts.expressions import Attribute, Expr, Name
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.knowledge.canonical import is_subclass
from fastapi_lint.knowledge.pydantic_v1 import Behaviour, Idiom, Kind, idiom_table, idioms
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.library_types import LibraryTypes
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import Choice, ExternalObject, Value, alternatives
from fastapi_lint.rules.base import Example, Family, Rule, Violation
from fastapi_lint.rules.pydantic.older_branches import older_branches
from fastapi_lint.rules.pydantic.pydantic_v1_method_examples import EXAMPLES
from fastapi_lint.source import Span

_MODEL: Final = "pydantic.BaseModel"
_FUNCTIONS: Final = frozenset({"pydantic.parse_obj_as", "pydantic.schema_of", "pydantic.schema_json_of"})
_TELLING: Final = frozenset({ExternalObject, Choice})
"""What a value must be to be something of Pydantic."""
_MEMBERS: Final = frozenset(row.name for row in idiom_table() if row.kind is Kind.MEMBER)


class PydanticV1Method(Rule):
    """Method of Pydantic 1 on a model of Pydantic 2.

    ## What it does
    Finds `.dict()`, `.json()`, `.copy()`, `.parse_obj()`, `.from_orm()`, `__fields__`, `parse_obj_as` and the like
    where the receiver is proved to be a Pydantic 2 model.

    ## Why is this bad
    They are deprecated since Pydantic 2.0 and gone in 3. Some already behave differently: `from_orm` raises without
    `from_attributes`, `json(indent=2)` raises a `TypeError`.

    ## Known limits
    Never reported by name alone: `response.json()` and `some_dict.copy()` are something else. A model that defines the
    method itself is left alone, and so are a project that pins Pydantic 1 and code that runs only where
    `hasattr(model, "model_dump")` is false.

    ## Fix safety
    No automatic fix yet; most are a rename.

    ## References
    - Pydantic, Migration Guide: <https://docs.pydantic.dev/latest/migration/>
    - Each member executed on Pydantic 2.14.3
    """

    code: ClassVar[str] = "FL103"
    name: ClassVar[str] = "pydantic-v1-method"
    family: ClassVar[Family] = Family.PYDANTIC
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield one violation for each use of a member that Pydantic 2 has renamed."""
        for analysis in _analyses(project):
            module = analysis.function.module.key
            requirements = project.manifest.for_module(module)
            older: tuple[Span, ...] | None = None
            for expression, value in analysis.values.items():
                found = _idiom(expression, value) if type(value) in _TELLING else None
                if found is None:
                    continue
                idiom, span = found
                older = older_branches(analysis.function.body) if older is None else older
                if any(branch.start <= span.start < branch.end for branch in older):
                    continue
                if requirements.may_be(idiom.package, idiom.versions):
                    yield self._violation(module, span, idiom)

    def _violation(self, module: str, span: Span, idiom: Idiom) -> Violation:
        name = idiom.name.rpartition(".")[2]
        instead = "" if idiom.replacement is None else f": use `{idiom.replacement.removeprefix('pydantic.')}`"
        return Violation(
            module=module,
            span=span,
            message=f"`{name}` is Pydantic 1{instead}",
            help=idiom.note,
            severity=Severity.ERROR if idiom.behaviour is Behaviour.RAISES_AT_CALL else None,
            confidence=Confidence.INFERRED,
        )


def _analyses(project: Project) -> Iterator[Analysis]:
    """Yield what is worth looking at: the application, and what uses such names elsewhere."""
    yield from project.analyses
    functions = _names_of_functions(project)
    for module in project.checked.values():
        yield project.analyser.module_analysis(module)
        if project.is_application(module):
            continue
        for function in module.all_functions:
            if not _MEMBERS.isdisjoint(function.facts.called) and not _asks_libraries(function, functions):
                yield project.analyser.analysis(function)


def _names_of_functions(project: Project) -> frozenset[str]:
    """Return the names by which the project may know Pydantic's functions."""
    names = frozenset(name.rpartition(".")[2] for name in _FUNCTIONS)
    imports = (item for module in project.modules.values() for item in module.facts.imports)
    return names | {item.bound for item in imports if item.name in names}


def _asks_libraries(function: Function, functions: frozenset[str]) -> bool:
    """Return whether the members are those of a library's objects that are no models: ``client.get(...).json()``."""
    if "<locals>" in function.qualname:
        return False
    types = LibraryTypes(function)
    for item in types.expressions:
        match item:
            case Name(id=name) | Attribute(attr=name) if name in functions:
                return False
            case Attribute(value=value, attr=name) if name in _MEMBERS:
                owner = types.of(value)
                if owner is None or is_subclass(owner, _MODEL):
                    return False
            case _:
                pass
    return True


def _idiom(expression: Expr, value: Value) -> tuple[Idiom, Span] | None:
    """Return the idiom that an expression is, and where its name stands."""
    if not isinstance(expression, (Attribute, Name)):
        return None
    known = [item for item in alternatives(value) if isinstance(item, ExternalObject)]
    if not known:
        return None
    found = known[0]
    if found.name in _FUNCTIONS:
        return next(((row, expression.span) for row in idioms(Kind.NAME, found.name)), None)
    owner, _, name = found.name.rpartition(".")
    if not isinstance(expression, Attribute) or found.receiver is None or expression.attr != name:
        return None
    if name not in _MEMBERS or not is_subclass(owner, _MODEL):
        return None
    return next(((row, expression.attr_span) for row in idioms(Kind.MEMBER, name)), None)
