"""The state of one function while it is being interpreted: what its names hold, and what has happened so far."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import is_not
from typing import Final

import msgspec

from fastapi_lint.facts.expressions import Expr
from fastapi_lint.facts.statements import Try
from fastapi_lint.model.events import (
    CallSite,
    Context,
    CoroutineUse,
    EntityRead,
    Loop,
    Returned,
    Witness,
    Yielded,
)
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.values import (
    ANYTHING,
    UNKNOWN,
    Choice,
    Collection,
    EntityOrigin,
    Instance,
    Place,
    Value,
    choice,
)

Environment = dict[str, Value]


Change = Callable[[Instance, EntityOrigin], Instance]
"""What becomes of a database object."""


class SessionEffect(msgspec.Struct, frozen=True, gc=False):
    """What is done to a session, and the way to it; ``session`` is the value as this function sees it.

    ``kind`` is ``execute`` (any query), ``write`` (a statement that changes rows), ``stage`` (``add``, ``delete``:
    written by the next flush), ``unknown`` (SQL that is not understood), or the name of the method: ``flush``,
    ``commit`` ... ``through`` is the function of the project whose call does it, None where it is done here;
    ``after_yield`` is true behind the ``yield`` of a generator, ``fails`` where the function raises after it on every
    way, ``conditional`` where a parameter decides whether it happens (``commit=True``).
    """

    kind: str
    session: Value
    witness: Witness
    through: Function | None = None
    after_yield: bool = False
    fails: bool = False
    conditional: bool = False


class Attempt:
    """Whether a branch reached its end, and whether it left a loop instead (``break``, ``continue``)."""

    def __init__(self) -> None:
        self.finished = True
        self.leaves_loop = False


class Frame:
    """One function, or the top level of a module, being interpreted."""

    def __init__(self, module: Module, function: Function | None, own: Class | None, environment: Environment) -> None:
        self.module = module
        self.function = function
        self.own = own
        self.environment = environment
        self.scope = function.qualname if function is not None else ""
        self.calls: dict[tuple[int, int], CallSite] = {}
        self.reads: dict[tuple[int, int, tuple[str, ...], str, bool], EntityRead] = {}
        self.coroutine_uses: dict[tuple[int, int, str], CoroutineUse] = {}
        self.returned: dict[int, Returned] = {}
        self.yielded: dict[int, Yielded] = {}
        self.values: dict[Expr, Value] = {}
        self.self_attributes: dict[str, Value] = {}
        self.session_effects: dict[tuple[str, int, int], SessionEffect] = {}
        self.parameter_loads: set[tuple[str, tuple[str, ...]]] = set()
        self.refreshed: dict[str, int] = {}
        self.closures: dict[str, Environment] = {}
        self.context = Context()
        self.narrowed = any("." in name for name in environment)

    def place(self, node: Expr) -> Place:
        """Return where an expression stands."""
        return Place(self.module.key, node.span)

    def loaded(self, origin: EntityOrigin, path: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """Return the parts of a path from a parameter that the function has set or loaded so far."""
        if origin.kind != "parameter":
            return frozenset()
        return frozenset(
            known for key, known in self.parameter_loads if key == origin.key and _leads_along(known, path)
        )

    @contextmanager
    def looping(self, loop: Loop) -> Iterator[None]:
        """Mark what is interpreted meanwhile as inside a loop."""
        with self._changed(loops=(*self.context.loops, loop)):
            yield

    @contextmanager
    def guarded(self, statement: Try) -> Iterator[None]:
        """Mark what is interpreted meanwhile as the body of a ``try``."""
        with self._changed(handlers=(*self.context.handlers, statement)):
            yield

    @contextmanager
    def handling(self) -> Iterator[None]:
        """Mark what is interpreted meanwhile as inside an ``except``."""
        with self._changed(in_handler=True):
            yield

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Mark what is interpreted meanwhile as inside a ``finally``."""
        with self._changed(in_final=True):
            yield

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Mark what is interpreted meanwhile as code that runs later, if at all."""
        with self._changed(deferred=True):
            yield

    @contextmanager
    def conditional(self, *, when: bool) -> Iterator[None]:
        """Mark what is interpreted meanwhile as something that a parameter decides about."""
        with self._changed(conditional=when or self.context.conditional):
            yield

    @contextmanager
    def on_request(self, *, when: bool) -> Iterator[None]:
        """Mark what is interpreted meanwhile as something that is off unless a caller asks for it."""
        with self._changed(on_request=when or self.context.on_request):
            yield

    @contextmanager
    def _changed(self, **changes: object) -> Iterator[None]:
        before = self.context
        self.context = msgspec.structs.replace(before, **changes)
        try:
            yield
        finally:
            # What comes after a ``yield`` stays after it.
            self.context = msgspec.structs.replace(before, after_yield=self.context.after_yield)

    @contextmanager
    def attempting(self) -> Iterator["Attempt"]:
        """Interpret one branch; where it turns out to end in an exception, so do the effects in it."""
        before = len(self.session_effects)
        returned = len(self.returned)
        attempt = Attempt()
        yield attempt
        if attempt.finished or len(self.returned) > returned or attempt.leaves_loop:
            return
        for key in tuple(self.session_effects)[before:]:
            self.session_effects[key] = msgspec.structs.replace(self.session_effects[key], fails=True)

    def passed_yield(self) -> None:
        """Note that everything from here on runs behind a ``yield``."""
        self.context = msgspec.structs.replace(self.context, after_yield=True)

    def update_entities(self, change: Change, *, in_collections: Change | None = None) -> None:
        """Replace every database object that a name holds by what ``change`` makes of it.

        ``in_collections`` takes its place for the elements of a collection, which are more than the one at hand.
        """
        for name, value in self.environment.items():
            if type(value) in _HOLDS_ENTITIES:
                applied = in_collections if in_collections is not None and isinstance(value, Collection) else change
                changed = map_entities(value, applied)
                if changed is not value:
                    self.environment[name] = changed


_HOLDS_ENTITIES: Final = frozenset({Instance, Choice, Collection})


def _leads_along(known: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Return whether a path is the beginning of another; behind ``ANYTHING`` it may go on as it likes."""
    fixed = known[:-1] if known[-1] == ANYTHING else known
    return path[: len(fixed)] == fixed


def map_entities(value: Value, change: Change) -> Value:
    """Return a value with every database object in it changed; the same value if nothing changes."""
    if isinstance(value, Instance):
        origin = value.origin
        return change(value, origin) if isinstance(origin, EntityOrigin) else value
    if isinstance(value, Choice):
        values = value.values
        changed = [map_entities(item, change) for item in values]
        return choice(*changed) if any(map(is_not, values, changed)) else value
    if isinstance(value, Collection):
        element, items = value.element, value.items
        new_element = map_entities(element, change)
        new_items = None if items is None else tuple([map_entities(item, change) for item in items])
        if new_element is element and (items is None or new_items is None or not any(map(is_not, items, new_items))):
            return value
        return Collection(value.kind, new_element, new_items, value.key)
    return value


def joined(environments: list[Environment]) -> Environment:
    """Return what names may hold after one of several branches has run; an empty list means that none comes here."""
    if len(environments) == 1:
        return environments[0]
    first, *others = environments
    result: Environment = {}
    for name in dict.fromkeys(name for environment in environments for name in environment):
        value = first.get(name, UNKNOWN)
        for other in others:
            if other.get(name, UNKNOWN) is not value:
                value = choice(*[environment.get(name, UNKNOWN) for environment in environments])
                break
        result[name] = value
    return result
