"""What tests of a project can use: clients of the API, and functions that make what a feature belongs to."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Expr, Name, Subscript, walk
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import External, Function
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.places import Tests
from fastapi_lint.scaffold.feature.shapes import ImportedName, imported_name

_FIXTURE: Final = "pytest.fixture"
_CLIENT: Final = External("httpx.AsyncClient")


class Clients(Struct, frozen=True):
    """The fixtures that call the API: as nobody, and as users that log in through it."""

    anonymous: str
    users: tuple[str, ...]


def find_clients(project: Project, tests: Tests) -> Clients:
    """Return the fixtures of the ``conftest.py`` files above the tests of features.

    A client that is made with the help of another one is that of a user.

    Raises:
        ScaffoldError: there is none for nobody, or fewer than two for users.

    """
    fixtures = {function.name: function for function in _fixtures(project, tests)}
    clients = [item for item in fixtures.values() if _returns_client(item)]
    users = [item for item in clients if any(other in _needed(item, fixtures) for other in clients if other != item)]
    anonymous = [item for item in clients if item not in users]
    if not anonymous or len(users) < 2:
        raise ScaffoldError(
            "the tests need fixtures of httpx.AsyncClient in conftest.py: one of nobody, and two that log in with it"
        )
    return Clients(anonymous[0].name, tuple(item.name for item in users))


def find_maker(project: Project, tests: Tests, feature: str) -> ImportedName | None:
    """Return the function in the tests of a feature that makes one of it: ``async def make_item(client, ...)``."""
    directory = tests.directory(feature)
    for module in project.modules.values():
        if not module.key.startswith(f"{directory}/") or project.kind(module) is not FileKind.TEST:
            continue
        for function in module.functions.values():
            if _is_maker(function):
                return imported_name(project, function)
    return None


def _is_maker(function: Function) -> bool:
    first, *others = function.facts.parameters or (None,)
    is_plain = function.is_async and not function.facts.parent and not function.decorator_names
    takes_client = first is not None and _is_client(function.module, first.annotation)
    needs_more = any(item.default is None and not item.kind.startswith("*") for item in others if item is not None)
    return is_plain and takes_client and not needs_more and _returns_dict(function)


def _returns_dict(function: Function) -> bool:
    returns = function.facts.returns
    kind = returns.value if isinstance(returns, Subscript) else returns
    return kind is not None and function.module.resolve(kind) == External("builtins.dict")


def _fixtures(project: Project, tests: Tests) -> Iterator[Function]:
    for module in project.modules.values():
        above = f"{tests.folder}/".startswith(f"{module.directory}/" if module.directory else "")
        if module.key.rpartition("/")[2] == "conftest.py" and above:
            for function in sorted(module.functions.values(), key=lambda item: item.facts.start):
                if _FIXTURE in function.decorator_names:
                    yield function


def _returns_client(function: Function) -> bool:
    return _is_client(function.module, function.facts.returns)


def _is_client(module: Module, annotation: Expr | None) -> bool:
    if annotation is None:
        return False
    return any(module.resolve(item) == _CLIENT for item in walk(annotation) if isinstance(item, Name | Attribute))


def _needed(function: Function, fixtures: Mapping[str, Function]) -> set[Function]:
    """Return the fixtures that one needs, directly or not."""
    found: set[Function] = set()
    waiting = [function]
    while waiting:
        for parameter in waiting.pop().facts.parameters:
            needed = fixtures.get(parameter.name)
            if needed is not None and needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found
