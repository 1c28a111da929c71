"""Which functions anybody calls: one whose name no code outside of tests mentions is run by nobody.

Names are compared, not resolved, so that whatever might be a call counts as one: a name in any expression, a string
that spells it. Only where an application is seen can the project be the whole world; the functions of a library are
called by whoever installs it.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.requests import Requests
from fastapi_lint.model.symbols import Class, Function, Module
from fastapi_lint.model.wrapping import only_wraps

_PLAIN_BASES: Final = frozenset(
    {"abc.ABC", "builtins.object", "pydantic.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel"}
    | {"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.ext.asyncio.AsyncAttrs", "sqlalchemy.orm.MappedAsDataclass"}
    | {"sqlalchemy.orm.declarative_base()", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
    | {"builtins.Exception", "builtins.dict", "builtins.list", "builtins.str", "enum.Enum", "enum.StrEnum"}
)
"""Bases that call none of the methods that a subclass adds."""
_DUNDER: Final = re.compile(r"__\w+__")
_UNDERSCORE: Final = re.compile("_")

Scope = Function | Class | Module


_NAME: Final = re.compile(rb"(?:[\xa1-\xbf]|\xd9[\x20-\x7f])[A-Za-z_][A-Za-z0-9_]*")
"""A name as MessagePack spells it: its length, alone up to 31 and behind 0xd9 above, and its letters."""


def _cut(spelled: bytes) -> bytes:
    """Return a name without what happens to look like letters behind it."""
    return spelled[: spelled[1] + 2] if spelled[0] == 0xD9 else spelled[: (spelled[0] & 0x1F) + 1]


def _encoded(name: str) -> bytes:
    return msgspec.msgpack.encode(name)


def _spelled(text: str) -> re.Pattern[bytes]:
    """Return a pattern for a name, or a string, as encoded facts spell it."""
    return re.compile(re.escape(_encoded(text)))


_GETATTR: Final = _spelled("getattr")


class _Text(Struct, frozen=True, eq=False):
    """What one scope says, still encoded, and the scope itself; a class or a module stands for its body."""

    scope: Scope
    parts: tuple[msgspec.Raw, ...]


class _Conditions(Struct, frozen=True, eq=False):
    """When a scope runs: where ``needed`` runs, and something calls it (``called``) or one of the ``callers`` runs."""

    needed: Class | None = None
    called: bool = False
    callers: tuple[Scope, ...] = ()


class Liveness:
    """Answers whether a function may be called by anything but a test."""

    def __init__(self, modules: Mapping[str, Module], kinds: Mapping[str, FileKind], requests: Requests) -> None:
        self._modules = [module for key, module in modules.items() if kinds[key] is not FileKind.TEST]
        self._executed = {module for module in self._modules if not _is_shadowed(module, modules)}
        self._requests = requests
        self._mentions: dict[str, tuple[Scope, ...]] = {}
        self._conditions: dict[Scope, _Conditions] = {}
        self._waiting: dict[Scope, list[Scope]] = {}
        self._running: set[Scope] = set()
        self._idle: set[Scope] = set()

    def is_called(self, function: Function) -> bool:
        """Return whether anything outside of tests may call a function."""
        asked: set[Scope] = set()
        queue: deque[Scope] = deque([function])
        while queue and function not in self._running:
            scope = queue.popleft()
            if scope in asked or scope in self._running or scope in self._idle:
                continue
            asked.add(scope)
            conditions = self._conditions_of(scope)
            queue.extend(conditions.callers)
            if conditions.needed is not None:
                queue.append(conditions.needed)
        if function in self._running:
            return True
        self._idle |= asked - self._running
        return False

    def _conditions_of(self, scope: Scope) -> _Conditions:
        found = self._conditions.get(scope)
        if found is None:
            found = self._conditions[scope] = self._find_conditions(scope)
            for other in (*found.callers, *([found.needed] if found.needed is not None else ())):
                self._waiting.setdefault(other, []).append(scope)
            self._settle(scope)
        return found

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
            if conditions.called or not self._running.isdisjoint(conditions.callers):
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
        return _Conditions(needed=owner, callers=(*callers, *self._mentioning(function.name)))

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
        return _Conditions(called=called, callers=(*self._subclasses.get(item, ()), *self._mentioning(item.name)))

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

    def _mentioning(self, name: str) -> tuple[Scope, ...]:
        """Return the scopes that mention a name other than to import, export or define it."""
        found = self._mentions.get(name)
        if found is None:
            pattern = _spelled(name)
            modules = self._spelling.get(_encoded(name), ()) if name.isascii() else self._modules
            texts = [text for module in modules for text in self._texts[module]]
            mentioning = [text.scope for text in texts if _uses(text, name, pattern)]
            composing = [text.scope for text in self._looking_up if _composes(text, name)]
            found = self._mentions[name] = (*self._renaming.get(name, ()), *mentioning, *composing)
        return found

    @cached_property
    def _renaming(self) -> Mapping[str, list[Scope]]:
        """Return the modules that import a name under another one."""
        found: dict[str, list[Scope]] = {}
        for module in self._modules:
            for item in module.facts.imports:
                if item.name is not None and item.name != item.bound:
                    found.setdefault(item.name, []).append(module)
        return found

    @cached_property
    def _looking_up(self) -> tuple[_Text, ...]:
        """Return what looks attributes up by a name that it may have composed."""
        modules = self._spelling.get(_encoded("getattr"), ())
        texts = [text for module in modules for text in self._texts[module]]
        return tuple(text for text in texts if any(_GETATTR.search(part) for part in text.parts))

    @cached_property
    def _texts(self) -> Mapping[Module, tuple[_Text, ...]]:
        return {module: tuple(_texts_of(module)) for module in self._modules}

    @cached_property
    def _spelling(self) -> Mapping[bytes, list[Module]]:
        """Return the modules that spell each name, encoded as facts spell it; those that do are few."""
        found: dict[bytes, list[Module]] = {}
        for module, texts in self._texts.items():
            spelled = {name for text in texts for part in text.parts for name in _NAME.findall(part)}
            for name in {_cut(name) for name in spelled}:
                found.setdefault(name, []).append(module)
        return found


def _texts_of(module: Module) -> Iterator[_Text]:
    yield _Text(module, (module.facts.body,))
    for item in module.classes.values():
        yield _Text(item, (item.facts.body,))
    for function in module.all_functions:
        header = (function.facts.parameters, function.facts.decorators, function.facts.returns)
        yield _Text(function, (msgspec.Raw(msgspec.msgpack.encode(header)), function.facts.body))


def _uses(text: _Text, name: str, pattern: re.Pattern[bytes]) -> bool:
    count = sum(len(pattern.findall(part)) for part in text.parts)
    return count > 0 and count > _idle_mentions(text.scope, name)


def _composes(text: _Text, name: str) -> bool:
    """Return whether a scope has the beginning of a name, up to an underscore, as in ``f"handle_{kind}"``."""
    beginnings = [name[: match.end()] for match in _UNDERSCORE.finditer(name, 1)]
    return any(_spelled(beginning).search(part) for beginning in beginnings for part in text.parts)


def _idle_mentions(scope: Scope, name: str) -> int:
    """Return how often a scope mentions a name that it imports, exports or defines."""
    if isinstance(scope, Module):
        within, module = "", scope
        defined = [
            *(item.qualname for item in module.facts.functions),
            *(item.qualname for item in module.facts.classes),
        ]
        count = defined.count(name) + (name in (module.facts.exported or ()))
    else:
        within, module, count = scope.facts.qualname, scope.module, 0
    return count + sum(item.bound == name and item.scope == within for item in module.facts.imports)


def _may_be_called_by_base(function: Function, owner: Class) -> bool:
    """Return whether a class from outside the project, or Python itself, may call a method by its name."""
    if _DUNDER.fullmatch(function.name) or owner.has_unknown_base:
        return True
    return any(base not in _PLAIN_BASES for base in owner.external_bases)


def _is_shadowed(module: Module, modules: Mapping[str, Module]) -> bool:
    """Return whether a package of the same name hides a module: ``a/b.py`` beside ``a/b/__init__.py``."""
    return f"{module.key.removesuffix('.py')}/__init__.py" in modules
