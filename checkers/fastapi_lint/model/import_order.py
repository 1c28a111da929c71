"""What happens when modules that import each other are imported: who runs first, and which name is not there yet.

A module that is being executed has the names that the statements so far have bound. ``from`` of another name fails; the
module as such can be had.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from fastapi_lint.facts.statements import Annotate, Define, walk_statements
from fastapi_lint.model.import_graph import ImportEdge, ImportGraph
from fastapi_lint.model.lexical import bindings
from fastapi_lint.model.modules import Module


class ImportFailure(Struct, frozen=True, eq=False):
    """``edge`` takes a name out of a module that has not bound it yet.

    ``first`` is the module of the group that ran first; ``way`` are the imports from the half-executed module to the
    failing one, in order.
    """

    first: Module
    edge: ImportEdge
    way: tuple[ImportEdge, ...]


class ImportOrder:
    """Executes the imports of one group of modules that import each other."""

    def __init__(self, graph: ImportGraph, group: tuple[Module, ...]) -> None:
        self._graph = graph
        self._group = {module.key: module for module in group}
        self._within = graph.edges_within(group)
        self._leading = graph.running_transitively(self._group)
        self._bound: dict[str, Mapping[str, int]] = {}
        self._failures: dict[str, ImportFailure | None] = {}

    def first_of(self, entries: Iterable[Module]) -> Module | None:
        """Return the module of the group that runs first when some modules are imported one after the other."""
        seen: set[str] = set()
        for entry in entries:
            for module in (*self._graph.packages_above(entry), entry):
                found = self._first(module, seen)
                if found is not None:
                    return found
        return None

    def failure_from(self, first: Module) -> ImportFailure | None:
        """Return the import that fails when a module of the group is the first to run."""
        if first.key not in self._failures:
            self._failures[first.key] = self._run(first)
        return self._failures[first.key]

    def _first(self, start: Module, seen: set[str]) -> Module | None:
        """Walk the imports in order up to the first module of the group; what never leads there is left out."""
        work: list[Iterator[Module]] = [iter((start,))]
        while work:
            module = next(work[-1], None)
            if module is None:
                work.pop()
            elif module.key in self._group:
                return module
            elif module.key in self._leading and module.key not in seen:
                seen.add(module.key)
                work.append(edge.target for edge in self._graph.edges(module))
        return None

    def _run(self, first: Module) -> ImportFailure | None:
        started = {first.key}
        offsets = {first.key: 0}
        entered: list[ImportEdge | None] = [None]
        work = [(first, iter(self._within[first.key]))]
        while work:
            module, edges = work[-1]
            edge = next(edges, None)
            if edge is None:
                work.pop()
                entered.pop()
                del offsets[module.key]
                continue
            offsets[module.key] = edge.item.start
            target = edge.target
            if target.key not in started:
                started.add(target.key)
                offsets[target.key] = 0
                entered.append(edge)
                work.append((target, iter(self._within[target.key])))
            elif target.key in offsets and not edge.guarded and self._is_missing(edge, offsets[target.key]):
                running = [item.key for item, _ in work]
                way = tuple(item for item in entered[running.index(target.key) + 1 :] if item is not None)
                return ImportFailure(first, edge, way)
        return None

    def _is_missing(self, edge: ImportEdge, offset: int) -> bool:
        if edge.name is None:
            return False
        bound = self._bound_at(edge.target)
        if "*" in bound and bound["*"] < offset:
            return False
        return edge.name in bound and bound[edge.name] >= offset

    def _bound_at(self, module: Module) -> Mapping[str, int]:
        """Return where each name of a module is first bound; ``*`` where names come that are not known."""
        found = self._bound.get(module.key)
        if found is None:
            found = _first_bindings(module)
            self._bound[module.key] = found
        return found


def _first_bindings(module: Module) -> Mapping[str, int]:
    found: dict[str, int] = {}

    def add(name: str, start: int) -> None:
        found[name] = min(start, found.get(name, start))

    for item in module.facts.imports:
        if not item.scope and not item.type_checking:
            add(item.bound, item.start)
    for statement in walk_statements(module.body):
        if isinstance(statement, Define):
            add("*" if statement.qualname == "__getattr__" else statement.qualname, statement.start)
        elif not (isinstance(statement, Annotate) and statement.value is None):
            for name, _ in bindings((statement,)):
                add(name, statement.start)
    return found
