"""Which module runs which other when it is imported: the imports at module level, without those for type checkers only.

Importing ``a.b.c`` runs ``a/__init__.py`` and ``a/b/__init__.py`` first, so these are edges too. A package that already
runs because the importing module lies in it is no edge, unless the module names it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from fastapi_lint.facts.expressions import Comparison, Constant, Name
from fastapi_lint.facts.schema import Import
from fastapi_lint.facts.statements import If
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.source import Span


class ImportEdge(Struct, frozen=True, eq=False):
    """One module makes another run.

    ``name`` is what a ``from`` import takes out of the target, None where it takes nothing; ``is_package`` says that
    the target only runs because it is a package above the module that is meant. ``guarded`` imports stand in a ``try``.
    """

    source: Module
    target: Module
    item: Import
    name: str | None
    is_package: bool

    @property
    def span(self) -> Span:
        """Return where the import is written."""
        return self.item.span

    @property
    def guarded(self) -> bool:
        """Return whether the import stands in a ``try``."""
        return self.item.guarded

    def __repr__(self) -> str:
        return f"ImportEdge({self.source.key} > {self.target.key}: {self.name})"


class ImportGraph:
    """The imports between the modules of a project."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._edges: dict[str, tuple[ImportEdge, ...]] = {}
        self._packages: dict[str, tuple[Module, ...]] = {"": ()}

    def edges(self, module: Module) -> tuple[ImportEdge, ...]:
        """Return what a module imports when it runs, in order."""
        found = self._edges.get(module.key)
        if found is None:
            found = tuple(self._find_edges(module))
            self._edges[module.key] = found
        return found

    def modules_of(self, module: Module, item: Import) -> tuple[Module, ...]:
        """Return what one import of a module runs, wherever it stands, the packages above included."""
        return tuple(edge.target for edge in self._edges_of(module, item, self._running(module)))

    def name_of(self, module: Module) -> str:
        """Return the dotted name by which the project imports a module: the shortest that is used, or its path."""
        used = self._names.get(module.key)
        if used:
            return min(used, key=lambda name: (len(name), name))
        return module.key.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cached_property
    def _names(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for module in self._modules.values():
            for item in module.facts.imports:
                target = module.roots.find(module, item.module, 0) if not item.level else None
                if isinstance(target, Module):
                    found.setdefault(target.key, set()).add(item.module)
                    sub = _submodule(target, item.name)
                    if sub is not None:
                        found.setdefault(sub.key, set()).add(f"{item.module}.{item.name}")
        return found

    def imports_transitively(self, start: Module) -> frozenset[str]:
        """Return the keys of all modules that run when a module runs, itself and the packages above it included."""
        seen: set[str] = set()
        queue = [start, *self.packages_above(start)]
        while queue:
            module = queue.pop()
            if module.key not in seen:
                seen.add(module.key)
                queue.extend(edge.target for edge in self.edges(module))
        return frozenset(seen)

    def importing_transitively(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of modules and of all that import them by any way, in a function or for types alone too."""
        importers: dict[str, list[str]] = {}
        for module in self._modules.values():
            for item in module.facts.imports:
                target = _meant(module, item)
                if isinstance(target, Module):
                    sub = _submodule(target, item.name)
                    importers.setdefault(target.key, []).append(module.key)
                    importers.setdefault(target.key if sub is None else sub.key, []).append(module.key)
        return _upstream(keys, importers)

    def running_transitively(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of modules and of all that make them run when they run themselves."""
        return _upstream(keys, self._importers)

    @cached_property
    def _importers(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for module in self._modules.values():
            for edge in self.edges(module):
                found.setdefault(edge.target.key, []).append(module.key)
        return found

    def script_spans(self, module: Module) -> tuple[Span, ...]:
        """Return the spans of ``if __name__ == "__main__"`` blocks: they do not run on import."""
        return tuple(_script_spans(module))

    def cycles_below(self, starts: Iterable[Module]) -> tuple[tuple[Module, ...], ...]:
        """Return the groups of modules that import each other in circles, each sorted by key, in what modules run."""
        groups = _strongly_connected(
            [start.key for start in starts], lambda key: [edge.target.key for edge in self.edges(self._modules[key])]
        )
        found = [tuple(self._modules[key] for key in sorted(group)) for group in groups if len(group) > 1]
        return tuple(sorted(found, key=lambda group: group[0].key))

    def packages_above(self, module: Module) -> tuple[Module, ...]:
        """Return the packages in which a module lies, outermost first: they run before it.

        A folder without ``__init__.py`` is no module.
        """
        return self._packages_of(module.directory.rpartition("/")[0] if module.is_package else module.directory)

    def _packages_of(self, directory: str) -> tuple[Module, ...]:
        unknown: list[str] = []
        while directory not in self._packages:
            unknown.append(directory)
            directory = directory.rpartition("/")[0]
        found = self._packages[directory]
        for inner in reversed(unknown):
            package = self._modules.get(f"{inner}/__init__.py")
            found = self._packages[inner] = found if package is None else (*found, package)
        return found

    def edges_within(self, group: Iterable[Module]) -> dict[str, tuple[ImportEdge, ...]]:
        """Return the edges between modules of a group, by the importing module."""
        keys = {module.key for module in group}
        return {
            module.key: tuple(
                edge for edge in self.edges(module) if edge.target.key in keys and edge.target is not module
            )
            for module in group
        }

    def _running(self, module: Module) -> frozenset[str]:
        """Return the keys of what runs while a module runs, whatever it imports."""
        return frozenset({module.key, *(package.key for package in self.packages_above(module))})

    def _find_edges(self, module: Module) -> Iterator[ImportEdge]:
        """Yield what a module's own import makes run, in the order of execution."""
        script_only = _script_spans(module)
        running = self._running(module)
        for item in sorted(module.facts.imports, key=lambda found: found.start):
            if item.type_checking or _in_function(module, item.scope):
                continue
            if not any(start <= item.start < end for start, end in script_only):
                yield from self._edges_of(module, item, running)

    def _edges_of(self, module: Module, item: Import, running: frozenset[str]) -> Iterator[ImportEdge]:
        target = _meant(module, item)
        if not isinstance(target, Module):
            return
        sub = _submodule(target, item.name)
        for package in self.packages_above(sub or target):
            if package.key not in running and package is not target:
                yield ImportEdge(module, package, item, None, is_package=True)
        if target.key in self._modules and target is not module:
            taken = None if sub is not None or item.name == "*" else item.name
            if taken is not None or item.name == "*" or target.key not in running:
                yield ImportEdge(module, target, item, taken, is_package=sub is not None)
        if sub is not None and sub is not module and sub.key in self._modules:
            yield ImportEdge(module, sub, item, None, is_package=False)

    def shortest_cycle(self, group: tuple[Module, ...]) -> tuple[ImportEdge, ...]:
        """Return the shortest circle in a group; of several the one that begins first in the order of keys."""
        within = self.edges_within(group)
        best: tuple[ImportEdge, ...] = ()
        for module in group:
            found = _circle(module.key, within, len(best) or len(group) + 1)
            if found and (not best or len(found) < len(best)):
                best = found
            if len(best) == 2:
                break
        return best


def _upstream(keys: Iterable[str], importers: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return keys and all that lead to them."""
    seen: set[str] = set()
    queue = list(keys)
    while queue:
        key = queue.pop()
        if key not in seen:
            seen.add(key)
            queue.extend(importers.get(key, ()))
    return frozenset(seen)


def _meant(module: Module, item: Import) -> Symbol | None:
    """Return the module that an import names; a package that names itself in full means itself."""
    if module.is_package and not item.level:
        path = f"/{item.module.replace('.', '/')}/__init__.py"
        if f"/{module.key}".endswith(path):
            return module
    return module.roots.find(module, item.module, item.level)


def _submodule(target: Module, name: str | None) -> Module | None:
    """Return the module that ``from target import name`` runs, where the name is no other thing of the package."""
    if name is None or not target.is_package:
        return None
    found = target.roots.submodule(target, name)
    if found is None or name in target.facts.assigned or name in target.classes or name in target.functions:
        return None
    own = target.imports.get(("", name))
    if own is None:
        return found
    # What the package itself imports under that name: the module, or something else that hides it.
    source = _meant(target, own)
    return found if source is (found if own.name is None else target) and own.name in {None, name} else None


def _in_function(module: Module, scope: str) -> bool:
    while scope in module.classes:
        scope = module.classes[scope].facts.parent
    return bool(scope)


def _script_spans(module: Module) -> list[Span]:
    """Return the spans of ``if __name__ == "__main__"`` blocks: they do not run on import."""
    found = []
    for statement in module.body:
        match statement:
            case If(test=Comparison(left=Name(id="__name__"), comparators=(Constant(value="__main__"),))):
                found.append(statement.span)
            case _:
                pass
    return found


def _circle(start: str, within: Mapping[str, tuple[ImportEdge, ...]], limit: int) -> tuple[ImportEdge, ...]:
    """Return the shortest circle of fewer than ``limit`` edges through a module, breadth first."""
    came_by: dict[str, ImportEdge] = {}
    queue: deque[tuple[str, int]] = deque([(start, 0)])
    while queue:
        key, length = queue.popleft()
        if length + 1 >= limit:
            return ()
        for edge in within[key]:
            if edge.target.key == start:
                found = [edge]
                while found[-1].source.key != start:
                    found.append(came_by[found[-1].source.key])
                return tuple(reversed(found))
            if edge.target.key not in came_by:
                came_by[edge.target.key] = edge
                queue.append((edge.target.key, length + 1))
    return ()


def _strongly_connected(nodes: Iterable[str], successors: Callable[[str], Iterable[str]]) -> list[list[str]]:
    """Return the strongly connected components (Tarjan's algorithm without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_nodes: list[str] = []
    is_open: set[str] = set()
    components: list[list[str]] = []

    def enter(node: str) -> tuple[str, Iterator[str]]:
        index[node] = low[node] = len(index)
        open_nodes.append(node)
        is_open.add(node)
        return node, iter(successors(node))

    def close(node: str) -> list[str]:
        position = open_nodes.index(node)
        component = open_nodes[position:]
        del open_nodes[position:]
        is_open.difference_update(component)
        return component

    for root in nodes:
        work = [enter(root)] if root not in index else []
        while work:
            node, following = work[-1]
            unseen = None
            for successor in following:
                if successor not in index:
                    unseen = successor
                    break
                if successor in is_open:
                    low[node] = min(low[node], index[successor])
            if unseen is not None:
                work.append(enter(unseen))
                continue
            work.pop()
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
            if low[node] == index[node]:
                components.append(close(node))
    return components
