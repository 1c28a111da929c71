"""Which scopes mention a name, found by a byte search through the encoded facts, which spell each name out."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, Function

Scope = Function | Class | Module
"""What has code of its own: a function, the body of a class, the top level of a module."""

_UNDERSCORE: Final = re.compile("_")


def _spelled(text: str) -> bytes:
    """Return a name, or a string, as encoded facts spell it."""
    return msgspec.msgpack.encode(text)


_GETATTR: Final = _spelled("getattr")


class _Text(Struct, frozen=True, eq=False):
    """What a module says, still encoded: its scopes, and where the text of each begins."""

    data: bytes
    starts: tuple[int, ...]
    scopes: tuple[Scope, ...]

    def counts(self, spelled: bytes) -> Mapping[Scope, int]:
        """Return how often each scope has some bytes."""
        found: dict[Scope, int] = {}
        at = self.data.find(spelled)
        while at >= 0:
            scope = self.scopes[bisect_right(self.starts, at) - 1]
            found[scope] = found.get(scope, 0) + 1
            at = self.data.find(spelled, at + len(spelled))
        return found


class Mentions:
    """Answers which scopes of some modules mention a name other than to import, export or define it.

    A mention is a name in any expression, a string that spells it, and where attributes are looked up by name
    (``getattr``) also a string that begins like it, up to an underscore.
    """

    def __init__(self, modules: Iterable[Module]) -> None:
        self._modules = tuple(modules)
        self._found: dict[str, tuple[Scope, ...]] = {}

    def of(self, name: str) -> tuple[Scope, ...]:
        """Return the scopes that mention a name, in the order of files."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = (*self._renaming.get(name, ()), *self._using(name), *self._composing(name))
        return found

    def _using(self, name: str) -> Iterator[Scope]:
        spelled = _spelled(name)
        for text in self._texts:
            for scope, count in text.counts(spelled).items():
                if count > _idle_mentions(scope, name):
                    yield scope

    def _composing(self, name: str) -> Iterator[Scope]:
        for match in _UNDERSCORE.finditer(name, 1):
            spelled = _spelled(name[: match.end()])
            for text, scopes in self._looking_up:
                yield from scopes & text.counts(spelled).keys()

    @cached_property
    def _texts(self) -> tuple[_Text, ...]:
        return tuple(_text_of(module) for module in self._modules)

    @cached_property
    def _looking_up(self) -> tuple[tuple[_Text, frozenset[Scope]], ...]:
        """Return what looks attributes up by a name that it may have composed."""
        found = ((text, frozenset(text.counts(_GETATTR))) for text in self._texts)
        return tuple((text, scopes) for text, scopes in found if scopes)

    @cached_property
    def _renaming(self) -> Mapping[str, list[Scope]]:
        """Return the modules that import a name under another one."""
        found: dict[str, list[Scope]] = {}
        for module in self._modules:
            for item in module.facts.imports:
                if item.name is not None and item.name != item.bound:
                    found.setdefault(item.name, []).append(module)
        return found


def _text_of(module: Module) -> _Text:
    parts: list[bytes] = [bytes(module.facts.body)]
    scopes: list[Scope] = [module]
    for item in module.classes.values():
        parts.append(bytes(item.facts.body))
        scopes.append(item)
    for function in module.all_functions:
        header = (function.facts.parameters, function.facts.decorators, function.facts.returns)
        parts.append(msgspec.msgpack.encode(header) + bytes(function.facts.body))
        scopes.append(function)
    starts = [0]
    for part in parts[:-1]:
        starts.append(starts[-1] + len(part))
    return _Text(b"".join(parts), tuple(starts), tuple(scopes))


def _idle_mentions(scope: Scope, name: str) -> int:
    """Return how often a scope mentions a name that it imports, exports or defines."""
    if isinstance(scope, Module):
        facts = scope.facts
        within, imports = "", facts.imports
        defined = [item.qualname for item in facts.functions] + [item.qualname for item in facts.classes]
        idle = defined.count(name) + (name in (facts.exported or ()))
    else:
        within, imports, idle = scope.facts.qualname, scope.module.facts.imports, 0
    return idle + sum(item.bound == name and item.scope == within for item in imports)
