"""What becomes of sessions and their database objects while a function is interpreted."""

from typing import TYPE_CHECKING, Final

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.model.events import Witness
from fastapi_lint.model.frame import Frame, SessionEffect, map_entities
from fastapi_lint.model.symbols import Function
from fastapi_lint.model.values import (
    Collection,
    EntityOrigin,
    Expiry,
    Instance,
    Loads,
    SessionOrigin,
    Value,
    alternatives,
    loaded_by,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser

_EXPIRING: Final = frozenset({"commit", "rollback"})


class UnitOfWork:
    """Keeps what the sessions of one frame have done, and what is loaded of the objects that its names hold."""

    def __init__(self, frame: Frame, analyser: "Analyser") -> None:
        self._frame = frame
        self._analyser = analyser
        self._last_expiry: tuple[Expiry, Value] | None = None

    # Sessions

    def session_effect(self, node: Expr, kind: str, session: Value) -> None:
        """Record what is done to a session here."""
        names = {"execute": "runs a query", "write": "writes", "unknown": "runs SQL", "stage": "stages a write"}
        names |= {"flush": "flushes"}
        self.effect(node, kind, session, Witness(self._frame.place(node), names.get(kind, f"{kind}s")), None)

    def effect(
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
        """Record an effect on a session, here or in the callee ``through``, and what it makes of its objects."""
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
            self._last_expiry = (expiry, session)
            self._frame.update_entities(lambda instance, origin: self._expire(instance, origin, expiry, session))

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

    # Database objects

    def expired_since(self, value: Value) -> Value:
        """Return a value that is held by no name, with what has happened to the session's objects meanwhile."""
        expiry = self._last_expiry
        if expiry is None:
            return value
        return map_entities(value, lambda instance, origin: self._expire(instance, origin, *expiry))

    def _expire(self, instance: Instance, origin: EntityOrigin, expiry: Expiry, session: Value) -> Instance:
        """Return a database object as it is after its session has forgotten its attributes."""
        if origin.expired is not None or origin.kind == "new" or not self._same_session(origin.session, session):
            return instance
        return changed(instance, origin, expired=expiry)

    def _same_session(self, one: Value | None, other: Value) -> bool:
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
            if origin.kind != "new" or origin.session is None or not self._same_session(origin.session, session):
                return instance
            return changed(instance, origin, kind="query")

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
            return changed(instance, origin, session=session)

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
            refreshed = changed(instance, origin, kind=kind, loads=loads)
            return changed(refreshed, refreshed.origin, unexpired=True)

        def change_others(instance: Instance, origin: EntityOrigin) -> Instance:
            """Leave the other items of a loop alone that one turn of it has expired and refreshed for its own item."""
            return instance if origin.many and self._happened_in_loop(origin.expired) else change(instance, origin)

        self._frame.update_entities(change, in_collections=change_others)

    def _happened_in_loop(self, expiry: Expiry | None) -> bool:
        if expiry is None or expiry.place.module != self._frame.module.key:
            return False
        place = expiry.place.span
        return any(loop.node.start <= place.start < loop.node.end for loop in self._frame.context.loops)

    def assigned(self, base: Value, name: str, value: Value) -> None:
        """Note that ``base.name`` was set: what was set is loaded."""
        for item in alternatives(base):
            if isinstance(item, Instance) and isinstance(item.origin, EntityOrigin):
                entity = self._analyser.entity_of(item)
                related = entity is not None and entity.relationship(name) is not None
                self.load_more(item.origin, loaded_by(name, value) if related else frozenset({(name,)}))

    def load_more(self, loaded: EntityOrigin, paths: frozenset[tuple[str, ...]]) -> None:
        """Let every name that holds this object, or one that leads to it, know that more of it is loaded."""
        if loaded.kind == "parameter":
            self._frame.parameter_loads.update((loaded.key, (*loaded.path, *path)) for path in paths)

        def change(instance: Instance, origin: EntityOrigin) -> Instance:
            depth = len(origin.path)
            if origin.key != loaded.key or origin.path != loaded.path[:depth]:
                return instance
            more = frozenset((*loaded.path[depth:], *path) for path in paths)
            loads = Loads(origin.loads.paths | more, origin.loads.parameters, origin.loads.complete)
            return changed(instance, origin, loads=loads)

        self._frame.update_entities(change)


def _is_opened_here(session: Instance) -> bool:
    return isinstance(session.origin, SessionOrigin) and session.origin.kind == "opened"


def changed(
    instance: Instance,
    origin: object,
    *,
    kind: str | None = None,
    loads: Loads | None = None,
    session: Value | None = None,
    expired: Expiry | None = None,
    unexpired: bool = False,
) -> Instance:
    """Return a database object with something else known of it."""
    assert isinstance(origin, EntityOrigin)
    known = EntityOrigin(
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
    return Instance(instance.of, instance.arguments, known)
