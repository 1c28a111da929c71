"""Which library calls do nothing until they are awaited: the table ``coroutines.tsv``, asked by qualified name."""

from functools import cache

from fastapi_lint.knowledge.canonical import ancestors, member_path
from fastapi_lint.knowledge.tables import read_table


@cache
def coroutine_calls() -> frozenset[str]:
    """Return the qualified names of all functions and methods in the table."""
    rows = read_table("coroutines.tsv", ("name", "calls", "source"))
    return frozenset(f"{name}.{call}" for name, calls, _ in rows for call in calls.split())


@cache
def coroutine_methods(owner: str) -> frozenset[str]:
    """Return the names of the coroutine methods that the table lists for a class itself."""
    return frozenset(name.rpartition(".")[2] for name in coroutine_calls() if name.rpartition(".")[0] == owner)


@cache
def is_coroutine_call(callee: str) -> bool:
    """Say whether calling ``callee`` only makes a coroutine; methods are also looked for in the known bases.

    False says nothing: the table is not complete.
    """
    name = member_path(callee)
    owner, _, member = name.rpartition(".")
    known = coroutine_calls()
    return any(f"{each}.{member}" in known for each in (owner, *ancestors(owner)))
