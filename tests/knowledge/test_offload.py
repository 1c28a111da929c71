"""Who runs a callable elsewhere, and which argument that is."""

import importlib
import inspect

import pytest

from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.knowledge.offload import Offload, ResultOf, RunsIn, offload_call, offload_table

_INSTALLED = ("asyncio", "anyio", "starlette", "fastapi", "concurrent", "multiprocessing", "threading", "sqlalchemy")


def _parameters(name: str) -> list[str]:
    words = name.split(".")
    for length in range(len(words), 0, -1):
        try:
            found: object = importlib.import_module(".".join(words[:length]))
        except ImportError:
            continue
        for word in words[length:]:
            found = getattr(found, word)
        assert callable(found)
        try:
            return [name for name in inspect.signature(found).parameters if name != "self"]
        except ValueError:
            return []  # written in C, without a signature
    raise AssertionError(name)


@pytest.mark.parametrize("row", offload_table().values(), ids=lambda row: row.name)
def test_a_row_is_whole(row: Offload) -> None:
    assert canonical(row.name) == row.name
    assert row.source
    assert (row.position is None) == (row.keyword == "")
    assert row.position is not None or row.wraps


@pytest.mark.parametrize(
    "row",
    [row for row in offload_table().values() if row.name.partition(".")[0] in _INSTALLED and row.keyword],
    ids=lambda row: row.name,
)
def test_the_argument_is_where_the_row_says(row: Offload) -> None:
    names = _parameters(row.name)
    if row.name.startswith("asyncio.") and row.keyword not in names:
        pytest.skip("abstract, or written in C: its parameter has another name")
    assert row.position is not None
    assert names[row.position] == row.keyword


@pytest.mark.parametrize(
    ("callee", "position", "keyword", "runs_in"),
    [
        ("asyncio.to_thread", 0, "func", RunsIn.THREAD),
        ("anyio.to_thread.run_sync", 0, "func", RunsIn.THREAD),
        ("fastapi.concurrency.run_in_threadpool", 0, "func", RunsIn.THREAD),
        ("asyncio.AbstractEventLoop.run_in_executor", 1, "func", RunsIn.THREAD),
        ("concurrent.futures.ThreadPoolExecutor.submit", 0, "fn", RunsIn.THREAD),
        ("concurrent.futures.thread.ThreadPoolExecutor.map", 0, "fn", RunsIn.THREAD),
        ("fastapi.BackgroundTasks.add_task", 0, "func", RunsIn.THREAD),
        ("threading.Thread", 1, "target", RunsIn.THREAD),
        ("sqlmodel.ext.asyncio.session.AsyncSession.run_sync", 0, "fn", RunsIn.GREENLET),
        ("asyncio.AbstractEventLoop.call_soon", 0, "callback", RunsIn.LOOP),
    ],
)
def test_an_offload_is_found_by_name_and_through_bases(
    callee: str, position: int, keyword: str, runs_in: RunsIn
) -> None:
    row = offload_call(callee)
    assert row is not None
    assert (row.position, row.keyword, row.runs_in, row.wraps) == (position, keyword, runs_in, False)


def test_only_threads_and_processes_leave_the_loop_free() -> None:
    free = {row.runs_in for row in offload_table().values() if row.leaves_loop}
    assert free == {RunsIn.THREAD, RunsIn.PROCESS}


@pytest.mark.parametrize(
    ("callee", "result"),
    [
        ("asyncio.to_thread", ResultOf.AWAITED),
        ("concurrent.futures.ThreadPoolExecutor.submit", ResultOf.FUTURE),
        ("anyio.from_thread.run", ResultOf.RETURNED),
        ("threading.Thread", ResultOf.NOTHING),
    ],
)
def test_the_result_of_the_callable_is_had_as_the_row_says(callee: str, result: ResultOf) -> None:
    row = offload_call(callee)
    assert row is not None
    assert row.result is result


def test_a_decorator_wraps_its_function() -> None:
    row = offload_call("asyncer.asyncify")
    assert row is not None
    assert row.wraps


def test_an_ordinary_call_offloads_nothing() -> None:
    assert offload_call("asyncio.gather") is None
    assert offload_call("app.tasks.submit") is None
