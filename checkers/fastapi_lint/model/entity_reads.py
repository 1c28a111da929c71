"""What is read of database objects: by their attributes, by a schema that validates them, by callees that get them."""

from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.model.events import EntityRead, Witness
from fastapi_lint.model.frame import Frame
from fastapi_lint.model.substitution import Bindings
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.unit_of_work import UnitOfWork, changed
from fastapi_lint.model.values import (
    UNKNOWN,
    ClassObject,
    Collection,
    Coroutine,
    EntityOrigin,
    Instance,
    Place,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from fastapi_lint.model.analyser import Analyser


class EntityReads:
    """Records the reads of one frame and says what they give."""

    def __init__(self, frame: Frame, analyser: "Analyser", unit_of_work: UnitOfWork) -> None:
        self._frame = frame
        self._analyser = analyser
        self._unit_of_work = unit_of_work

    def attribute(self, base: Instance, name: str, node: Expr, *, kind: str | None = None) -> Value:
        """Read a mapped attribute of a database object: record it, and return what it holds."""
        assert isinstance(base.of, Class)
        entity = self._analyser.entity(base.of)
        assert entity is not None
        relationship = entity.relationship(name)
        if isinstance(base.origin, EntityOrigin):
            what = kind or ("column" if relationship is None else "relationship")
            column = entity.column(name)
            # What leads to a plain column of an object behind an argument is recorded as a read of its own.
            if not (
                base.origin.kind == "parameter" and base.origin.path and column is not None and not column.deferred
            ):
                self._record_read(node, base, base.origin, name, what)
        if relationship is None:
            return self._analyser.column_value(base.of, name)
        if relationship.target is None:
            return UNKNOWN
        target = Instance(relationship.target, (), self._follow(base.origin, name, many=relationship.uselist))
        return Collection("list", target) if relationship.uselist else target

    def awaitable(self, entity: Instance, name: str, node: Expr) -> Value:
        """Return ``entity.awaitable_attrs.name``: a coroutine that loads the attribute."""
        mapped = self._analyser.entity_of(entity)
        if mapped is None or (mapped.relationship(name) is None and mapped.column(name) is None):
            return UNKNOWN
        result = self.attribute(entity, name, node, kind="awaitable")
        if isinstance(entity.origin, EntityOrigin):
            self._unit_of_work.load_more(entity.origin, frozenset({(name,)}))
        return Coroutine(result, f"awaitable_attrs.{name}", self._frame.place(node), certain=False)

    def _record_read(self, node: Expr, base: Instance, origin: EntityOrigin, name: str, kind: str) -> None:
        handed_in = origin.kind == "parameter"
        if handed_in and kind != "awaitable" and origin.expired is None and origin.loads.has(name):
            return
        path = (*origin.path, name) if handed_in else (name,)
        read = EntityRead(
            node,
            base,
            origin,
            path,
            kind,
            self._frame.context,
            self._frame.place(node),
            loaded=self._frame.loaded(origin, path),
        )
        self._frame.reads.setdefault((node.start, node.end, path, kind, origin.expired is not None), read)

    def _follow(self, origin: object, name: str, *, many: bool) -> EntityOrigin | None:
        if not isinstance(origin, EntityOrigin):
            return None
        return EntityOrigin(
            kind=origin.kind if origin.kind != "new" else "query",
            key=origin.key,
            place=origin.place,
            loads=origin.loads.below(name),
            session=origin.session,
            path=(*origin.path, name),
            many=many or origin.many,
            expired=origin.expired,
            fresh=origin.fresh,
        )

    def by_schema(self, node: Call, receiver: Value | None, value: Value) -> None:
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

    def by_callee(self, node: Expr, function: Function, read: EntityRead, bindings: Bindings, anchor: Place) -> None:
        """Record what a callee reads of the objects that it is handed, here where it is called."""
        value = bindings.parameters.get(read.origin.key)
        if value is None:
            return
        there = Witness(
            Place(function.module.key, read.node.span),
            f"reads .{'.'.join(read.path)} of {read.origin.key}",
            read.through,
        )
        for given in entities_in(value):
            assert isinstance(given.origin, EntityOrigin)
            one = changed(given, given.origin, unexpired=True) if read.origin.fresh else given
            origin = one.origin
            assert isinstance(origin, EntityOrigin)
            above = origin.path if origin.kind == "parameter" else ()
            path = (*above, *read.path)
            loaded = frozenset((*above, *known) for known in read.loaded) | self._frame.loaded(origin, path)
            found = EntityRead(node, one, origin, path, read.kind, self._frame.context, anchor, there, loaded)
            key = (node.start, node.end, path, read.kind, origin.expired is not None)
            self._frame.reads.setdefault(key, found)


def entities_in(value: Value) -> list[Instance]:
    """Return the database objects that a value is, or holds."""
    return [
        one
        for item in alternatives(value)
        for one in alternatives(item.element if isinstance(item, Collection) else item)
        if isinstance(one, Instance) and isinstance(one.origin, EntityOrigin)
    ]
