"""Small questions about values: what an annotation adds, what an argument says of a type variable."""

from collections.abc import Iterable
from typing import Final

from fastapi_lint.facts.expressions import Attribute, Call, Constant, Expr, Name, Sequence
from fastapi_lint.facts.schema import FunctionFacts
from fastapi_lint.facts.statements import Annotate, Assign, For, Stmt, With, walk_statements
from fastapi_lint.model.events import EntityRead
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.modules import Module
from fastapi_lint.model.values import (
    NONE,
    NOTHING,
    UNKNOWN,
    Built,
    Choice,
    ClassObject,
    Collection,
    Coroutine,
    EntityOrigin,
    Instance,
    Literal,
    SessionOrigin,
    Symbolic,
    TypeVariable,
    Unknown,
    Value,
    alternatives,
    choice,
)

TOP_LEVEL: Final = "<module>"
"""What stands for a function's name at the top level of a module."""


def completed(found: Value, annotated: Value) -> Value:
    """Return what a body shows, with the annotation in place of what it leaves unknown."""
    if isinstance(annotated, Unknown):
        return found
    known = [item for item in alternatives(found) if not _is_vague(item)]
    if len(known) == len(alternatives(found)) and known:
        return found
    filled = [_filled(item, annotated) for item in alternatives(found) if isinstance(item, Collection)]
    return choice(*(item for item in known if item != NONE), *(filled or [annotated]))


def _is_vague(value: Value) -> bool:
    match value:
        case Unknown() | Symbolic():
            return True
        case Collection(element=element):
            return element == NOTHING or any(_is_vague(item) for item in alternatives(element))
        case _:
            return False


def _filled(value: Collection, annotated: Value) -> Value:
    for item in alternatives(annotated):
        if isinstance(item, Collection):
            element = completed(value.element, item.element) if value.element != NOTHING else item.element
            return Collection(
                item.kind, element, value.items if value.items and not _vague_items(value) else item.items
            )
    return annotated


def _vague_items(value: Collection) -> bool:
    return any(_is_vague(item) for item in value.items or ())


def unify(declared: Value, given: Value, variables: dict[str, Value]) -> None:
    """Let the arguments of a call say what the type variables of its parameters stand for."""
    match declared, given:
        case TypeVariable(name=name), _ if not isinstance(given, Unknown | Symbolic):
            variables[name] = given
        case ClassObject(of="builtins.type", arguments=(TypeVariable(name=name),)), ClassObject(of=of, arguments=items):
            variables[name] = Instance(of, items)
        case Collection(element=inner), Collection(element=element):
            unify(inner, element, variables)
        case Coroutine(result=inner), Coroutine(result=result):
            unify(inner, result, variables)
        case Choice(values=values), _:
            for item in values:
                unify(item, given, variables)
        case Instance(arguments=inner_arguments), Instance(arguments=arguments):
            for inner, argument in zip(inner_arguments, arguments, strict=False):
                unify(inner, argument, variables)
        case _:
            pass


def is_generic(declared: Value) -> bool:
    """Return whether a type variable is part of a declared type."""
    match declared:
        case TypeVariable():
            return True
        case Collection(element=inner) | Coroutine(result=inner):
            return is_generic(inner)
        case Choice(values=items) | Instance(arguments=items) | ClassObject(arguments=items):
            return any(is_generic(item) for item in items)
        case _:
            return False


def detached(value: Value, name: str) -> Value:
    """Return an attribute's value as it is outside the method that assigned it: its parameters mean nothing there."""
    match value:
        case Instance(origin=SessionOrigin(kind="parameter", key=key)):
            return Instance(value.of, (), SessionOrigin("attribute", key))
        case Instance(origin=SessionOrigin(kind="opened")):
            return Instance(value.of, (), SessionOrigin("attribute", f"self.{name}"))
        case Instance(origin=Built(bound=bound)):
            kept = tuple((key, detached(item, name)) for key, item in bound)
            return Instance(value.of, value.arguments, Built(kept))
        case Instance(origin=EntityOrigin()):
            return Instance(value.of, value.arguments)
        case Symbolic():
            return UNKNOWN
        case Choice(values=values) if values:
            return choice(*[detached(item, name) for item in values])
        case Collection(element=element):
            return Collection(value.kind, detached(element, name), None, value.key)
        case _:
            return value


def default_value(default: Expr) -> Value:
    """Return what a literal default holds."""
    match default:
        case Constant(value=value):
            return Literal(value)
        case Sequence(items=()):
            return Collection(default.kind, NOTHING)
        case Call(func=Name(id="tuple" | "list"), args=()):
            return Collection("list", NOTHING)
        case _:
            return UNKNOWN


def selected(arguments: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the entities of ``Select[tuple[A, B]]``."""
    match arguments:
        case (Collection(items=tuple() as items),):
            return items
        case (Collection(element=element),):
            return (element,)
        case _:
            return ()


def first_reads(reads: Iterable[EntityRead]) -> tuple[EntityRead, ...]:
    """Return one read for each way to a relationship of each parameter, and one read of a column."""
    found: dict[tuple[str, tuple[str, ...]], EntityRead] = {}
    for read in reads:
        path = read.path[:-1] if read.kind == "column" else read.path
        key = (f"{read.origin.key} column" if read.kind == "column" else read.origin.key, path)
        found.setdefault(key, read)
    return tuple(found.values())


def first_effects(effects: Iterable[SessionEffect]) -> tuple[SessionEffect, ...]:
    """Return the first effect of each kind on each session."""
    found: dict[tuple[str, Value, bool], SessionEffect] = {}
    for effect in effects:
        key = (effect.kind, effect.session, effect.after_yield)
        present = found.get(key)
        if present is None or effect.witness.depth < present.witness.depth:
            found[key] = effect
    return tuple(found.values())


def self_assignments(body: Iterable[Stmt]) -> set[str]:
    """Return the names of the attributes that a method assigns on ``self``."""
    found: set[str] = set()
    for statement in walk_statements(body):
        for target in _targets(statement):
            for item in target.items if isinstance(target, Sequence) else (target,):
                if isinstance(item, Attribute) and isinstance(item.value, Name) and item.value.id == "self":
                    found.add(item.attr)
    return found


def _targets(statement: Stmt) -> tuple[Expr, ...]:
    match statement:
        case Assign(targets=targets):
            return targets
        case Annotate(target=target) | For(target=target):
            return (target,)
        case With(items=items):
            return tuple(item.target for item in items if item.target is not None)
        case _:
            return ()


def top_level(module: Module) -> FunctionFacts:
    """Return facts that let the top level of a module stand where a function is expected."""
    return FunctionFacts(
        qualname=TOP_LEVEL,
        parent="",
        owner="",
        parameters=(),
        decorators=(),
        returns=None,
        is_async=False,
        is_generator=False,
        called=(),
        type_parameters=(),
        start=0,
        end=0,
        name_start=0,
        body=module.facts.body,
    )
