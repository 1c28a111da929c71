"""Who serves which path: apps, routers, prefixes, inclusions and handlers."""

from pathlib import Path

import pytest

from fastapi_lint.model.project import Project
from fastapi_lint.model.routes import Route
from tests.projects import build_project


def _project(root: Path, **files: str) -> Project:
    return build_project(root, {f"app/{name}.py": text for name, text in files.items()})


def _only(project: Project) -> Route:
    (route,) = project.routes.all
    return route


def _served(project: Project) -> set[tuple[str, str]]:
    return {
        (f"{'/'.join(sorted(route.methods))} {path}", route.function.name if route.function else "")
        for route in project.routes.all
        for path in route.full_paths
    }


def test_an_app_serves_what_its_decorators_say(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import FastAPI
app = FastAPI()

@app.get("/a", response_model=list[int], status_code=201)
async def a(): ...

@app.api_route("/b", methods=["get", "POST"])
def b() -> int: ...

@app.websocket("/ws")
async def ws(websocket): ...

@app.api_route("/c")
def c(): ...
""",
    )
    assert _served(project) == {("GET /a", "a"), ("GET/POST /b", "b"), ("WEBSOCKET /ws", "ws"), ("GET /c", "c")}
    first, second, socket, _ = project.routes.all
    assert first.response_model is not None
    assert first.status_code is not None
    assert second.response_model is second.function.facts.returns if second.function else False
    assert second.status_code is None
    assert socket.is_websocket
    assert first.apps == (socket.router,)
    assert "GET /a" in repr(first)
    assert repr(first.router) == "Router(app/main.py::app)"


def test_is_route_says_whether_fastapi_calls_a_function(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef a(): ...\ndef b(): ...\n",
    )
    module = project.modules["app/main.py"]
    assert project.routes.is_route(module.functions["a"])
    assert not project.routes.is_route(module.functions["b"])


def test_two_handlers_of_one_name_are_two_routes(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import FastAPI
app = FastAPI()
@app.get("/a")
def read(): ...
@app.get("/b")
def read(): ...
""",
    )
    first, second = project.routes.all
    assert first.function is not second.function
    assert project.routes.of(second.function) == (second,) if second.function else False


def test_prefixes_of_routers_and_inclusions_add_up(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        settings="""
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    API: str = "/api"
settings = Settings()
VERSION = "v1"
""",
        users="""
from fastapi import APIRouter
router = APIRouter(prefix="/users")
@router.get("/{user_id}")
def read(user_id: int): ...
""",
        main="""
from fastapi import APIRouter, FastAPI
from app import users
from app.settings import VERSION, settings
api = APIRouter(prefix=f"/{VERSION}")
api.include_router(users.router)
app = FastAPI()
app.include_router(api, prefix=settings.API)
app.include_router(users.router, prefix="/old" + "er")
""",
    )
    assert _only(project).full_paths == ("/older/users/{user_id}", "/api/v1/users/{user_id}")


@pytest.mark.parametrize(
    "prefix",
    ["compute()", "f'/{compute()}'", "'/a' + compute()", "NAMES[0]", "CHANGED"],
)
def test_a_prefix_that_depends_on_a_value_leaves_the_full_path_unknown(tmp_path: Path, prefix: str) -> None:
    project = _project(
        tmp_path,
        main=f"""
from fastapi import APIRouter, FastAPI
NAMES = ["/a"]
CHANGED = "/a"
CHANGED += "/b"
router = APIRouter(prefix={prefix})
@router.get("/x")
def read(): ...
app = FastAPI()
app.include_router(router)
""",
    )
    assert _only(project).full_paths == ()
    assert _only(project).path == "/x"


