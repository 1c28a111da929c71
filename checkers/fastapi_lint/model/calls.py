"""What a call does: finds the callee, binds its arguments, applies its summary, and records the call."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Call, Expr, Name, Starred, dotted_name
from fastapi_lint.knowledge.offload import ResultOf, offload_call
from fastapi_lint.model.events import CallSite, EntityRead, Witness
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.substitution import Bindings, substitute
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.values import (
    NOTHING,
    UNKNOWN,
    Built,
    Callable,
    ClassObject,
    Collection,
    Coroutine,
    EntityOrigin,
    Expiry,
    ExternalObject,
    Instance,
    Loads,
    Place,
    SessionOrigin,
    Value,
    alternatives,
    choice,
    loaded_by,
    without_none,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analysis
    from fastapi_lint.model.evaluation import Evaluator

_ALTERNATIVES_LIMIT: Final = 4
_WITNESS_LIMIT: Final = 12
_EXPIRING: Final = frozenset({"commit", "rollback"})
_TRANSACTION_MANAGERS: Final = {
    "sqlalchemy.orm.sessionmaker.begin",
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin",
}

_VALIDATING: Final = frozenset({"model_validate", "from_orm"})


class Calls:
    """Interprets the calls of one frame."""

    def __init__(self, evaluator: "Evaluator") -> None:
        self._evaluator = evaluator
        self._frame = evaluator.frame
        self._analyser = evaluator.analyser
        self._open_managers: dict[tuple[int, int], tuple[Function, Analysis, Bindings]] = {}
        self.last_expiry: tuple[Expiry, Value] | None = None

    def call(self, node: Call, *, awaited: bool) -> Value:
        """Return what a call gives, record it, and apply what it does."""
        target = self._evaluator.value(node.func)
        arguments = self._evaluator.all_values(node.args)
        keywords = tuple([(item.name, self._evaluator.value(item.value)) for item in node.keywords])
        found = alternatives(without_none(target))[:_ALTERNATIVES_LIMIT]
        results = [self._one(node, item, arguments, keywords, awaited=awaited) for item in found]
        result = choice(*results)
        self._frame.values[node] = result
        return result

    def _one(
        self,
        node: Call,
        target: Value,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str | None, Value], ...],
        *,
        awaited: bool,
    ) -> Value:
        callees: tuple[Function, ...] = ()
        external: str | None = None
        receiver: Value | None = None
        bound: dict[str, Value] = {}
        match target:
            case Callable(function=function, receiver=receiver):
                callees = (function,)
                bound = self.bind(function, receiver, arguments, keywords, node)
                result = self._project_call(node, target, bound)
            case ClassObject(of=Class() as of):
                result, callees, bound = self._construct(node, target, of, arguments, keywords)
            case ClassObject(of=str() as external):
                named = {name: value for name, value in keywords if name is not None}
                made = ExternalObject(external)
                result = self._analyser.library.call(self._evaluator, node, made, arguments, named)
            case ExternalObject(name=external, receiver=receiver):
                named = {name: value for name, value in keywords if name is not None}
                result = self._analyser.library.call(self._evaluator, node, target, arguments, named)
            case Instance(of=Class() as of):
                method = self._analyser.method(of, "__call__")
                result = UNKNOWN
                if method is not None:
                    callees, receiver = (method,), target
                    bound = self.bind(method, target, arguments, keywords, node)
                    result = self._project_call(node, Callable(method, target), bound)
            case Instance(of=str() as of):
                external, receiver = f"{of}.__call__", target
                result = self._call_external_instance(node, target, external)
            case _:
                result = UNKNOWN
        if external is not None and external.rpartition(".")[2] in _VALIDATING and arguments:
            self._validate(node, receiver, arguments[0])
        site = CallSite(
            node,
            target,
            callees,
            external,
            receiver,
            arguments,
            keywords,
            tuple(bound.items()),
            result,
            awaited,
            self._frame.context,
        )
        self._frame.calls[node.start, node.end] = site
        return result

    def _validate(self, node: Call, receiver: Value | None, value: Value) -> None:
        """Record what a schema reads from the database objects that it validates."""
        if not isinstance(receiver, ClassObject) or not isinstance(receiver.of, Class):
            return
        for item in alternatives(value):
            if not isinstance(item, Instance) or not isinstance(item.origin, EntityOrigin):
                continue
            assert isinstance(item.of, Class)
            origin = item.origin
            for path in self._analyser.schema_reads(receiver.of, item.of, forced=False):
                whole = (*origin.path, *path) if origin.kind == "parameter" else path
                here, loaded = self._frame.place(node), self._frame.loaded(origin, whole)
                read = EntityRead(node, item, origin, whole, "schema", self._frame.context, here, loaded=loaded)
                self._frame.reads.setdefault((node.start, node.end, whole, "schema", origin.expired is not None), read)

    def _call_external_instance(self, node: Call, target: Instance, name: str) -> Value:
        if target.arguments and name.endswith("sessionmaker.__call__") and isinstance(target.arguments[0], Instance):
            return self._analyser.library.made(self._evaluator, node, target.arguments[0].of)
        return self._analyser.library.returned(self._evaluator, node, name, target)

    # Calls of the project's own functions

    def bind(
        self,
        function: Function,
        receiver: Value | None,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str | None, Value], ...],
        node: Call | None,
    ) -> dict[str, Value]:
        """Return what each parameter holds in this call, as far as it is given."""
        parameters = function.facts.parameters
        positional = [item for item in parameters if item.kind in {"positional", "positional-only"}]
        bound: dict[str, Value] = {}
        takes_self = function.owner is not None and not function.is_static
        if takes_self and positional and receiver is not None:
            bound[positional[0].name] = receiver
            positional = positional[1:]
        starred = [] if node is None else [isinstance(item, Starred) for item in node.args]
        for index, value in enumerate(arguments[: len(positional)]):
            if index < len(starred) and starred[index]:
                break
            bound[positional[index].name] = value
        else:
            bound.update(_rest(function, arguments[len(positional) :], starred[len(positional) :]))
        if keywords:
            names = function.parameter_names
            bound.update((name, value) for name, value in keywords if name is not None and name in names)
        return bound

    def _project_call(self, node: Call, target: Callable, bound: dict[str, Value]) -> Value:
        function = target.function
        analysis = self._analyser.analysis(function, self.receiver_class(target))
        bindings = self._analyser.bindings(function, target.receiver, bound, call=self._frame.place(node))
        result = _receiver_itself(substitute(analysis.result, bindings), target.receiver)
        if analysis.manages_context:
            self._open_managers[node.start, node.end] = (function, analysis, bindings)
        if not analysis.is_deferred:
            self.apply(node, function, analysis, bindings)
        return self._wrapped(node, function, analysis, result)

    def receiver_class(self, target: Value) -> Class | None:
        """Return the class for which a method is analysed: that of its receiver where it is known."""
        if not isinstance(target, Callable):
            return None
        match target.receiver:
            case Instance(of=Class() as of) | ClassObject(of=Class() as of):
                return of
            case _:
                return target.function.owner

    def _wrapped(self, node: Call, function: Function, analysis: "Analysis", result: Value) -> Value:
        """Return the result as the call gives it: a coroutine, an iterator or a context manager around it."""
        place = self._frame.place(node)
        if analysis.manages_context:
            return Instance(analysis.manages_context, (result,))
        if function.facts.is_generator:
            return Collection("iterator", result)
        if function.is_async:
            # What declares an iterator and returns none stands for the generators of its subclasses.
            declares = not analysis.returned and isinstance(result, Collection) and result.kind == "iterator"
            return Coroutine(result, function.qualname, place, certain=analysis.keeps_type and not declares)
        return result if analysis.keeps_type else UNKNOWN

    def _construct(
        self,
        node: Call,
        target: ClassObject,
        of: Class,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str | None, Value], ...],
    ) -> tuple[Value, tuple[Function, ...], dict[str, Value]]:
        made = self._analyser.library.made(self._evaluator, node, of)
        assert isinstance(made, Instance)
        if made.origin is not None:
            return made, (), {}
        if self._analyser.entity(of) is not None:
            return self._new_entity(node, of, keywords), (), {}
        method = self._analyser.method(of, "__init__")
        bound: dict[str, Value] = {}
        if method is not None:
            bound = self.bind(method, made, arguments, keywords, node)
            analysis = self._analyser.analysis(method, of)
            self.apply(node, method, analysis, self._analyser.bindings(method, made, bound))
        else:
            bound = {name: value for name, value in keywords if name is not None}
        kept = tuple((name, value) for name, value in bound.items() if name != "self" and self._carries(value))
        found = Instance(of, target.arguments, Built(kept))
        return found, (method,) if method is not None else (), bound

    def _carries(self, value: Value) -> bool:
        """Return whether an object must remember that it was given this value."""
        return any(
            isinstance(item, Instance)
            and (item.origin is not None or self._analyser.library.session_kind(item) is not None)
            for item in alternatives(value)
        )

    def _new_entity(self, node: Call, of: Class, keywords: tuple[tuple[str | None, Value], ...]) -> Instance:
        paths = frozenset(path for name, value in keywords if name is not None for path in loaded_by(name, value))
        complete = all(name is not None for name, _ in keywords)
        key = f"{self._frame.module.key}@{node.start}"
        origin = EntityOrigin("new", key, self._frame.place(node), Loads(paths, complete=complete))
        return Instance(of, (), origin)

    def property(self, base: Instance, method: Function, node: Expr) -> Value:
        """Return what reading a property gives, and apply what its getter does."""
        target = Callable(method, base)
        analysis = self._analyser.analysis(method, self.receiver_class(target))
        bound: dict[str, Value] = {"self": base}
        bindings = self._analyser.bindings(method, base, bound)
        self.apply(node, method, analysis, bindings, is_property=True)
        return substitute(analysis.result, bindings)

    def apply(
        self,
        node: Expr,
        function: Function,
        analysis: "Analysis",
        bindings: Bindings,
        *,
        leaving: bool = False,
        is_property: bool = False,
    ) -> None:
        """Apply what a callee does to the sessions and database objects that the caller sees.

        A context manager does one part when it is entered and the other part, behind its ``yield``, on ``leaving``; it
        rolls back only when it is left by an exception.
        """
        place = self._frame.place(node)
        step = f"calls {function.qualname}()"
        for effect in analysis.session_effects:
            if effect.witness.depth >= _WITNESS_LIMIT:
                continue
            if analysis.manages_context and effect.after_yield is not leaving:
                continue
            if leaving and effect.kind == "rollback":
                continue
            session = substitute(effect.session, bindings)
            witness = Witness(place, step, effect.witness)
            self._effect(
                node, effect.kind, session, witness, function, fails=effect.fails, conditional=effect.conditional
            )
        for read in analysis.parameter_reads:
            if read.through is not None and read.through.depth >= _WITNESS_LIMIT:
                continue
            self._read_through(node, function, read, bindings, place if is_property else read.anchor)
        self._apply_loads(analysis, bindings)

    def _apply_loads(self, analysis: "Analysis", bindings: Bindings) -> None:
        """Note what a callee has loaded of the objects that it was handed, and which of them it has refreshed."""
        for name, path in sorted(analysis.parameter_loads):
            for one in _entities(bindings.parameters.get(name, UNKNOWN)):
                assert isinstance(one.origin, EntityOrigin)
                self._evaluator.load_more(one.origin, frozenset({path}))
        for name in sorted(analysis.refreshed):
            self.refresh(bindings.parameters.get(name, UNKNOWN), None)

    def _read_through(
        self, node: Expr, function: Function, read: EntityRead, bindings: Bindings, anchor: Place
    ) -> None:
        value = bindings.parameters.get(read.origin.key)
        if value is None:
            return
        there = Witness(
            Place(function.module.key, read.node.span),
            f"reads .{'.'.join(read.path)} of {read.origin.key}",
            read.through,
        )
        for given in _entities(value):
            assert isinstance(given.origin, EntityOrigin)
            one = _changed(given, given.origin, unexpired=True) if read.origin.fresh else given
            origin = one.origin
            assert isinstance(origin, EntityOrigin)
            above = origin.path if origin.kind == "parameter" else ()
            path = (*above, *read.path)
            loaded = frozenset((*above, *known) for known in read.loaded) | self._frame.loaded(origin, path)
            found = EntityRead(node, one, origin, path, read.kind, self._frame.context, anchor, there, loaded)
            key = (node.start, node.end, path, read.kind, origin.expired is not None)
            self._frame.reads.setdefault(key, found)

    # What happens to sessions and their objects

    def session_effect(self, node: Expr, kind: str, session: Value) -> None:
        """Record what is done to a session here."""
        names = {"execute": "runs a query", "write": "writes", "unknown": "runs SQL", "stage": "stages a write"}
        names |= {"flush": "flushes"}
        self._effect(node, kind, session, Witness(self._frame.place(node), names.get(kind, f"{kind}s")), None)

    def _effect(
        self,
        node: Expr,
        kind: str,
        session: Value,
        witness: Witness,
        through: Function | None,
        *,
        fails: bool = False,
        conditional: bool = False,
    ) -> None:
        if self._frame.context.deferred:
            return
        after = self._frame.context.after_yield
        decided = conditional or self._frame.context.conditional
        effect = SessionEffect(kind, session, witness, through, after, fails, decided)
        self._frame.session_effects.setdefault((kind, node.start, node.end), effect)
        if fails or conditional:
            return
        if kind in {"flush", "commit"}:
            self._persist(session)
        if kind in _EXPIRING and self._expires(kind, session):
            expiry = Expiry(kind, witness.place)
            self.last_expiry = (expiry, session)
            self._frame.update_entities(lambda instance, origin: self.expire(instance, origin, expiry, session))

    def refreshed(self) -> frozenset[str]:
        """Return the parameters whose objects were refreshed after everything that makes a session forget them."""
        effects = tuple(self._frame.session_effects.values())
        return frozenset(
            name
            for name, position in self._frame.refreshed.items()
            if not any(
                effect.kind in _EXPIRING
                and not (effect.fails or effect.conditional)
                and self._expires(effect.kind, effect.session)
                for effect in effects[position:]
            )
        )

    def _expires(self, kind: str, session: Value) -> bool:
        if self._analyser.library.session_kind(session) != "async":
            return False
        return kind == "rollback" or self._analyser.expires_on_commit

    def expire(self, instance: Instance, origin: EntityOrigin, expiry: Expiry, session: Value) -> Instance:
        """Return a database object as it is after its session has forgotten its attributes."""
        if origin.expired is not None or origin.kind == "new" or not self.same_session(origin.session, session):
            return instance
        return _changed(instance, origin, expired=expiry)

    def same_session(self, one: Value | None, other: Value) -> bool:
        """Return whether two sessions are the same as far as the function can tell.

        An object that was handed in belongs to the session that was handed in.
        """
        if one is None:
            return not (isinstance(other, Instance) and _is_opened_here(other))
        if isinstance(one, Instance) and isinstance(other, Instance):
            here, there = one.origin, other.origin
            if isinstance(here, SessionOrigin) and isinstance(there, SessionOrigin):
                return (here.kind, here.key) == (there.kind, there.key)
        return False

    def _persist(self, session: Value) -> None:
        """Let new objects that were added to a session be rows: what was not assigned is not loaded."""

        def change(instance: Instance, origin: EntityOrigin) -> Instance:
            if origin.kind != "new" or origin.session is None or not self.same_session(origin.session, session):
                return instance
            return _changed(instance, origin, kind="query")

        self._frame.update_entities(change)

    def attach(self, value: Value, session: Value) -> None:
        """Note that new objects belong to a session from now on."""
        keys = {
            item.origin.key
            for entry in alternatives(value)
            for item in alternatives(entry.element if isinstance(entry, Collection) else entry)
            if isinstance(item, Instance) and isinstance(item.origin, EntityOrigin)
        }

        def change(instance: Instance, origin: EntityOrigin) -> Instance:
            if origin.key not in keys or origin.session is not None or origin.kind != "new":
                return instance
            return _changed(instance, origin, session=session)

        self._frame.update_entities(change)

    def refresh(self, value: Value, names: frozenset[str] | None) -> None:
        """Note that an object was read again: it is no longer expired, and the named relationships are loaded."""
        origins = [item.origin for item in alternatives(value) if isinstance(item, Instance)]
        keys = {(item.key, item.path) for item in origins if isinstance(item, EntityOrigin)}
        paths = frozenset((name,) for name in names or ())
        for origin in origins:
            if isinstance(origin, EntityOrigin) and origin.kind == "parameter":
                if not origin.path:
                    self._frame.refreshed[origin.key] = len(self._frame.session_effects)
                self._frame.parameter_loads.update((origin.key, (*origin.path, *path)) for path in paths)

        def change(instance: Instance, origin: EntityOrigin) -> Instance:
            if (origin.key, origin.path) not in keys:
                return instance
            kind = "query" if origin.kind == "new" else origin.kind
            kept = frozenset[tuple[str, ...]]() if origin.kind == "new" and names is None else origin.loads.paths
            loads = Loads(kept | paths, origin.loads.parameters, origin.loads.complete)
            refreshed = _changed(instance, origin, kind=kind, loads=loads)
            return _changed(refreshed, refreshed.origin, unexpired=True)

        def change_others(instance: Instance, origin: EntityOrigin) -> Instance:
            """Leave the other items of a loop alone that one turn of it has expired and refreshed for its own item."""
            return instance if origin.many and self._happened_in_loop(origin.expired) else change(instance, origin)

        self._frame.update_entities(change, in_collections=change_others)

    def _happened_in_loop(self, expiry: Expiry | None) -> bool:
        if expiry is None or expiry.place.module != self._frame.module.key:
            return False
        place = expiry.place.span
        return any(loop.node.start <= place.start < loop.node.end for loop in self._frame.context.loops)

    def grow(self, holder: Expr, held: Collection, item: Value, key: Value = UNKNOWN) -> None:
        """Let a collection that a name holds contain one more value, a dict under one more key."""
        dotted = dotted_name(holder)
        if dotted is not None and self._frame.environment.get(dotted) is not None:
            element = choice(held.element, item)
            known = choice(held.key or UNKNOWN, key) if held.kind == "dict" else held.key
            self._frame.environment[dotted] = Collection(held.kind, element, None, known)

    def get_attribute(self, node: Call, base: Value, name: object) -> Value:
        """Return what ``getattr(base, "name")`` gives."""
        if not isinstance(name, str):
            return UNKNOWN
        return choice(*[self._evaluator.member(item, name, node) for item in alternatives(without_none(base))])

    # Context managers and callables handed over

    def entered(self, node: Expr, manager: Value) -> Value:
        """Return what ``with manager as name`` binds."""
        match manager:
            case Instance(of="contextlib.AbstractAsyncContextManager" | "contextlib.AbstractContextManager"):
                return manager.arguments[0] if manager.arguments else UNKNOWN
            case Instance(of=str() as of, arguments=(session, *_)) if of.endswith("Transaction"):
                return session
            case Instance(of=Class() as of) if self._analyser.library.session_kind(manager) is None:
                return self._entered_object(node, manager, of)
            case Coroutine(result=result) if not isinstance(node, Name):
                return result
            case _:
                return manager

    def _entered_object(self, node: Expr, manager: Instance, of: Class) -> Value:
        for name in ("__aenter__", "__enter__"):
            method = self._analyser.method(of, name)
            if method is None:
                continue
            analysis = self._analyser.analysis(method, of)
            bindings = self._analyser.bindings(method, manager, {"self": manager})
            self.apply(node, method, analysis, bindings)
            found = _receiver_itself(substitute(analysis.result, bindings), manager)
            return manager if found == UNKNOWN else found
        return UNKNOWN

    def exited(self, node: Expr, manager: Value) -> None:
        """Record what leaving ``with manager`` does."""
        opened = self._open_managers.get((node.start, node.end))
        if opened is not None:
            self.apply(node, *opened, leaving=True)
            return
        match manager:
            case Instance(of="sqlalchemy.orm.SessionTransaction", arguments=(session, *_)):
                self.session_effect(node, "commit", session)
            case Instance(origin=SessionOrigin()) if self._begins(node):
                self.session_effect(node, "commit", manager)
            case Instance(of=Class() as of):
                for name in ("__aexit__", "__exit__"):
                    method = self._analyser.method(of, name)
                    if method is not None:
                        analysis = self._analyser.analysis(method, of)
                        given = self._analyser.bindings(method, manager, {"self": manager})
                        self.apply(node, method, analysis, given, leaving=True)
                        return
            case _:
                pass

    def _begins(self, node: Expr) -> bool:
        site = self._frame.calls.get((node.start, node.end))
        return site is not None and site.external in _TRANSACTION_MANAGERS

    def offloaded(self, node: Call, name: str, arguments: tuple[Value, ...]) -> Value | None:
        """Return what handing a callable to a thread, a process or a greenlet gives; None for any other call."""
        row = offload_call(name)
        if row is None or row.position is None or row.position >= len(arguments):
            return None
        handed = arguments[row.position]
        if row.wraps or row.result is not ResultOf.AWAITED:
            return None
        result = choice(
            *[self._result_when_called(item, arguments[row.position + 1 :]) for item in alternatives(handed)]
        )
        # A future runs on its own: nobody has to await it.
        certain = not name.endswith("run_in_executor")
        return Coroutine(result, name, self._frame.place(node), certain=certain)

    def _result_when_called(self, target: Value, arguments: tuple[Value, ...]) -> Value:
        """Return what a callable gives without applying what it does here."""
        match target:
            case Callable(function=function, receiver=receiver) if not function.is_async:
                bound = self.bind(function, receiver, arguments, (), None)
                analysis = self._analyser.analysis(function, self.receiver_class(target))
                return substitute(analysis.result, self._analyser.bindings(function, receiver, bound))
            case ClassObject(of=of):
                return Instance(of)
            case _:
                return UNKNOWN


def _rest(function: Function, arguments: tuple[Value, ...], starred: list[bool]) -> dict[str, Value]:
    """Return what ``*names`` holds: the arguments that no other parameter takes."""
    for parameter in function.facts.parameters:
        if parameter.kind == "*":
            if not any(starred):
                return {parameter.name: Collection("tuple", choice(*arguments) if arguments else NOTHING, arguments)}
            items = zip(arguments, starred, strict=True)
            held = [item.element if many and isinstance(item, Collection) else item for item, many in items]
            return {parameter.name: Collection("tuple", choice(*held))}
    return {}


def _receiver_itself(result: Value, receiver: Value | None) -> Value:
    """Return the receiver where a method gives ``self`` back: an object of its class that it did not make."""
    if isinstance(result, Instance) and isinstance(receiver, Instance) and result.of == receiver.of:
        return receiver if result.origin is None else result
    return result


def _is_opened_here(session: Instance) -> bool:
    return isinstance(session.origin, SessionOrigin) and session.origin.kind == "opened"


def _changed(
    instance: Instance,
    origin: object,
    *,
    kind: str | None = None,
    loads: Loads | None = None,
    session: Value | None = None,
    expired: Expiry | None = None,
    unexpired: bool = False,
) -> Instance:
    assert isinstance(origin, EntityOrigin)
    changed = EntityOrigin(
        kind or origin.kind,
        origin.key,
        origin.place,
        loads or origin.loads,
        session or origin.session,
        origin.path,
        origin.many,
        None if unexpired else expired or origin.expired,
        expired is None and (unexpired or origin.fresh),
    )
    return Instance(instance.of, instance.arguments, changed)


def _entities(value: Value) -> list[Instance]:
    """Return the database objects that a value is, or holds."""
    return [
        one
        for item in alternatives(value)
        for one in alternatives(item.element if isinstance(item, Collection) else item)
        if isinstance(one, Instance) and isinstance(one.origin, EntityOrigin)
    ]
