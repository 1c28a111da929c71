"""Where a project keeps what a feature is made of: its features, what lists their routers and models, its tests."""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm import MappedClass
from fastapi_lint.model.project import Project
from fastapi_lint.model.routes import Inclusion, Router
from fastapi_lint.model.symbols import Class
from fastapi_lint.scaffold.failure import ScaffoldError


class Features(Struct, frozen=True):
    """The folder of features by its key, the package that it is, and the models of the features."""

    folder: str
    package: str
    entities: tuple[MappedClass, ...]


class Tests(Struct, frozen=True):
    """Where the tests of features are: ``folder``, with a folder for each feature or not, and packages or not."""

    folder: str
    has_folders: bool
    has_packages: bool

    def directory(self, feature: str) -> str:
        """Return the folder of the tests of one feature."""
        return f"{self.folder}/{feature}" if self.has_folders else self.folder


def find_features(project: Project) -> Features:
    """Return where features are: the folder whose folders have routes in one module and models in another.

    Raises:
        ScaffoldError: there is no such folder.

    """
    routed = {router.module.directory for router in project.routes.routers if not router.is_app}
    entities = [item for item in project.orm.entities if project.is_application(item.cls.module)]
    counts = Counter(_parent(item.cls.module.directory) for item in entities if item.cls.module.directory in routed)
    if not counts:
        raise ScaffoldError("found no folder of features: none has routes in one module and models in another")
    folder = max(counts, key=lambda each: (counts[each], each))
    own = tuple(item for item in entities if _parent(item.cls.module.directory) == folder)
    dotted = project.import_graph.name_of(own[0].cls.module)
    return Features(folder, dotted.rsplit(".", 2)[0], own)


def find_router(project: Project, folder: str) -> Router:
    """Return the router that includes those of the features.

    Raises:
        ScaffoldError: none does.

    """
    counts = Counter(
        inclusion.parent
        for router in project.routes.routers
        if _parent(router.module.directory) == folder
        for inclusion in router.inclusions
        if isinstance(inclusion, Inclusion) and inclusion.parent.name
    )
    if not counts:
        raise ScaffoldError(f"found no router that includes those of the features in {folder}")
    return max(counts, key=lambda router: (counts[router], router.key))


def find_registry(project: Project, features: Features) -> Module:
    """Return the module that imports the models of most features, so that Alembic knows them.

    Raises:
        ScaffoldError: no module outside the features imports them.

    """
    models = {item.cls.module.key for item in features.entities}
    counts: Counter[Module] = Counter()
    for module in project.modules.values():
        if module.key.startswith(f"{features.folder}/") or project.kind(module) in {FileKind.TEST, FileKind.SCRIPT}:
            continue
        counts[module] = len({key for key in _imported_modules(module) if key in models})
    found = max(counts, key=lambda module: (counts[module], module.key), default=None)
    if found is None or not counts[found]:
        raise ScaffoldError("found no module that imports the models of all features, as Alembic needs it")
    return found


def _imported_modules(module: Module) -> Iterable[str]:
    """Yield the modules that a module imports, or names of which it imports, at its top level."""
    for item in module.facts.imports:
        if item.scope:
            continue
        symbol = module.lookup(item.bound)
        if isinstance(symbol, Module):
            yield symbol.key
        elif isinstance(symbol, Class):
            yield symbol.module.key
        source = module.roots.find(module, item.module, item.level)
        if isinstance(source, Module) and item.name is None:
            yield source.key


def find_tests(project: Project, features: Features) -> Tests:
    """Return where the tests of features are; in a project without any, where the document of the layout puts them."""
    names = {item.cls.module.directory.rpartition("/")[2] for item in features.entities}
    keys = [key for key, kind in project.kinds.items() if kind is FileKind.TEST]
    foldered = Counter(_parent(_parent(key)) for key in keys if _parent(key).rpartition("/")[2] in names)
    if foldered:
        folder = max(foldered, key=lambda each: (foldered[each], each))
        return Tests(folder, has_folders=True, has_packages=_has_package(project.kinds, folder, names))
    flat = Counter(_parent(key) for key in keys if key.rpartition("/test_")[2].removesuffix(".py") in names)
    if flat:
        folder = max(flat, key=lambda each: (flat[each], each))
        return Tests(folder, has_folders=False, has_packages=False)
    return Tests("tests/features", has_folders=True, has_packages="tests/__init__.py" in project.kinds)


def _has_package(keys: Mapping[str, FileKind], folder: str, names: Iterable[str]) -> bool:
    return any(f"{folder}/{name}/__init__.py" in keys for name in names)


def _parent(key: str) -> str:
    return key.rpartition("/")[0]