def test_a_path_that_is_not_known_has_no_methods_either(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import FastAPI
app = FastAPI()
@app.get(path())
def read(): ...
@app.api_route("/x", methods=methods())
def other(): ...
""",
    )
    first, second = project.routes.all
    assert (first.path, first.methods, first.full_paths) == (None, frozenset(), ())
    assert (second.path, second.methods) == ("/x", frozenset())


def test_routers_of_project_classes_are_routers(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        routing="""
from fastapi import APIRouter as Plain
from fastapi.routing import APIRoute

class LoggedRoute(APIRoute):
    pass

class PickyRoute(APIRoute):
    def matches(self, scope): ...

def router_class(route_class):
    class _Router(Plain):
        def __init__(self, *args, **kwargs):
            kwargs["route_class"] = route_class
            super().__init__(*args, **kwargs)
    return _Router

class Prefixed(Plain):
    def __init__(self, **kwargs):
        super().__init__(prefix="/own", **kwargs)

class Computed(Plain):
    def __init__(self, name):
        super().__init__(prefix=name)

APIRouter = router_class(LoggedRoute)
Picky = router_class(route_class=PickyRoute)
Alias = Prefixed
Other = router_class(unknown())
def no_class():
    if True:
        return
    return no_class
Nothing = no_class()
Number = 3
Round = Trip
Trip = Round
""",
        main="""
from fastapi import FastAPI
from inferring import InferringRouter
from app.routing import Alias, APIRouter, Computed, Nothing, Number, Other, Picky, Round

class Application(FastAPI):
    def __init__(self):
        super().__init__()
        self.include_router(logged)

logged = APIRouter()
picky = Picky()
aliased = Alias()
computed = Computed("/x")
other = Other()
inferring = InferringRouter()
nothing = Nothing()
number = Number()
trip = Round()

@logged.get("/logged")
def a(): ...
@picky.get("/picky")
def b(): ...
@aliased.get("/aliased")
def c(): ...
@computed.get("/computed")
def d(): ...
@inferring.get("/inferring")
def e(): ...
@other.get("/other")
def f(): ...

app = Application()
""",
    )
    paths = {route.function.name: route.full_paths for route in project.routes.all if route.function}
    assert paths == {
        "a": ("/logged",),
        "b": ("/picky",),
        "c": ("/own/aliased",),
        "d": (),
        "e": ("/inferring",),
        "f": ("/other",),
    }
    by_name = {router.name: router for router in project.routes.routers}
    assert by_name["logged"].route_class is project.modules["app/routing.py"].classes["LoggedRoute"]
    assert not by_name["logged"].has_own_matching
    assert by_name["picky"].has_own_matching
    assert by_name["other"].has_own_matching
    assert [router.name for router in project.routes.all[0].apps] == ["app"]


def test_a_route_class_of_the_framework_matches_by_path(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter
from fastapi.routing import APIRoute
from elsewhere import TheirRoute
class Own(APIRoute):
    pass
own = APIRouter(route_class=Own)
theirs = APIRouter(route_class=TheirRoute)
@own.get("/a")
def a(): ...
@theirs.get("/a")
def b(): ...
""",
    )
    by_name = {router.name: router.has_own_matching for router in project.routes.routers}
    assert by_name == {"own": False, "theirs": True}


def test_routes_inside_a_factory_belong_to_the_app_that_it_returns(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        users="""
from fastapi import APIRouter
def make_router(prefix):
    router = APIRouter(prefix=prefix)
    @router.get("/made")
    def made(): ...
    return router
class Views:
    router = APIRouter(prefix="/views")
    def __init__(self):
        self.other = APIRouter()
        self.other.add_api_route("/method", self.method, methods=["PUT"])
    def method(self): ...
    def build(self):
        return self.router
@Views.router.get("/decorated")
def decorated(): ...
""",
        main="""
import functools
from fastapi import FastAPI
from app.users import Views, make_router

def register(app: FastAPI, flag: bool) -> None:
    @app.delete("/registered")
    def registered(): ...
    app.add_api_route("/added", functools.partial(handler, 1))
    app.add_api_websocket_route("/socket", socket)

def socket(): ...
def handler(number): ...

def create_app():
    app = FastAPI()
    if True:
        from app.users import make_router as maker
        app.include_router(maker("/x"))
    app.include_router(Views().other, prefix="/v")
    app.include_router(Views().build())
    register(app, flag=True)
    return app

app = create_app()

@app.get("/late")
def late(): ...
app.get("/called")(late)
""",
    )
    assert _served(project) == {
        ("DELETE /registered", "registered"),
        ("GET /added", "handler"),
        ("WEBSOCKET /socket", "socket"),
        ("PUT /v/method", "method"),
        ("GET /views/decorated", "decorated"),
        ("GET /late", "late"),
        ("GET /called", "late"),
    }
    assert all(len(route.apps) == 1 for route in project.routes.all)


