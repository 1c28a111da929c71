"""What FastAPI injects: who asks for what, and where it runs."""

from pathlib import Path

import pytest

from fastapi_lint.model.dependencies import Dependency
from fastapi_lint.model.project import Project
from tests.projects import build_project

ROUTE = """
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, Security
app = FastAPI()
"""


def _project(root: Path, **files: str) -> Project:
    return build_project(root, {f"app/{name}.py": text for name, text in files.items()})


def _of(project: Project, name: str, module: str = "app/main.py") -> tuple[Dependency, ...]:
    return project.dependencies.of(project.modules[module].functions[name])


def _target(project: Project, name: str = "read", module: str = "app/main.py") -> str:
    (found,) = _of(project, name, module)
    return found.target.key.partition(":")[2] if found.target is not None else found.external


@pytest.mark.parametrize(
    ("parameter", "target"),
    [
        ("db=Depends(get_db)", "get_db"),
        ("db: int = Security(get_db, scopes=['a'])", "get_db"),
        ("db: Annotated[int, Depends(get_db)]", "get_db"),
        ("db: 'Annotated[int, Depends(get_db)]'", "get_db"),
        ("db: Annotated[int, 'text', Depends(get_db)]", "get_db"),
        ("db: Database", "get_db"),
        ("db: deps.Database", "get_db"),
        ("db: Nested", "get_db"),
        ("db: Generic[int]", "get_db"),
        ("db=DEFAULT", "get_db"),
        ("db=need()", "get_db"),
        ("db: Holder.Session", "get_db"),
        ("service: Service = Depends()", "Service"),
        ("service: Annotated[Service, Depends()]", "Service"),
        ("service=Depends(Service)", "Service"),
        ("service=Depends(Box[int])", "Box"),
        ("checked=Depends(Checker('admin'))", "Checker.__call__"),
        ("checked=Depends(checker)", "Checker.__call__"),
        ("checked=Depends(checker.check)", "Checker.check"),
        ("checked=Depends(Checker.make)", "Checker.make"),
        ("checked=Depends(require('x'))", "require.<locals>.check"),
        ("checked=Depends(checker.factory())", "Checker.__call__"),
        ("checked=Depends(partial(get_db, 1))", "get_db"),
        ("checked=Depends(renamed)", "get_db"),
        ("token=Depends(OAuth2PasswordBearer('x'))", "fastapi.security.OAuth2PasswordBearer()"),
        ("form=Depends(OAuth2PasswordRequestForm)", "fastapi.security.OAuth2PasswordRequestForm"),
        ("checked=Depends(either())", ""),
        ("checked=Depends(lambda: 1)", ""),
        ("checked=Depends(unknown)", ""),
        ("checked=Depends(round_and_round)", ""),
        ("checked=Depends()", ""),
    ],
)
def test_a_parameter_asks_for(tmp_path: Path, parameter: str, target: str) -> None:
    project = _project(
        tmp_path,
        deps="""
from functools import partial
from typing import Annotated, Generic as G, TypeVar
from fastapi import Depends
T = TypeVar("T")
def get_db(number=1):
    yield 1
renamed = get_db
round_and_round = back = round_and_round
Database = Annotated[int, Depends(get_db)]
Nested = Annotated[Database, "more"]
Generic = Annotated[T, Depends(get_db)]
DEFAULT = Depends(get_db)
def need():
    if False:
        return None
    return Depends(get_db)
class Holder:
    Session = Annotated[int, Depends(get_db)]
class Service:
    def __init__(self, db: Database): ...
class Box(G[T]): ...
class Checker:
    def __init__(self, role): ...
    def __call__(self, db: Database): ...
    def check(self): ...
    def factory(self):
        return Checker("x")
    @staticmethod
    def make(): ...
checker = Checker("user")
def require(name):
    def check(): ...
    return check
def either():
    if name:
        return get_db
    return require("x")
""",
        main=f"""{ROUTE}
from functools import partial
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from app import deps
from app.deps import *
@app.get("/")
def read({parameter}): ...
""",
    )
    assert _target(project) == target


@pytest.mark.parametrize(
    "parameter",
    [
        "a: int = 1",
        "a: Annotated[int, 'text']",
        "a: list[int]",
        "a: 1 = None",
        "a: Annotated",
        "a=[Depends(get_db)]",
        "a=compute()",
        "a: Missing",
        "a: Missing.Name",
        "a: Optional[Annotated[int, Depends(get_db)]] = None",
    ],
)
def test_a_parameter_without_depends_asks_for_nothing(tmp_path: Path, parameter: str) -> None:
    project = _project(tmp_path, main=f"{ROUTE}\ndef get_db(): ...\ndef compute(): ...\n\ndef read({parameter}): ...\n")
    assert _of(project, "read") == ()


def test_scope_and_cache_are_read_and_the_alias_is_known(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
def get_db(): ...
Database = Annotated[int, Depends(get_db, scope="function", use_cache=False)]
@app.get("/")
def read(db: Database, other=Depends(get_db, scope=compute())): ...
""",
    )
    aliased, other = _of(project, "read")
    assert (aliased.scope, aliased.use_cache, aliased.parameter) == ("function", False, "db")
    assert aliased.alias is project.modules["app/main.py"].variables["Database"]
    assert (other.scope, other.use_cache, other.alias) == (None, True, None)
    text = project.modules["app/main.py"]
    assert aliased.module is text


def test_a_name_of_the_factory_hides_the_name_of_the_module(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
def get_db(): ...
def make(get_db, other):
    alias = Annotated[int, Depends(other)]
    local = get_inner
    def get_inner(): ...
    @app.get("/")
    def read(db=Depends(get_db)): ...
    def aliased(x: alias): ...
    def named(x=Depends(local)): ...
""",
    )
    (hidden,) = _of(project, "make.<locals>.read")
    assert hidden.target is None
    (unknown,) = _of(project, "make.<locals>.aliased")
    assert unknown.target is None
    assert _target(project, "make.<locals>.named") == "make.<locals>.get_inner"


