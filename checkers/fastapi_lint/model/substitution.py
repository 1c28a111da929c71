"""Carries a summary from a callee to a call: parameters and type variables become what they stand for there."""

from msgspec import Struct

from fastapi_lint.model.values import (
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
    LoaderOptions,
    Loads,
    MappedAttribute,
    Origin,
    Place,
    Result,
    SessionOrigin,
    Statement,
    Symbolic,
    TypeVariable,
    Value,
    alternatives,
    choice,
)


class Bindings(Struct, frozen=True, eq=False):
    """What a call binds: parameters by name, the receiver, type variables, and where it is, which tells it apart.

    ``names`` are all parameters of the callee; what a nested function takes from the function around it is none of them
    and stays what it is. None where nothing stays.
    """

    parameters: dict[str, Value]
    receiver: Value | None
    variables: dict[str, Value]
    call: Place | None = None
    names: frozenset[str] | None = None

    def key(self, inner: str) -> str:
        """Return the key of something that the callee makes, as each call makes its own."""
        return inner if self.call is None else f"{inner}@{self.call.span.start}"

    def keeps(self, name: str) -> bool:
        """Return whether a name belongs to the function around a nested one."""
        return self.names is not None and name not in self.names


def substitute(value: Value, bindings: Bindings) -> Value:
    """Return a callee's value as the caller sees it."""
    match value:
        case TypeVariable(name=name, bound=bound):
            return _variable(name, bound, bindings)
        case Symbolic(name=name):
            return bindings.parameters.get(name, UNKNOWN)
        case Instance():
            return _instance(value, bindings)
        case ClassObject(of="builtins.type", arguments=(TypeVariable() as variable,)):
            match substitute(variable, bindings):
                case Instance(of=of, arguments=arguments):
                    return ClassObject(of, arguments)
                case _:
                    return UNKNOWN
        case Coroutine(result=result):
            return Coroutine(substitute(result, bindings), value.name, value.place, value.certain)
        case Collection(element=element, items=items, key=key):
            new_items = None if items is None else tuple(substitute(item, bindings) for item in items)
            new_key = None if key is None else substitute(key, bindings)
            return Collection(value.kind, substitute(element, bindings), new_items, new_key)
        case Statement():
            return _statement(value, bindings)
        case Result():
            return Result(
                _statement(value.statement, bindings),
                substitute(value.session, bindings),
                value.scalars,
                value.is_async,
            )
        case LoaderOptions(loads=loads, tip=tip):
            return LoaderOptions(_loads(loads, bindings), tip)
        case Choice(values=values):
            return choice(*[substitute(item, bindings) for item in values]) if values else NOTHING
        case _:
            return value


def _variable(name: str, bound: Value, bindings: Bindings) -> Value:
    if name == "Self":
        match bindings.receiver:
            case Instance() as receiver:
                return receiver
            case ClassObject(of=of, arguments=arguments):
                return Instance(of, arguments)
            case _:
                return substitute(bound, bindings)
    found = bindings.variables.get(name)
    if found is not None and not (isinstance(found, TypeVariable) and found.name == name):
        return found
    return TypeVariable(name, bound)


def _instance(value: Instance, bindings: Bindings) -> Value:
    arguments = tuple(substitute(item, bindings) for item in value.arguments)
    match value.origin:
        case None:
            return Instance(value.of, arguments) if arguments else value
        case EntityOrigin(kind="parameter") as origin:
            return _entity_parameter(value, origin, bindings)
        case EntityOrigin() as origin:
            session = None if origin.session is None else substitute(origin.session, bindings)
            changed = EntityOrigin(
                origin.kind,
                bindings.key(origin.key),
                _begun(origin.place, origin.loads, bindings) or origin.place,
                _loads(origin.loads, bindings),
                session,
                origin.path,
                origin.many,
                origin.expired,
                origin.fresh,
            )
            return Instance(value.of, arguments, changed)
        case SessionOrigin() as origin:
            return _session(value, origin, bindings)
        case Built(bound=bound):
            kept = tuple((name, substitute(item, bindings)) for name, item in bound)
            return Instance(value.of, arguments, Built(kept))


def _session(value: Instance, origin: SessionOrigin, bindings: Bindings) -> Value:
    match origin.kind:
        case "parameter":
            if bindings.keeps(origin.key):
                return value
            found = bindings.parameters.get(origin.key)
            return Instance(value.of, (), SessionOrigin("unknown", origin.key)) if found is None else found
        case "attribute":
            return _attribute_session(value, origin, bindings)
        case "opened":
            # Each call opens its own.
            return Instance(value.of, (), SessionOrigin("opened", bindings.key(origin.key), origin.place))
        case _:
            return value


