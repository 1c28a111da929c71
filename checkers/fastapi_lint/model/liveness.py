"""Which functions anybody calls: one whose name no code outside of tests mentions is run by nobody.

Names are compared, not resolved, so that whatever might be a call counts as one: a name in any expression, a string
that spells it. Only where an application is seen can the project be the whole world; the functions of a library are
called by whoever installs it.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.mentions import Mentions, Scope
from fastapi_lint.model.modules import Module
from fastapi_lint.model.requests import Requests
from fastapi_lint.model.symbols import Class, Function
from fastapi_lint.model.wrapping import only_wraps

_PLAIN_BASES: Final = frozenset(
    {"abc.ABC", "builtins.object", "pydantic.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel"}
    | {"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.ext.asyncio.AsyncAttrs", "sqlalchemy.orm.MappedAsDataclass"}
    | {"sqlalchemy.orm.declarative_base()", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
    | {"builtins.Exception", "builtins.dict", "builtins.list", "builtins.str", "enum.Enum", "enum.StrEnum"}
)
"""Bases that call none of the methods that a subclass adds."""
_DUNDER: Final = re.compile(r"__\w+__")


class _Conditions(Struct, frozen=True, eq=False):
    """When a scope runs: where ``needed`` runs, and something calls it (``called``) or one of the ``callers`` runs.

    ``name`` is what else may call it has to mention, empty where that is of no use.
    """

    needed: Class | None = None
    called: bool = False
    callers: tuple[Scope, ...] = ()
    name: str = ""


class Liveness:
    """Answers whether a function may be called by anything but a test."""

    def __init__(self, modules: Mapping[str, Module], kinds: Mapping[str, FileKind], requests: Requests) -> None:
        self._modules = [module for key, module in modules.items() if kinds[key] is not FileKind.TEST]
        self._executed = {module for module in self._modules if not _is_shadowed(module, modules)}
        self._requests = requests
        self._mentions = Mentions(self._modules)
        self._conditions: dict[Scope, _Conditions] = {}
        self._callers: dict[Scope, tuple[Scope, ...]] = {}
        self._waiting: dict[Scope, list[Scope]] = {}
        self._running: set[Scope] = set()
        self._idle: set[Scope] = set()

    def is_called(self, function: Function) -> bool:
        """Return whether anything outside of tests may call a function.

        The calls that are resolved are followed first: to look for a name is what costs time.
        """
        asked: set[Scope] = set()
        unnamed: deque[Scope] = deque()
        queue: deque[Scope] = deque([function])
        while (queue or unnamed) and function not in self._running:
            if queue:
                scope = queue.popleft()
                if scope in asked or scope in self._running or scope in self._idle:
                    continue
                asked.add(scope)
                conditions = self._conditions_of(scope)
                queue.extend(conditions.callers)
                if conditions.needed is not None:
                    queue.append(conditions.needed)
                unnamed.append(scope)
            else:
                queue.extend(self._mentioning(unnamed.popleft()))
        if function in self._running:
            return True
        self._idle |= asked - self._running
        return False

    def _conditions_of(self, scope: Scope) -> _Conditions:
        found = self._conditions.get(scope)
        if found is None:
            found = self._conditions[scope] = self._find_conditions(scope)
            needed: tuple[Scope, ...] = () if found.needed is None else (found.needed,)
            self._wait(scope, (*found.callers, *needed))
        return found

    def _mentioning(self, scope: Scope) -> tuple[Scope, ...]:
        """Return what mentions the name of a scope whose conditions are known."""
        found = self._callers.get(scope)
        if found is None:
            name = self._conditions[scope].name
            found = self._callers[scope] = self._mentions.of(name) if name and scope not in self._running else ()
            self._wait(scope, found)
        return found

    def _wait(self, scope: Scope, others: Iterable[Scope]) -> None:
        for other in others:
            self._waiting.setdefault(other, []).append(scope)
        self._settle(scope)

    def _settle(self, scope: Scope) -> None:
        """Note that a scope runs where its conditions hold, and with it what waited for that."""
        pending = [scope]
        while pending:
            current = pending.pop()
            conditions = self._conditions.get(current)
            if conditions is None or current in self._running:
                continue
            if conditions.needed is not None and conditions.needed not in self._running:
                continue
            callers = (*conditions.callers, *self._callers.get(current, ()))
            if conditions.called or not self._running.isdisjoint(callers):
                self._running.add(current)
                pending += self._waiting.get(current, ())

    def _find_conditions(self, scope: Scope) -> _Conditions:
        if isinstance(scope, Module):
            return _Conditions(called=scope in self._executed)
        if scope.module not in self._executed:
            return _Conditions()
        return self._of_class(scope) if isinstance(scope, Class) else self._of_function(scope)

    def _of_function(self, function: Function) -> _Conditions:
        if function.parent is not None:
            return _Conditions(callers=(function.parent,))
        owner = function.owner
        if self._is_handed_over(function) or (owner is not None and _may_be_called_by_base(function, owner)):
            return _Conditions(needed=owner, called=True)
        callers = tuple(caller.function for caller in self._requests.callers(function))
        return _Conditions(needed=owner, callers=callers, name=function.name)

    def _of_class(self, item: Class) -> _Conditions:
        outer = item.module.classes.get(item.facts.parent) or item.module.functions.get(item.facts.parent)
        if outer is not None:
            return _Conditions(callers=(outer,))
        called = (
            any(not only_wraps(item.module, item.facts.parent, decorator) for decorator in item.facts.decorators)
            or item.has_unknown_base
            or bool(item.facts.keywords)
            or item.method("__init_subclass__") is not None
        )
        return _Conditions(called=called, callers=tuple(self._subclasses.get(item, ())), name=item.name)

    def _is_handed_over(self, function: Function) -> bool:
        if self._requests.is_route(function):
            return True
        return any(not only_wraps(function.module, function.facts.parent, item) for item in function.facts.decorators)

    @cached_property
    def _subclasses(self) -> Mapping[Class, list[Class]]:
        found: dict[Class, list[Class]] = {}
        for module in self._modules:
            for item in module.classes.values():
                for base in item.bases:
                    if isinstance(base, Class):
                        found.setdefault(base, []).append(item)
        return found


def _may_be_called_by_base(function: Function, owner: Class) -> bool:
    """Return whether a class from outside the project, or Python itself, may call a method by its name."""
    if _DUNDER.fullmatch(function.name) or owner.has_unknown_base:
        return True
    return any(base not in _PLAIN_BASES for base in owner.external_bases)


def _is_shadowed(module: Module, modules: Mapping[str, Module]) -> bool:
    """Return whether a package of the same name hides a module: ``a/b.py`` beside ``a/b/__init__.py``."""
    return f"{module.key.removesuffix('.py')}/__init__.py" in modules
