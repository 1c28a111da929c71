"""How a request comes to a function, and which functions have an event loop for themselves."""

from pathlib import Path

import pytest

from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from tests.projects import build_project

SOURCE = """\
import asyncio
from contextlib import asynccontextmanager
from fastapi import Depends, FastAPI

async def deepest(): ...
async def deep(): await deepest()
async def short(): await deepest()
async def given(): await shared()
async def shared(): ...
async def ping(): await pong()
async def pong(): await ping()

@asynccontextmanager
async def lifespan(app: FastAPI):
    await warm()
    yield

async def warm(): ...
async def nobody(): ...
async def job(): await step()
async def step(): ...
def command(): asyncio.run(job())
async def spawner():
    asyncio.create_task(beside())
    await mate()
async def beside(): ...
async def mate(): ...
def other(): asyncio.run(spawner())
async def gatherer():
    await asyncio.gather(part(), *(part() for _ in range(3)))
    await after()
async def part(): ...
async def after(): ...
async def starter():
    parts = [shard()]
    await asyncio.gather(*parts)
    await behind()
async def shard(): ...
async def behind(): ...
def third(): asyncio.run(gatherer()); asyncio.run(starter())

app = FastAPI(lifespan=lifespan)

@app.get("/long")
async def long():
    await deep()
    await ping()

@app.get("/short")
async def quick(found=Depends(given)):
    await short()
"""


def _project(root: Path) -> Project:
    project = build_project(root, {"app.py": SOURCE})
    assert project.analyses
    return project


def _function(project: Project, name: str) -> Function:
    return project.modules["app.py"].functions[name]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("long", (["long"], [])),
        ("deepest", (["long"], ["long", "deep"])),
        ("pong", (["long"], ["long", "ping"])),
        ("nobody", ([], [])),
        ("step", ([], [])),
    ],
)
def test_the_shortest_way_of_a_request_begins_at_a_route(
    tmp_path: Path, name: str, expected: tuple[list[str], list[str]]
) -> None:
    project = _project(tmp_path)
    route, way = project.requests.way_to(_function(project, name))
    assert ([route.function.name] if route and route.function else [], [call.function.name for call in way]) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("deepest", ["/long", "/short"]), ("pong", ["/long"]), ("nobody", []), ("quick", ["/short"])]
)
def test_all_routes_above_a_function_are_known(tmp_path: Path, name: str, expected: list[str]) -> None:
    project = _project(tmp_path)
    assert sorted(str(route.path) for route in project.requests.routes_to(_function(project, name))) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("step", True),  # asyncio.run() in a command
        ("warm", True),  # before the first request
        ("deepest", False),  # requests run beside each other
        ("mate", False),  # its caller starts a task
        ("part", False),  # its siblings run beside it
        ("after", True),  # what was gathered has ended
        ("behind", False),  # what is gathered may have been started before
        ("nobody", False),  # may be called by anybody
        ("pong", False),
        ("long", False),
    ],
)
def test_a_coroutine_function_runs_alone_where_nothing_else_is_on_its_loop(
    tmp_path: Path, name: str, *, expected: bool
) -> None:
    project = _project(tmp_path)
    assert project.requests.runs_alone(_function(project, name)) is expected


def test_callers_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    project = _project(tmp_path)
    callers = project.requests.callers(_function(project, "deepest"))
    assert [caller.function.name for caller in callers] == ["deep", "short"]
    assert project.requests.is_route(_function(project, "long"))
    assert not project.requests.is_route(_function(project, "deep"))
