"""Library calls that only make a coroutine: each row against the installed library."""

import importlib
import inspect

import pytest

from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.knowledge.coroutines import coroutine_calls, is_coroutine_call

_INSTALLED = ("asyncio", "anyio", "starlette", "sqlalchemy", "sqlmodel", "httpx", "asyncpg")


def _resolve(name: str) -> object:
    words = name.split(".")
    for length in range(len(words) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(words[:length]))
        except ImportError:
            continue
        for word in words[length:]:
            found = getattr(found, word)
        return found
    raise AssertionError(name)


def test_the_calls_of_installed_libraries_are_coroutine_functions() -> None:
    names = [name for name in sorted(coroutine_calls()) if name.startswith(tuple(f"{top}." for top in _INSTALLED))]
    assert len(names) > 100
    assert [name for name in names if not inspect.iscoroutinefunction(_resolve(name))] == []


def test_names_are_canonical() -> None:
    assert [name for name in coroutine_calls() if canonical(name) != name] == []


@pytest.mark.parametrize(
    "callee",
    [
        "sqlalchemy.ext.asyncio.AsyncSession.commit",
        "sqlalchemy.ext.asyncio.session.AsyncSession.delete",
        "sqlmodel.ext.asyncio.session.AsyncSession.exec",
        "sqlmodel.ext.asyncio.session.AsyncSession.commit",
        "fastapi.UploadFile.read",
        "fastapi.Request.json",
        "fastapi.concurrency.run_in_threadpool",
        "httpx.AsyncClient.post",
        "asyncio.sleep",
    ],
)
def test_a_coroutine_is_found_by_any_import_path_and_through_bases(callee: str) -> None:
    assert is_coroutine_call(callee)


@pytest.mark.parametrize(
    "callee",
    [
        "sqlalchemy.orm.Session.commit",
        "sqlalchemy.ext.asyncio.AsyncSession.add",
        "sqlalchemy.ext.asyncio.AsyncSession.begin",
        "redis.asyncio.client.Pipeline.set",
        "httpx.AsyncClient.stream",
        "httpx.Client.get",
        "asyncio.create_task",
        "commit",
    ],
)
def test_what_works_without_await_is_not_a_coroutine(callee: str) -> None:
    assert not is_coroutine_call(callee)
