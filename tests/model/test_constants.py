"""What constant expressions come to, and what names mean inside functions."""

from pathlib import Path

import pytest

from fastapi_lint.facts.expressions import Call, Expr, Name
from fastapi_lint.facts.statements import Assign
from fastapi_lint.model.constants import Constants
from fastapi_lint.model.lexical import Lexical, Local, argument, expressions
from fastapi_lint.model.modules import Module
from tests.projects import build_project

SETTINGS = """
import os
from pydantic import Field
from pydantic_settings import BaseSettings

class Base(BaseSettings):
    inherited: str = "/inherited"
class Settings(Base):
    plain: str = "/plain"
    field: str = Field("/field")
    named: str = Field(default="/named", alias="x")
    listed: list[str] = Field(default_factory=lambda: ["*"])
    required: str
    made: str = Field(default_factory=make)
class Paths:
    USERS = "/users"
    NUMBER = 7
settings = Settings()
def get_settings() -> Settings: ...
def get_text() -> str: ...
def get_untyped(): ...
def get_many() -> list[Settings]: ...
cached = get_settings()
NAME = "/name"
TWICE = "/a"
TWICE = "/b"
if True:
    BRANCH = "/a"
else:
    BRANCH = "/b"
LOOP = LOOP
LISTED = ("a", NAME, *TWICE)
"""


def _value(root: Path, text: str) -> tuple[Module, Expr, Constants]:
    main = f"from app import settings as s\nfrom app.settings import *\nimport os\nRESULT = {text}\n"
    project = build_project(root, {"app/settings.py": SETTINGS, "app/main.py": main})
    module = project.modules["app/main.py"]
    (statement,) = [item for item in module.body if isinstance(item, Assign)]
    return module, statement.value, Constants(Lexical())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'x'", "x"),
        ("NAME", "/name"),
        ("s.NAME", "/name"),
        ("NAME + '/x'", "/name/x"),
        ("f'{NAME}/{Paths.NUMBER}'", "/name/7"),
        ("f'{NAME}/{unknown()}'", None),
        ("NAME + unknown", None),
        ("Paths.USERS", "/users"),
        ("s.Paths.USERS", "/users"),
        ("settings.plain", "/plain"),
        ("settings.inherited", "/inherited"),
        ("settings.field", "/field"),
        ("settings.named", "/named"),
        ("settings.required", None),
        ("settings.made", None),
        ("settings.missing", None),
        ("cached.plain", "/plain"),
        ("get_settings().plain", "/plain"),
        ("get_text().plain", None),
        ("get_untyped().plain", None),
        ("get_many().plain", None),
        ("unknown().plain", None),
        ("os.environ.get('A', '/default')", "/default"),
        ("os.getenv('A', '/default')", "/default"),
        ("os.getenv('A')", None),
        ("TWICE", None),
        ("BRANCH", None),
        ("LOOP", None),
        ("3", None),
        ("['a']", None),
    ],
)
def test_text_of_an_expression(tmp_path: Path, text: str, expected: str | None) -> None:
    module, value, constants = _value(tmp_path, text)
    assert constants.string(module, value) == expected


def test_no_expression_has_no_text(tmp_path: Path) -> None:
    module, _, constants = _value(tmp_path, "1")
    assert constants.string(module, None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("['a', NAME]", ("a", "/name")),
        ("('a',)", ("a",)),
        ("settings.listed", ("*",)),
        ("['a', unknown]", None),
        ("LISTED", None),
        ("NAME", None),
    ],
)
def test_texts_of_a_list(tmp_path: Path, text: str, expected: tuple[str, ...] | None) -> None:
    module, value, constants = _value(tmp_path, text)
    assert constants.strings(module, value) == expected


@pytest.mark.parametrize(
    ("text", "configurable"),
    [("settings.plain", True), ("os.getenv('A', 'b')", True), ("Paths.USERS", False), ("NAME", False)],
)
def test_the_default_of_a_setting_may_be_set_otherwise(tmp_path: Path, text: str, configurable: bool) -> None:  # noqa: FBT001
    module, value, constants = _value(tmp_path, text)
    assert constants.follow(module, value).configurable is configurable


FUNCTION = """
import json
other = 1
def outer(parameter, *args, **kwargs):
    import os
    single = parameter
    twice = 1
    twice = 2
    first, (second, *rest) = parameter
    typed: int = 3
    total += 1
    for item in parameter:
        pass
    with open(parameter) as handle, lock:
        pass
    try:
        pass
    except ValueError as error:
        pass
    match parameter:
        case {"a": captured}:
            pass
    if (walrus := parameter):
        pass
    global changed
    changed = 1
    attribute.value = 3
    class Inner:
        def method(self):
            use = single
    def nested():
        nothing = 1
"""


def _resolve(root: Path, name: str, scope: str) -> object:
    module = build_project(root, {"app/main.py": FUNCTION}).modules["app/main.py"]
    return Lexical().resolve(module, Name(0, 0, name), scope)


LOCAL_NAMES = [
    "parameter",
    "args",
    "single",
    "twice",
    "first",
    "second",
    "rest",
    "typed",
    "total",
    "item",
    "handle",
    "error",
    "captured",
    "walrus",
]


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_what_a_function_binds_is_local_to_it(tmp_path: Path, name: str) -> None:
    found = _resolve(tmp_path, name, "outer.<locals>.nested")
    assert isinstance(found, Local)
    assert (found.parameter is not None) == (name in {"parameter", "args"})
    assert (found.value is not None) == (name in {"single", "typed", "walrus"})


@pytest.mark.parametrize("name", ["os", "json", "nested", "Inner", "other", "len"])
def test_what_is_not_bound_by_assignment_is_a_symbol(tmp_path: Path, name: str) -> None:
    found = _resolve(tmp_path, name, "outer.<locals>.nested")
    assert found is not None
    assert not isinstance(found, Local)


def test_scopes_end_where_they_end(tmp_path: Path) -> None:
    assert _resolve(tmp_path, "nothing", "outer") is None
    assert _resolve(tmp_path, "single", "") is None
    assert isinstance(_resolve(tmp_path, "single", "outer.<locals>.Inner.method"), Local)
    assert _resolve(tmp_path, "single", "no.such.scope") is None
    assert not isinstance(_resolve(tmp_path, "changed", "outer"), Local)


def test_an_attribute_of_a_local_is_not_known(tmp_path: Path) -> None:
    module = build_project(tmp_path, {"app/main.py": "def f(a):\n    b = a.c\n    d = a[0]\n"}).modules["app/main.py"]
    lexical = Lexical()
    values = [item.value for item in module.functions["f"].body if isinstance(item, Assign)]
    assert [lexical.resolve(module, value, "f") for value in values] == [None, None]


@pytest.mark.parametrize(
    ("call", "found"),
    [("f(1, 2)", 2), ("f(1, name=2)", 2), ("f(*args, 2)", None), ("f(1)", None)],
)
def test_argument_finds_what_is_passed(tmp_path: Path, call: str, found: int | None) -> None:
    module = build_project(tmp_path, {"app/main.py": f"{call}\n"}).modules["app/main.py"]
    (made, *_) = expressions(module.body)
    assert isinstance(made, Call)
    passed = argument(made, 1, "name")
    assert getattr(passed, "value", None) == found
