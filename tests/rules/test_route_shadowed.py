"""FL601: when a route is out of reach, and what its callers get."""

from pathlib import Path

import pytest

from fastapi_lint.model.route_patterns import Pattern, PatternIndex
from fastapi_lint.rules.api.route_shadowed import RouteShadowed
from fastapi_lint.rules.base import Violation
from tests.projects import build_project

HEAD = """
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Literal
from fastapi import APIRouter, Depends, FastAPI, Path
class Kind(str, enum.Enum):
    small = "small"
    computed = compute()
class Size(enum.Enum):
    small = "small"
Number = int
app = FastAPI()
"""


def _found(root: Path, text: str, **files: str) -> list[Violation]:
    sources = {f"app/{name}.py": source for name, source in files.items()}
    project = build_project(root, {"app/main.py": HEAD + text, **sources})
    return list(RouteShadowed().check(project))


@pytest.mark.parametrize(
    ("earlier", "later", "covered"),
    [
        ("/a/{x}", "/a/b", True),
        ("/a/{x}", "/a/{y}", True),
        ("/a/{x}", "/a/{y:int}", True),
        ("/a/{x:int}", "/a/{y}", False),
        ("/a/{x:int}", "/a/7", True),
        ("/a/{x:float}", "/a/7.5", True),
        ("/a/{x:uuid}", "/a/me", False),
        ("/a/{x:own}", "/a/me", False),
        ("/a/{x:own}", "/a/{y:own}", True),
        ("/a/{x}.json", "/a/b.json", True),
        ("/a/{x}.json", "/a/b", False),
        ("/a/{x}.json", "/a/{y}.json", True),
        ("/a/{x}", "/a/{y}.json", True),
        ("/a/{x}", "/a/b/c", False),
        ("/a/{x}", "/a/", False),
        ("/a/b", "/a/b", True),
        ("/a/b", "/a/{x}", False),
        ("/{p:path}", "/a/b", True),
        ("/{p:path}", "/{q:path}", True),
        ("/a/{p:path}", "/a", False),
        ("/a/{p:path}/edit", "/a/b/edit", False),
        ("/a/{x}", "/a/{p:path}", False),
        ("/a/{x}", "/a/\0prefix", False),
        ("/a/{p:path}", "/a/\0prefix", True),
    ],
)
def test_a_pattern_covers_another(earlier: str, later: str, covered: bool) -> None:  # noqa: FBT001
    index: PatternIndex[str] = PatternIndex()
    index.add(Pattern(earlier), "earlier")
    assert list(index.covering(Pattern(later))) == (["earlier"] if covered else [])
    assert Pattern("/a/b").is_static


@pytest.mark.parametrize(
    ("annotation", "path", "says"),
    [
        ("int", "me", "is no number"),
        ("Decimal", "me", "is no number"),
        ("int", "7", "answers instead"),
        ("float", "7.5", "answers instead"),
        ("Annotated[int, Path()]", "me", "is no number"),
        ("Number", "me", "is no number"),
        ("uuid.UUID", "me", "is no UUID"),
        ("Literal['a', 'b']", "me", "is no allowed value"),
        ("Literal['me']", "me", "answers instead"),
        ("Size", "me", "is no member of Size"),
        ("Size", "small", "answers instead"),
        ("Kind", "me", "answers instead"),
        ("str", "me", "answers instead"),
        ("int | str", "me", "answers instead"),
        ("list[int]", "me", "answers instead"),
        ("unknown[int]", "me", "answers instead"),
    ],
)
def test_the_type_of_the_parameter_decides_what_callers_get(
    tmp_path: Path, annotation: str, path: str, says: str
) -> None:
    (found,) = _found(
        tmp_path,
        f"""
@app.get("/x/{{item}}")
def read(item: {annotation}): ...
@app.get("/x/{path}")
def later(): ...
""",
    )
    assert says in found.message


def test_a_parameter_that_a_dependency_declares_tells_nothing_of_its_type(tmp_path: Path) -> None:
    (found,) = _found(
        tmp_path,
        """
def load(item: int): ...
@app.get("/x/{item}")
def read(loaded=Depends(load)): ...
@app.get("/x/me")
def later(): ...
app.add_api_route("/y/{item}", lambda: 1)
""",
    )
    assert "read answers instead" in found.message


