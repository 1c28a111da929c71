"""Which functions are an application's lifespan."""

from pathlib import Path

import pytest

from tests.projects import build_project

IMPORTS = """\
from contextlib import asynccontextmanager, contextmanager
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from elsewhere import Server

class Application(FastAPI): ...
class Other: ...

"""
MANAGER = "@asynccontextmanager\nasync def life({}):\n    yield\n"


@pytest.mark.parametrize(
    "source",
    [
        MANAGER.format("app: FastAPI"),
        MANAGER.format("app: Starlette"),
        MANAGER.format("app: Application"),
        MANAGER.format("app") + "app = FastAPI(lifespan=life)\n",
        MANAGER.format("app") + "router = APIRouter(prefix='/x', lifespan=life)\n",
        MANAGER.format("app") + "def make(): return FastAPI(lifespan=life)\n",
        MANAGER.format("app") + "app = Application(lifespan=life)\n",
        MANAGER.format("app") + "async def make(kind: type[FastAPI]): return kind(lifespan=life)\n",
        "async def life(app): yield\napp = FastAPI(lifespan=life)\n",
    ],
)
def test_what_runs_around_an_application_is_its_lifespan(tmp_path: Path, source: str) -> None:
    project = build_project(tmp_path, {"main.py": IMPORTS + source})
    assert [function.name for function in project.lifespans] == ["life"]


@pytest.mark.parametrize(
    "source",
    [
        MANAGER.format("app"),
        MANAGER.format("app: Other"),
        MANAGER.format("app: 'x[0]'"),
        MANAGER.format("app: FastAPI, settings"),
        MANAGER.format(""),
        "async def life(app: FastAPI): yield\n",
        MANAGER.format("app") + "app = FastAPI(title='x')\n",
        MANAGER.format("app") + "app = Server(lifespan=life)\n",
        MANAGER.format("app") + "app = Other(lifespan=life)\n",
        MANAGER.format("app") + "app = unknown(lifespan=life)\n",
        "app = FastAPI(lifespan=None)\n",
    ],
)
def test_what_only_looks_like_one_is_none(tmp_path: Path, source: str) -> None:
    assert not build_project(tmp_path, {"main.py": IMPORTS + source}).lifespans