def test_a_route_needs_what_its_dependencies_need(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
def get_engine(): ...
def get_db(engine=Depends(get_engine)): ...
class Service:
    def __init__(self, db=Depends(get_db)): ...
router = APIRouter(dependencies=[Depends(get_engine)])
@router.get("/a")
def first(service: Annotated[Service, Depends()]): ...
@app.get("/b")
def second(engine=Depends(get_engine)): ...
app.include_router(router)
def nobody(): ...
""",
    )
    functions = project.modules["app/main.py"].functions
    uses = project.dependencies.users_of(functions["get_engine"])
    assert [(use.route.path, len(use.chain)) for use in uses] == [("/a", 1), ("/b", 1)]
    (use,) = project.dependencies.users_of(functions["get_db"])
    assert [item.target.key for item in use.chain if item.target] == ["app/main.py:Service", "app/main.py:get_db"]
    assert use.chain[0].function is functions["Service.__init__"]
    service = project.modules["app/main.py"].classes["Service"]
    assert [item.route.path for item in project.dependencies.users_of(service)] == ["/a"]
    assert len(project.dependencies.declarations_of(functions["get_engine"])) == 3
    assert len(project.dependencies.declarations_of(service)) == 1
    assert project.dependencies.is_dependency(functions["Service.__init__"])
    assert not project.dependencies.is_dependency(functions["nobody"])
    assert len(list(project.dependencies.all)) == 5


def test_fields_of_a_dataclass_are_dependencies(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
from dataclasses import dataclass
def get_db(): ...
class Outer:
    page: int = 1
@dataclass
class Inner(Outer):
    db: int = Depends(get_db)
@dataclass
class Filters(Outer):
    inner: Inner = Depends()
    plain = 3
@app.get("/")
def read(filters: Filters = Depends()): ...
""",
    )
    functions = project.modules["app/main.py"].functions
    (use,) = project.dependencies.users_of(functions["get_db"])
    assert len(use.chain) == 3


def test_a_class_based_view_asks_with_its_attributes_and_its_init(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
from fastapi_utils.cbv import cbv
def get_db(): ...
def get_user(): ...
@cbv(app)
class Users:
    db: int = Depends(get_db)
    size = 3
    def __init__(self, user=Depends(get_user)): ...
    @app.get("/")
    def read(self): ...
@cbv(app)
class Plain:
    db: Annotated[int, Depends(get_db)]
    @app.get("/plain")
    def read(self): ...
""",
    )
    routes = {route.path: project.dependencies.of_route(route) for route in project.routes.all}
    assert [item.target.name for item in routes["/"] if item.target] == ["get_user", "get_db"]
    assert [item.target.name for item in routes["/plain"] if item.target] == ["get_db"]


def test_event_loop_says_where_fastapi_runs_a_function(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
import functools
import cachetools
def on_loop(function):
    async def wrapper(*args):
        return function(*args)
    return wrapper
def configured(size):
    def decorate(function):
        @functools.wraps(function)
        async def wrapper(*args):
            return function(*args)
        return wrapper
    return decorate
def in_thread(function):
    def wrapper(*args):
        return function(*args)
    return wrapper
class Service:
    def __init__(self): ...
async def async_dependency(): ...
def dependency(): ...
def helper(): ...
@app.get("/a")
async def async_route(a=Depends(async_dependency), b=Depends(dependency), c=Depends(Service)): ...
@app.get("/b")
def route(): ...
@app.get("/c")
@on_loop
def wrapped(): ...
@app.get("/d")
@configured(3)
def wrapped_with_arguments(): ...
@app.get("/e")
@in_thread
def threaded(): ...
@app.get("/f")
@cachetools.cached({{}})
def cached(): ...
@app.websocket("/ws")
async def socket(): ...
""",
    )
    functions = project.modules["app/main.py"].functions
    where = {name: project.dependencies.event_loop(function) for name, function in functions.items()}
    assert {name for name, loop in where.items() if loop} == {
        "async_route",
        "async_dependency",
        "wrapped",
        "wrapped_with_arguments",
        "socket",
    }
    pool = {"route", "dependency", "Service.__init__", "threaded", "cached"}
    assert {name for name, loop in where.items() if loop is False} == pool
    assert where["helper"] is None


def test_special_parameters_are_known_by_their_class(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
from fastapi import BackgroundTasks, Request
class OwnRequest(Request): ...
@app.get("/")
def read(request: Request, own: OwnRequest, tasks: BackgroundTasks, number: int, untyped): ...
""",
    )
    found = project.dependencies.special(project.modules["app/main.py"].functions["read"])
    assert found == {
        "request": "starlette.requests.Request",
        "own": "starlette.requests.Request",
        "tasks": "fastapi.BackgroundTasks",
    }


def test_dependencies_that_ask_for_each_other_come_to_an_end(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main=f"""{ROUTE}
def first(x=Depends(second)): ...
def second(x=Depends(first)): ...
A = B
B = A
Endless = Annotated["Endless", "x"]
def third(x: A, y: Endless): ...
def make():
    return make()
def fourth(x=make()): ...
@app.get("/", dependencies=[Depends(second), unknown])
def read(): ...
""",
    )
    (use,) = project.dependencies.users_of(project.modules["app/main.py"].functions["first"])
    assert len(use.chain) == 2
    assert _of(project, "third") == ()
    assert _of(project, "fourth") == ()