@pytest.mark.parametrize(
    "text",
    [
        # the same path twice, and the same handler twice
        '@app.get("/x/{a}")\ndef a(a): ...\n@app.get("/x/{a}")\ndef b(a): ...\n',
        '@app.get("/x/{a}")\n@app.get("/x/me")\ndef a(a="me"): ...\n',
        # other methods, or some of them only
        '@app.get("/x/{a}")\ndef a(a): ...\n@app.api_route("/x/me", methods=["GET", "PUT"])\ndef b(): ...\n',
        '@app.get("/x/{a}")\ndef a(a): ...\n@app.api_route("/x/me", methods=names())\ndef b(): ...\n',
        '@app.get("/x/{a}")\ndef a(a): ...\n@app.websocket("/x/me")\ndef b(): ...\n',
        # versions of an API
        (
            'from fastapi_versioning import version\n@app.get("/x/{a}")\n@version(1)\ndef a(a): ...\n'
            '@app.get("/x/me")\ndef b(): ...\n'
        ),
        (
            'from fastapi_versioning import version\n@app.get("/x/{a}")\ndef a(a): ...\n'
            '@app.get("/x/me")\n@version(2)\ndef b(): ...\n'
        ),
        # only one of them is there
        'if flag:\n    @app.get("/x/{a}")\n    def a(a): ...\n@app.get("/x/me")\ndef b(): ...\n',
        'if flag:\n    @app.get("/x/{a}")\n    def a(a): ...\nelse:\n    @app.get("/x/me")\n    def b(): ...\n',
        # paths and prefixes that are not known
        '@app.get(name())\ndef a(a): ...\n@app.get("/x/me")\ndef b(): ...\n',
        (
            'r = APIRouter(prefix=name())\n@r.get("/{a}")\ndef a(a): ...\napp.include_router(r)\n'
            '@app.get("/x/me")\ndef b(): ...\n'
        ),
        (
            'r = APIRouter()\n@r.get("/{a}")\ndef a(a): ...\napp.include_router(r, prefix=name())\n'
            '@app.get("/x/me")\ndef b(): ...\n'
        ),
        'app.mount(name(), other)\n@app.get("/x/me")\ndef b(): ...\n',
        # an app that is mounted elsewhere, or later
        'app.mount("/static", other)\n@app.get("/x/me")\ndef b(): ...\n',
        '@app.get("/x/me")\ndef b(): ...\napp.mount("/", other)\n',
    ],
)
def test_a_route_that_can_be_reached_is_silent(tmp_path: Path, text: str) -> None:
    assert _found(tmp_path, text) == []


def test_a_route_below_one_unknown_prefix_is_compared_with_its_neighbours(tmp_path: Path) -> None:
    text = """
r = APIRouter(prefix=name())
@r.get("/{a}")
def a(a): ...
@r.get("/me")
def b(): ...
app.include_router(r)
"""
    (found,) = _found(tmp_path, text)
    assert "GET /me is never reached" in found.message


def test_what_is_mounted_on_everything_takes_everything(tmp_path: Path) -> None:
    text = 'app.mount("/", other)\n@app.get("/x")\ndef b(): ...\n@app.websocket("/y")\ndef c(): ...\n'
    first, second = _found(tmp_path, text)
    assert "the app mounted at '/'" in first.message
    assert "WEBSOCKET /y" in second.message


def test_a_conditional_route_after_an_unconditional_one_is_out_of_reach(tmp_path: Path) -> None:
    text = '@app.get("/x/{a}")\ndef a(a): ...\nif flag:\n    @app.get("/x/me")\n    def b(): ...\n'
    assert len(_found(tmp_path, text)) == 1


def test_routes_that_decide_themselves_are_left_alone(tmp_path: Path) -> None:
    text = """
from fastapi.routing import APIRoute
class Picky(APIRoute):
    def matches(self, scope): ...
r = APIRouter(route_class=Picky)
@r.get("/x/{a}")
def a(a): ...
@r.get("/x/me")
def b(): ...
app.include_router(r)
@app.get("/x/you")
def c(): ...
"""
    assert _found(tmp_path, text) == []


def test_the_evidence_shows_both_inclusions(tmp_path: Path) -> None:
    router = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    (found,) = _found(
        tmp_path,
        "from app import one, two\napp.include_router(one.router)\napp.include_router(two.router)\n",
        one=f'{router}@router.get("/x/{{a}}")\ndef a(a): ...\n',
        two=f'{router}@router.get("/x/me")\ndef b(): ...\n',
    )
    assert [step.module for step in found.evidence] == ["app/one.py", "app/main.py", "app/main.py"]
    assert found.module == "app/two.py"


def test_a_router_that_two_apps_include_is_reported_once(tmp_path: Path) -> None:
    text = """
r = APIRouter()
@r.get("/x/{a}")
def a(a): ...
@r.get("/x/me")
def b(): ...
app.include_router(r)
second = FastAPI()
second.include_router(r)
r.include_router(r)
"""
    assert len(_found(tmp_path, text)) == 1


def test_tests_may_shadow_their_routes(tmp_path: Path) -> None:
    text = '@app.get("/x/{a}")\ndef a(a): ...\n@app.get("/x/me")\ndef b(): ...\n'
    project = build_project(tmp_path, {"tests/test_app.py": HEAD + text})
    assert list(RouteShadowed().check(project)) == []
