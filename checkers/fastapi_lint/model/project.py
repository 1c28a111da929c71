"""The one façade that rules see: the linked program and everything the model knows about it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import Final

from fastapi_lint.config import Config
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.knowledge.coroutines import coroutine_methods
from fastapi_lint.model.analyser import Analyser
from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.dependencies import Dependencies
from fastapi_lint.model.effects import Effects
from fastapi_lint.model.escapes import Escapes
from fastapi_lint.model.import_graph import ImportGraph
from fastapi_lint.model.inference import TOP_LEVEL
from fastapi_lint.model.lexical import Lexical
from fastapi_lint.model.lifespans import lifespans_of
from fastapi_lint.model.liveness import Liveness
from fastapi_lint.model.loading import Loading
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm import OrmModel
from fastapi_lint.model.questions import Questions
from fastapi_lint.model.requests import Requests
from fastapi_lint.model.routes import Routes
from fastapi_lint.model.routing import Route
from fastapi_lint.model.schemas import Schemas
from fastapi_lint.model.sessions import ASYNC_SESSION, Sessions
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.versions import Manifest
from fastapi_lint.source import Span

_RENAMED_MEMBERS: Final = frozenset({"dict", "json", "copy", "schema", "validate"})
"""Members of Pydantic 1 whose names are too common to say anything of the functions that call their callers."""
_TELLING: Final = frozenset(
    (coroutine_methods(ASYNC_SESSION) - {"get", "delete", "close", "reset"})
    | {"query", "add", "add_all", "begin", "where", "filter", "having", "outerjoin"}
    | {"parse_obj", "parse_raw", "parse_file", "from_orm", "construct", "schema", "schema_json"}
    | {"update_forward_refs", "parse_obj_as", "model_validate", "create_task", "add_task", "ensure_future", "gather"}
    | {"create_engine", "create_async_engine", "run_until_complete", "async_to_sync"}
    | {"FastAPI", "Starlette"}
)


def _may_run_a_loop(function: Function) -> bool:
    return "run" in function.facts.called and function.module.imports_from(("asyncio", "anyio"))


class Project:
    """Everything that rules may ask. What is costly is computed when it is first asked for.

    Where rules are asked about a few modules only, they look at those and at all that import them in the end: who calls
    code, or hands it something, can name it. The model itself always knows the whole program.
    """

    def __init__(
        self,
        modules: Mapping[str, Module],
        kinds: Mapping[str, FileKind],
        manifest: Manifest,
        settings: Config,
        questions: Questions,
    ) -> None:
        self.modules = modules
        self.kinds = kinds
        self.manifest = manifest
        self.settings = settings
        self._questions = questions
        self.near: Collection[str] | None = None

    def about(self, near: Collection[str] | None) -> "Project":
        """Return the same project for rules that are asked about these modules only, about all where that is None."""
        other = copy(self)
        other.near = near
        return other

    @cached_property
    def checked(self) -> Mapping[str, Module]:
        """Return the modules that rules look at, by their keys; tests only where they are asked about themselves."""
        if self.near is None:
            return self.modules
        keys = self.import_graph.importing_transitively(self.near)
        return {
            key: module
            for key, module in self.modules.items()
            if key in keys and (key in self.near or not self._is_test(key))
        }

    def are_asked(self, modules: Iterable[str]) -> bool:
        """Return whether rules are asked about one of these modules: another has no part in what they are asked for."""
        return self.near is None or any(key in self.near for key in modules)

    @cached_property
    def checked_routes(self) -> tuple[Route, ...]:
        """Return the path operations whose functions rules look at, and those whose function is unknown."""
        return tuple(
            route for route in self.routes.all if route.function is None or route.function.module.key in self.checked
        )

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """Return every class in the order of files and lines."""
        return tuple(item for module in self.modules.values() for item in module.classes.values())

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Return every function in the order of files."""
        return tuple(item for module in self.modules.values() for item in module.all_functions)

    @cached_property
    def _lexical(self) -> Lexical:
        return Lexical()

    @cached_property
    def _constants(self) -> Constants:
        return Constants(self._lexical)

    @cached_property
    def orm(self) -> OrmModel:
        """Return the mapped classes."""
        return OrmModel(self.modules)

    @cached_property
    def schemas(self) -> Schemas:
        """Return the Pydantic models."""
        return Schemas(self.modules)

    @cached_property
    def sessions(self) -> Sessions:
        """Return the session factories."""
        return Sessions(self.modules, self.kinds)

    @cached_property
    def routes(self) -> Routes:
        """Return apps, routers and path operations."""
        return Routes(self.modules, self._lexical, self._constants)

    @cached_property
    def dependencies(self) -> Dependencies:
        """Return the graph of ``Depends``."""
        return Dependencies(self.modules, self.routes, self._lexical, self._constants)

    @cached_property
    def import_graph(self) -> ImportGraph:
        """Return which module imports which when it is executed."""
        return ImportGraph(self.modules)

    @cached_property
    def analyser(self) -> Analyser:
        """Return what analyses functions."""
        return Analyser(self.orm, self.schemas, self.sessions, self.settings.session_providers, self._questions)

    @cached_property
    def effects(self) -> Effects:
        """Return what functions do in the end."""
        settings = self.settings
        return Effects(self.analyser, frozenset(settings.known_blocking), frozenset(settings.known_offload))

    @cached_property
    def escapes(self) -> Escapes:
        """Return whether sessions leave what can be seen."""
        return Escapes(self.analyser)

    @cached_property
    def loading(self) -> Loading:
        """Return what of database objects is loaded."""
        return Loading(self.orm, self.analyser.library)

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """Return what the functions of the application's own files do, in the order of files.

        A synchronous function that calls nothing a rule could speak of is left out; where others call it, it is
        analysed for them.
        """
        return self._analysed[0]

    @cached_property
    def _analysed(self) -> tuple[tuple[Analysis, ...], tuple[Analysis, ...]]:
        """Return the analyses that were asked for, and with them those that they needed."""
        asked = tuple(self.analyser.analysis(item) for item in self.application_functions() if self._may_matter(item))
        if self.near is not None:
            asked = tuple(self.analyser.analysis(item) for item in self._below(self._concerned(asked)))
        return asked, self.analyser.with_those_below(asked)

    def _concerned(self, asked: tuple[Analysis, ...]) -> tuple[Analysis, ...]:
        """Return the analyses that have come across one of the modules that rules are asked about."""
        above = self.analyser.those_above(self.near or ())
        return tuple(item for item in asked if item in above)

    def _below(self, asked: tuple[Analysis, ...]) -> Iterator[Function]:
        """Yield the functions of analyses and those that run for them in the end, in the order of files."""
        near = {item.function for item in self.analyser.with_those_below(asked)} | set(self._provided())
        for function in self.functions:
            if function in near and self.is_application(function.module) and self._may_matter(function):
                yield function

    def _provided(self) -> Iterator[Function]:
        """Yield the dependencies that FastAPI calls for the path operations that rules look at."""
        seen: set[str] = set()
        queue = [item for route in self.checked_routes for item in self.dependencies.of_route(route)]
        while queue:
            dependency = queue.pop()
            if dependency.node is not None and dependency.node.key not in seen:
                seen.add(dependency.node.key)
                queue.extend(self.dependencies.of(dependency.node))
                if dependency.function is not None:
                    yield dependency.function

    def _may_matter(self, function: Function) -> bool:
        if function.is_async or function.facts.is_generator:
            return True
        if self.routes.is_route(function) or self.dependencies.is_dependency(function):
            return True
        if function.module.imports_from(("pydantic",)):
            return True
        called = function.facts.called
        return not (self._telling_names.isdisjoint(called) and _RENAMED_MEMBERS.isdisjoint(called))

    @cached_property
    def _telling_names(self) -> frozenset[str]:
        """Return the names whose call can matter: of sessions, of coroutine functions, and of what calls such names."""
        callers: dict[str, list[str]] = {}
        found = set(_TELLING)
        for key, module in self.modules.items():
            # Nothing of the application calls a test.
            for function in () if self._is_test(key) else module.all_functions:
                name = function.name
                if function.is_async or _may_run_a_loop(function):
                    found.add(name)
                for called in function.facts.called:
                    callers.setdefault(called, []).append(name)
        queue = list(found)
        while queue:
            for caller in callers.get(queue.pop(), ()):
                if caller not in found:
                    found.add(caller)
                    queue.append(caller)
        return frozenset(found)

    @cached_property
    def requests(self) -> Requests:
        """Return which requests reach which function."""
        modules = (self.analyser.module_analysis(item) for key, item in self.checked.items() if not self._is_test(key))
        functions = (item for item in self._analysed[1] if item.function.qualname != TOP_LEVEL)
        return Requests((*functions, *modules), self.routes, self.lifespans)

    @cached_property
    def _liveness(self) -> Liveness:
        return Liveness(self.modules, self.kinds, self.requests)

    def is_called(self, module: str, span: Span) -> bool:
        """Return whether the code at a place may run: whether anything but a test calls the function around it.

        Code outside of functions runs; so does everything where no application is seen, since others may call it.
        """
        around = [
            item for item in self.modules[module].all_functions if item.facts.start <= span.start < item.facts.end
        ]
        if not around or not self.routes.all:
            return True
        return self._liveness.is_called(max(around, key=lambda item: item.facts.start))

    @cached_property
    def lifespans(self) -> frozenset[Function]:
        """Return the functions that run before an application's first request and after its last."""
        modules = (self.analyser.module_analysis(module) for module in self.checked.values())
        return lifespans_of((*modules, *self._analysed[1]))

    def kind(self, module: Module | str) -> FileKind:
        """Return what a file is for."""
        return self.kinds[module if isinstance(module, str) else module.key]

    def _is_test(self, key: str) -> bool:
        return self.kinds[key] is FileKind.TEST

    def is_application(self, module: Module | str) -> bool:
        """Return whether a file is part of the application itself."""
        return self.kind(module) is FileKind.APP

    def application_functions(self) -> Iterator[Function]:
        """Yield the functions of the application's own files that rules look at."""
        for key, module in self.checked.items():
            if self.is_application(key):
                yield from module.all_functions