def test_a_router_that_is_handed_over_to_be_included_is_included(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter, FastAPI

api = APIRouter()
@api.get("/x")
def read(): ...

def outer(app, router):
    inner(app, api_router=router)

def inner(app, *, api_router):
    app.include_router(api_router, prefix="/v1")

app = FastAPI()
outer(app, api)
""",
    )
    assert _only(project).full_paths == ("/v1/x",)


def test_a_loop_over_a_literal_list_includes_each_router(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        lists="""
from app import a, b
ROUTERS = [a.router]
PAIRS = ((a.router, "/one"), (b.router, "/two"))
""",
        a="from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a')\ndef a(): ...\n",
        b="from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/b')\ndef b(): ...\n",
        main="""
from fastapi import FastAPI
from app import a, b
from app.lists import PAIRS, ROUTERS
app = FastAPI()
for router in [a.router, b.router]:
    app.include_router(router)
for router in ROUTERS:
    app.include_router(router, prefix="/r")
for router, prefix in PAIRS:
    app.include_router(router, prefix=prefix)
for router in unknown():
    app.include_router(router)
""",
    )
    assert {path for route in project.routes.all for path in route.full_paths} == {
        "/a",
        "/b",
        "/r/a",
        "/one/a",
        "/two/b",
    }
    assert len(project.routes.unresolved) == 1


def test_what_is_mounted_is_reached_below_its_path(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
def guard(): ...
api = FastAPI()
@api.get("/x")
def read(): ...
app = FastAPI(dependencies=[Depends(guard)])
app.mount("/api/", api)
app.mount("/static", app=StaticFiles())
app.router.add_route("/y", read)
""",
    )
    mounted, direct = project.routes.all
    assert mounted.full_paths == ("/api/x",)
    assert mounted.extra_dependencies == ()
    assert len(direct.extra_dependencies) == 1
    assert direct.full_paths == ("/y",)
    assert "None" in repr(project.routes.routers[-1].entries[1])


def test_dependencies_of_routers_inclusions_and_apps_apply_to_a_route(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter, Depends, FastAPI
GUARDS = [Depends(of_the_router)]
router = APIRouter(dependencies=GUARDS)
@router.get("/x", dependencies=[Depends(of_the_route)])
def read(): ...
app = FastAPI(dependencies=[Depends(of_the_app)])
app.include_router(router, dependencies=[Depends(of_the_inclusion)])
""",
    )
    assert len(_only(project).extra_dependencies) == 4


def test_routers_that_include_each_other_come_to_an_end(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter
a = APIRouter(prefix="/a")
b = APIRouter(prefix="/b")
a.include_router(b)
b.include_router(a)
@a.get("/x")
def read(): ...
""",
    )
    assert _only(project).apps == ()


def test_what_is_no_router_has_no_routes(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
import httpx
client = httpx.Client()
loop = loop
@client.get("/x")
def read(): ...
@mock.patch("x")
def other(): ...
client.mount("https://", adapter)
client.include_router()
recursive = recursive()
@recursive.get("/y")
def third(): ...
@unknown[0].get("/z")
def fourth(): ...
def returns_itself():
    return returns_itself()
@returns_itself().get("/q")
def fifth(): ...
""",
    )
    assert project.routes.all == ()
    assert project.routes.routers == ()


def test_a_name_that_is_bound_again_is_the_router_of_the_moment(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter, FastAPI
router = APIRouter(prefix="/a")
@router.get("/x")
def first(): ...
other: APIRouter = router
router = APIRouter(prefix="/b")
@router.get("/x")
def second(): ...
app = FastAPI()
with context():
    app.include_router(router)
try:
    app.include_router(other)
except ImportError:
    app.include_router(other, prefix="/never")
match flag:
    case 1:
        app.include_router(other, prefix="/one")
while flag:
    app.include_router(other, prefix="/again")
""",
    )
    assert {path for route in project.routes.all for path in route.full_paths} == {
        "/b/x",
        "/a/x",
        "/never/a/x",
        "/one/a/x",
        "/again/a/x",
    }


def test_methods_of_a_class_based_view_are_routes(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter
from fastapi_utils.cbv import cbv
router = APIRouter()
@cbv(router)
class Users:
    @router.get("/users")
    def read(self): ...
class Pages:
    def home(self): ...
pages = Pages()
router.add_api_route("/home", pages.home)
router.add_api_route("/unknown", lambda: 1)
router.add_api_route("/called", make()(1))
""",
    )
    assert [route.function.qualname if route.function else None for route in project.routes.all] == [
        "Users.read",
        "Pages.home",
        None,
        None,
    ]


def test_async_factories_and_injected_apps_are_followed(tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        main="""
from fastapi import APIRouter, FastAPI

class Server:
    def __init__(self, app: FastAPI):
        self.app = app
        self.setup()
        helper(self.app)
    def setup(self):
        self.include(self.app)
    def include(self, app):
        @app.get("/inside")
        async def inside(): ...

def helper(app):
    app.add_api_route("/helped", handler)

async def handler(): ...

async def make():
    app = FastAPI()
    return app

async def main():
    app = await make()
    @app.get("/awaited")
    async def awaited(): ...
""",
    )
    assert {"/inside", "/helped", "/awaited"} == {route.path for route in project.routes.all}
