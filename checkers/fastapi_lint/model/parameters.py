"""What a parameter holds before any call is known."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.facts.schema import Parameter
from fastapi_lint.model.annotations import Annotations
from fastapi_lint.model.inference import selected
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class, External, Function
from fastapi_lint.model.values import (
    UNKNOWN,
    ClassObject,
    Collection,
    EntityOrigin,
    Instance,
    Loads,
    Place,
    SessionOrigin,
    Statement,
    Symbolic,
    TypeVariable,
    Unknown,
    Value,
    alternatives,
    choice,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser


def parameter_value(
    analyser: "Analyser",
    function: Function,
    own: Class | None,
    parameter: Parameter,
    annotations: Annotations,
    bindings: dict[str, Value],
) -> Value:
    """Return what a parameter holds; ``bindings`` are what type variables stand for in the class ``own``."""
    if function.owner is not None and own is not None and parameter is function.facts.parameters[0]:
        if function.is_class_method:
            return ClassObject(own)
        if not function.is_static:
            return _receiver(analyser, own)
    declared = annotations.value(parameter.annotation)
    if isinstance(declared, Unknown) and parameter.default is not None:
        declared = _from_dependency(analyser, function, parameter.default)
    declared = substitute(declared, Bindings({}, None, bindings))
    if parameter.kind == "**":
        return Collection("dict", declared)
    marked = choice(*[_marked(analyser, item, function, parameter) for item in alternatives(declared)])
    return Collection("tuple", marked) if parameter.kind == "*" and not isinstance(marked, Symbolic) else marked


def _receiver(analyser: "Analyser", own: Class) -> Value:
    """Return ``self``: on a mapped class a database object that was handed in."""
    if analyser.entity(own) is None:
        return Instance(own)
    return Instance(own, (), EntityOrigin("parameter", "self", Place(own.module.key, own.facts.name_span), Loads()))


def _marked(analyser: "Analyser", value: Value, function: Function, parameter: Parameter) -> Value:
    """Return a parameter's value that remembers which parameter it is."""
    place = Place(function.module.key, parameter.span)
    match value:
        case Instance(of="sqlalchemy.Select" | "sqlalchemy.sql.Select", arguments=arguments):
            return Statement("select", selected(arguments), Loads(parameters=frozenset({parameter.name})))
        case Instance() if analyser.library.session_kind(value) is not None:
            return Instance(value.of, (), SessionOrigin("parameter", parameter.name, place))
        case Instance() if analyser.entity_of(value) is not None:
            origin = EntityOrigin("parameter", parameter.name, place, Loads())
            return Instance(value.of, value.arguments, origin)
        case TypeVariable(bound=Instance() as bound) if analyser.entity_of(bound) is not None:
            return value
        case Collection(element=element):
            marked = choice(*[_marked(analyser, item, function, parameter) for item in alternatives(element)])
            if isinstance(marked, Symbolic):
                return value if value.kind == "dict" else marked
            return Collection(value.kind, marked, value.items, value.key)
        case Unknown():
            return Symbolic(parameter.name)
        case Instance(of=str() as of) if of.startswith("sqlalchemy.") and of.endswith(("Option", "Load")):
            return Symbolic(parameter.name)
        case _:
            return value


def _from_dependency(analyser: "Analyser", function: Function, default: Expr) -> Value:
    """Return what ``Depends(dependency)`` as a default gives."""
    match default:
        case Call(func=func, args=(target, *_)):
            made_by = function.module.resolve(func, function.facts.parent)
            if not isinstance(made_by, External) or made_by.name not in {"fastapi.Depends", "fastapi.Security"}:
                return UNKNOWN
        case _:
            return UNKNOWN
    match function.module.resolve(target, function.facts.parent):
        case Class() as provided:
            return Instance(provided)
        case External(name=name):
            return analyser.library.provided(name) or UNKNOWN
        case Function() as provider:
            given = analyser.bindings(provider, None, {})
            return substitute(analyser.analysis(provider).result, given)
        case _:
            return UNKNOWN
