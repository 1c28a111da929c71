"""One name for each library object, its base classes, and the types of its calls, from three tables beside this module.

Rules and the type inference compare the names that ``canonical`` gives, never the path by which a project imports one.
"""

from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import Final

from fastapi_lint.knowledge.tables import read_table

ALIASES: Final[Mapping[str, str]] = MappingProxyType(dict(read_table("aliases.tsv", ("name", "canonical"))))
"""Importable name to canonical name; a row renames everything below its name too."""

BASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {name: tuple(bases.split()) for name, bases in read_table("bases.tsv", ("name", "bases"))}
)
"""Class to its direct bases, canonical names on both sides."""

RETURNS: Final[Mapping[str, str]] = MappingProxyType(dict(read_table("returns.tsv", ("name", "type"))))
"""Callable or attribute to the canonical name of its type; ``return_type`` also looks at bases and wildcards."""

_OWNERS: Final = frozenset(name.rpartition(".")[0] for name in RETURNS) | BASES.keys()
"""What may have members of known type: most names are turned away here."""


@cache
def canonical(name: str) -> str:
    """Return the one name for ``name``; a name that no library is known to re-export is its own."""
    head, tail = name, ""
    while head:
        renamed = ALIASES.get(head)
        if renamed is not None:
            return name if renamed == head else canonical(renamed + tail)
        head, dot, last = head.rpartition(".")
        tail = dot + last + tail
    return name


@cache
def ancestors(name: str) -> tuple[str, ...]:
    """Return the known base classes of a library class, nearest first, without the class itself."""
    found: dict[str, None] = {}
    for base in BASES.get(name, ()):
        found[base] = None
        found.update(dict.fromkeys(ancestors(base)))
    return tuple(found)


def is_subclass(name: str, base: str) -> bool:
    """Say whether the library class ``name`` is ``base`` or is known to derive from it; both names are canonical."""
    return name == base or base in ancestors(name)


@cache
def member_path(name: str) -> str:
    """Return a chain of attributes as a class and its member, by the attributes whose types are known.

    ``pymongo.MongoClient.app.users.insert_one`` is ``pymongo.collection.Collection.insert_one``. What is not known
    stays: the branches of an SDK client (``openai.OpenAI.chat.completions.create``) are part of its name.
    """
    name = canonical(name)
    beginnings = prefixes(name)
    if _OWNERS.isdisjoint(beginnings[:-2]):
        return name
    attributes = beginnings[1:-1]
    spelled_out = [attribute for attribute in reversed(attributes) if attribute in RETURNS]
    attribute = next((each for each in (*spelled_out, *attributes) if _member_type(each) is not None), name)
    known = _member_type(attribute)
    if attribute == name or known is None or known.startswith("typing."):
        return name
    return member_path(known + name.removeprefix(attribute))


def prefixes(name: str) -> list[str]:
    """Return the beginnings of a dotted name, shortest first, itself last."""
    return list(accumulate(name.split("."), "{}.{}".format))


@cache
def return_type(name: str) -> str | None:
    """Return the type of calling a function or method, or of reading an attribute; None when the tables do not know.

    ``name`` is a function, or a class followed by its members (``httpx.Client.get``). Of a coroutine it is the type of
    the awaited value, of a context manager what ``as`` binds. ``typing.Self`` stands for the receiver's class.
    """
    return _member_type(member_path(name))


def _member_type(name: str) -> str | None:
    owner, _, member = name.rpartition(".")
    if owner not in _OWNERS:
        return None
    owners = (owner, *ancestors(owner))
    candidates = [f"{each}.{member}" for each in owners]
    if not member.startswith("_"):
        candidates += [f"{each}.*" for each in owners]
    return next((RETURNS[candidate] for candidate in candidates if candidate in RETURNS), None)
