"""Where absolute imports are looked up: the import roots of a project, also of several apps side by side.

Nothing is declared: a directory is a root for a file when the imported path exists below it. The nearest one above the
importing file wins, then ``src`` folders, then the only place in the project where that path exists.
"""

import sys
from collections.abc import Mapping

from fastapi_lint.facts.schema import EMPTY_MODULE
from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.symbols import External


class Roots:
    """Finds modules by dotted name as seen from a file."""

    def __init__(self, modules: Mapping[str, Module], installed: frozenset[str]) -> None:
        """Index the modules; ``installed`` are the top-level names that the project's dependencies provide."""
        self._modules = modules
        self._installed = installed
        self._directories = {""}
        self._by_tail: dict[str, list[str]] = {}
        for key in modules:
            directory = key.rpartition("/")[0]
            while directory not in self._directories:
                self._directories.add(directory)
                directory = directory.rpartition("/")[0]
            top = key.rpartition("/")[2].removesuffix(".py")
            parent = key.rpartition("/")[0]
            name = parent.rpartition("/")[2] if top == "__init__" else top
            self._by_tail.setdefault(name, []).append(key)
        self._found: dict[tuple[str, str], Symbol] = {}

    def find(self, importer: Module, dotted: str, level: int) -> Symbol | None:
        """Return the module that ``import dotted`` (or a relative import of that level) means in a file.

        What is not part of the project is ``External``; a relative import that leads nowhere is None.
        """
        if level:
            return self._relative(importer, dotted, level)
        found = self._found.get((importer.directory, dotted))
        if found is None:
            found = self._absolute(importer, dotted)
            self._found[importer.directory, dotted] = found
        return found

    def submodule(self, package: Module, name: str) -> Module | None:
        """Return the module ``name`` inside a package."""
        return self._at(f"{package.directory}/{name}" if package.directory else name)

    def _relative(self, importer: Module, dotted: str, level: int) -> Module | None:
        directory = importer.directory
        for _ in range(level - 1):
            directory = directory.rpartition("/")[0]
        path = "/".join(part for part in (directory, dotted.replace(".", "/")) if part)
        found = self._at(path)
        if found is None and path in self._directories:
            return self._namespace(path)
        return found

    def _absolute(self, importer: Module, dotted: str) -> Symbol:
        path = dotted.replace(".", "/")
        top = dotted.partition(".")[0]
        # A file or a bare folder never hides an installed package of that name; a real package of the project does.
        foreign = top in self._installed or top in sys.stdlib_module_names
        directory = importer.directory
        while True:
            for base in (directory, f"{directory}/src" if directory else "src"):
                found = self._below(base, path)
                if found is None or (found is importer and not importer.is_package):
                    continue
                if not foreign or self._is_package(f"{base}/{top}" if base else top):
                    return found
            if not directory:
                break
            directory = directory.rpartition("/")[0]
        unique = None if foreign else self._unique(path)
        return unique or External(canonical(dotted))

    def _below(self, base: str, path: str) -> Module | None:
        if base and base not in self._directories:
            return None
        if self._is_package(base):
            return None
        full = f"{base}/{path}" if base else path
        found = self._at(full)
        if found is None and full in self._directories:
            return self._namespace(full)
        return found

    def _unique(self, path: str) -> Module | None:
        candidates = [
            key
            for key in self._by_tail.get(path.rpartition("/")[2], ())
            if key.endswith((f"/{path}.py", f"/{path}/__init__.py"))
        ]
        return self._modules[candidates[0]] if len(candidates) == 1 else None

    def _is_package(self, directory: str) -> bool:
        return bool(directory) and f"{directory}/__init__.py" in self._modules

    def _at(self, path: str) -> Module | None:
        if not path:
            return None
        return self._modules.get(f"{path}/__init__.py") or self._modules.get(f"{path}.py")

    def _namespace(self, path: str) -> Module:
        """Return a package without ``__init__.py``: it has submodules and nothing else."""
        return _NamespacePackage(f"{path}/__init__.py", self)


class _NamespacePackage(Module):
    """A directory of modules without a file of its own."""

    def __init__(self, key: str, roots: Roots) -> None:
        super().__init__(key, EMPTY_MODULE)
        self.roots = roots
