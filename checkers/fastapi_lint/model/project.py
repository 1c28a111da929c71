"""The one façade that rules see: the linked program and everything the model knows about it."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from fastapi_lint.config import Config
from fastapi_lint.discovery import FileKind
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.model.roots import Roots
from fastapi_lint.model.symbols import Class, Function, Module
from fastapi_lint.model.versions import Manifest


def link(
    facts: Mapping[str, ModuleFacts], *, kinds: Mapping[str, FileKind], manifest: Manifest, settings: Config
) -> "Project":
    """Return the whole program.

    Args:
        facts: what each file says, by module key.
        kinds: whether a file is the application's own, a test, a migration or a script.
        manifest: what versions the project declares or locks.
        settings: the user's configuration, for the knowledge it adds to the model.

    """
    modules = {key: Module(key, facts[key]) for key in sorted(facts)}
    roots = Roots(modules, manifest.top_level_names)
    for module in modules.values():
        module.roots = roots
    return Project(modules, kinds, manifest, settings)


class Project:
    """Everything that rules may ask. What is costly is computed when it is first asked for."""

    def __init__(
        self, modules: Mapping[str, Module], kinds: Mapping[str, FileKind], manifest: Manifest, settings: Config
    ) -> None:
        self.modules = modules
        self.kinds = kinds
        self.manifest = manifest
        self.settings = settings

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """Return every class in the order of files and lines."""
        return tuple(item for module in self.modules.values() for item in module.classes.values())

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Return every function in the order of files."""
        return tuple(item for module in self.modules.values() for item in module.all_functions)

    def kind(self, module: Module | str) -> FileKind:
        """Return what a file is for."""
        return self.kinds[module if isinstance(module, str) else module.key]

    def application_functions(self) -> Iterator[Function]:
        """Yield the functions of the application's own files."""
        for function in self.functions:
            if self.kind(function.module) is FileKind.APP:
                yield function
