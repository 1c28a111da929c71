"""Callables from outside the project that give a session, because the configuration says so."""

from pathlib import Path

import pytest

from fastapi_lint.config import Config, SessionKind
from fastapi_lint.rules.asynchronous.sync_session_in_async import SyncSessionInAsync
from fastapi_lint.rules.asynchronous.unawaited_coroutine import UnawaitedCoroutine
from tests.projects import build_project

ROUTE = """\
from acme.database import open_session
from fastapi import Depends, FastAPI

app = FastAPI()


@app.post("/orders")
async def create_order(session=Depends(open_session)) -> None:
    session.commit()
"""
JOB = """\
from acme.database import open_session


async def clean_up() -> None:
    async with open_session() as session:
        session.commit()
"""


def _config(kind: SessionKind) -> Config:
    return Config(session_providers={"acme.database.open_session": kind})


@pytest.mark.parametrize("source", [ROUTE, JOB], ids=["injected", "called"])
def test_a_configured_provider_gives_a_session_that_must_be_awaited(tmp_path: Path, source: str) -> None:
    project = build_project(tmp_path, {"app/main.py": source}, _config(SessionKind.ASYNC))
    assert [item.module for item in UnawaitedCoroutine().check(project)] == ["app/main.py"]


def test_a_synchronous_one_blocks(tmp_path: Path) -> None:
    project = build_project(tmp_path, {"app/main.py": ROUTE}, _config(SessionKind.SYNC))
    assert [item.module for item in SyncSessionInAsync().check(project)] == ["app/main.py"]
    assert not list(UnawaitedCoroutine().check(project))


@pytest.mark.parametrize("source", [ROUTE, JOB], ids=["injected", "called"])
def test_what_nobody_configured_gives_nothing_known(tmp_path: Path, source: str) -> None:
    project = build_project(tmp_path, {"app/main.py": source})
    assert not list(UnawaitedCoroutine().check(project))
    assert not list(SyncSessionInAsync().check(project))