def _attribute_session(value: Instance, origin: SessionOrigin, bindings: Bindings) -> Value:
    """Return the session that the receiver was given, or one that is named after the receiver."""
    receiver = bindings.receiver
    if isinstance(receiver, Instance) and isinstance(receiver.origin, Built):
        named = dict(receiver.origin.bound).get(origin.key)
        if isinstance(named, Instance) and _is_session(named):
            return named
        sessions = [item for _, item in receiver.origin.bound if isinstance(item, Instance) and _is_session(item)]
        if len(sessions) == 1:
            return sessions[0]
        # The object was made here and opened the session itself.
        return Instance(value.of, (), SessionOrigin("opened", bindings.key(origin.key), origin.place))
    return Instance(value.of, (), SessionOrigin("attribute", origin.key, origin.place))


def _is_session(value: Instance) -> bool:
    return isinstance(value.origin, SessionOrigin)


def _entity_parameter(value: Instance, origin: EntityOrigin, bindings: Bindings) -> Value:
    """Return what was passed for the parameter, with the relationships followed from it."""
    if bindings.keeps(origin.key):
        return value
    given = bindings.parameters.get(origin.key)
    if given is None:
        return Instance(value.of, value.arguments)
    found: list[Value] = []
    for item in alternatives(given):
        entity = item.element if isinstance(item, Collection) else item
        found.extend(
            _below(value, one, one.origin, origin)
            for one in alternatives(entity)
            if isinstance(one, Instance) and isinstance(one.origin, EntityOrigin)
        )
    return choice(*found) if found else Instance(value.of, value.arguments)


def _below(value: Instance, given: Instance, start: EntityOrigin, followed: EntityOrigin) -> Instance:
    loads = start.loads
    for name in followed.path:
        loads = loads.below(name)
    if followed.loads.paths:
        loads = loads.joined(Loads(followed.loads.paths))
    if not followed.path and loads == start.loads and not (followed.fresh and start.expired):
        return given
    origin: Origin = EntityOrigin(
        start.kind if start.kind != "new" or not followed.path else "query",
        start.key,
        start.place,
        loads,
        start.session,
        (*start.path, *followed.path),
        start.many or followed.many,
        None if followed.fresh else start.expired,
        start.fresh or followed.fresh,
    )
    return Instance(value.of, value.arguments, origin)


def _statement(statement: Statement, bindings: Bindings) -> Statement:
    entities = tuple(
        item if isinstance(item, MappedAttribute) else substitute(item, bindings) for item in statement.entities
    )
    session = None if statement.session is None else substitute(statement.session, bindings)
    begun = _begun(statement.place, statement.loads, bindings)
    return Statement(statement.kind, entities, _loads(statement.loads, bindings), session, begun)


def _begun(place: Place | None, loads: Loads, bindings: Bindings) -> Place | None:
    """Return where a query is put together: by the caller where it passes the statement or its options."""
    for name in sorted(loads.parameters):
        match bindings.parameters.get(name):
            case Statement(place=Place() as begun):
                return begun
            case _:
                return bindings.call or place
    return place


def _loads(loads: Loads, bindings: Bindings) -> Loads:
    """Return what is loaded with the options that were passed for parameters."""
    if not loads.parameters:
        return loads
    found = Loads(loads.paths, frozenset(), loads.complete)
    for name in sorted(loads.parameters):
        given = bindings.parameters.get(name)
        found = found.joined(Loads(complete=False) if given is None else passed_loads(given))
    return found


def passed_loads(value: Value) -> Loads:
    """Return what a value that is passed as options, or as a statement, loads; what is unknown may load anything."""
    match value:
        case Statement(loads=loads) | LoaderOptions(loads=loads):
            return loads
        case Collection(items=tuple() as items):
            return _union(items)
        case Collection(element=element):
            return _union(alternatives(element))
        case Choice(values=values):
            return _union(values)
        case Symbolic(name=name):
            return Loads(parameters=frozenset({name}))
        case Literal(value=None):
            return Loads()
        case _:
            return Loads(complete=False)


def _union(values: tuple[Value, ...]) -> Loads:
    loads = Loads()
    for value in values:
        loads = loads.joined(passed_loads(value))
    return loads
