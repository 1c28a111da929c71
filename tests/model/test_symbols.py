"""What names mean across modules, and what a class has of its bases: the same as when Python runs the project."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.symbols import Class, External, Function, Variable
from tests.projects import build_project

FILES = {
    "pkg_symbols/__init__.py": """\
from . import inner
from .star import *
from .deep.more import Deepest as Renamed
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .typed import Shadow
else:
    from .deep.more import Deepest as Shadow
""",
    "pkg_symbols/inner.py": """\
import contextlib
import os.path
import json as encoder
from . import star
try:
    from nothing_like_this import Fallback
    import nothing_like_that
except ImportError:
    Fallback = None
    chosen = 1
else:
    chosen = 2
finally:
    last = 3
with contextlib.suppress(Exception):
    held = 4
for looped in (1,): pass
one = two = 5
typed: int = 6
typed = 7
(left, right) = 1, 2
class Base:
    shared = "base"
    if True:
        branch = 1
    first, second = 1, 2
    def method(self): return "base"
    @property
    def value(self): return 1
    @value.setter
    def value(self, new): ...
    class Inner:
        class Innermost: ...
class Left(Base):
    def method(self): return "left"
class Right(Base):
    shared = "right"
    def method(self): return "right"
class Both(Left, Right): ...
Alias = Left
Again = Alias
class Child(Again): ...
Generic = list[int]
class Items(Generic): ...
class Odd(Base if chosen else Left): ...
def outer():
    import decimal
    class Local:
        def run(self): return outer
    def nested(): return nested
    return decimal, Local, nested
""",
    "pkg_symbols/star.py": "__all__ = ['Public']\nclass Public: ...\nclass Kept: ...\n",
    "pkg_symbols/open.py": "class Plain: ...\nclass _Private: ...\nvalue = 1\n",
    "pkg_symbols/typed.py": "class Shadow: ...\n",
    "pkg_symbols/deep/__init__.py": "",
    "pkg_symbols/deep/more.py": "from .. import inner\nfrom ..open import *\nclass Deepest: ...\n",
    "pkg_symbols/ring_one.py": "from pkg_symbols.ring_two import thing\n",
    "pkg_symbols/ring_two.py": "from pkg_symbols.ring_one import thing\n",
}


@pytest.fixture
def modules(tmp_path: Path) -> dict[str, Module]:
    """Return the modules of the project by dotted name."""
    project = build_project(tmp_path, FILES)
    return {_dotted(key): module for key, module in project.modules.items()}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Return the project imported."""
    root = tmp_path_factory.mktemp("imported")
    for key, text in FILES.items():
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(root))
    try:
        for name in ("inner", "star", "open", "deep.more"):
            importlib.import_module(f"pkg_symbols.{name}")
        return importlib.import_module("pkg_symbols")
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name.startswith("pkg_symbols")]:
            del sys.modules[name]


def _dotted(key: str) -> str:
    return key.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _said(symbol: Symbol | None) -> str:
    match symbol:
        case Module():
            return _dotted(symbol.key)
        case Class() | Function():
            return f"{_dotted(symbol.module.key)}.{symbol.facts.qualname}"
        case Variable():
            return f"{_dotted(symbol.module.key)}.{symbol.name} ="
        case External(name=name):
            return f"<{name}>"
        case None:
            return "nothing"


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("pkg_symbols", "inner", "pkg_symbols.inner"),
        ("pkg_symbols", "deep", "pkg_symbols.deep"),
        ("pkg_symbols", "Renamed", "pkg_symbols.deep.more.Deepest"),
        ("pkg_symbols", "Shadow", "pkg_symbols.deep.more.Deepest"),
        ("pkg_symbols", "Public", "pkg_symbols.star.Public"),
        ("pkg_symbols", "Kept", "nothing"),
        ("pkg_symbols.inner", "os", "<os>"),
        ("pkg_symbols.inner", "encoder", "<json>"),
        ("pkg_symbols.inner", "star", "pkg_symbols.star"),
        ("pkg_symbols.inner", "chosen", "pkg_symbols.inner.chosen ="),
        ("pkg_symbols.inner", "last", "pkg_symbols.inner.last ="),
        ("pkg_symbols.inner", "held", "pkg_symbols.inner.held ="),
        ("pkg_symbols.inner", "looped", "pkg_symbols.inner.looped ="),
        ("pkg_symbols.inner", "two", "pkg_symbols.inner.two ="),
        ("pkg_symbols.inner", "right", "pkg_symbols.inner.right ="),
        ("pkg_symbols.inner", "nowhere", "nothing"),
        ("pkg_symbols.deep.more", "inner", "pkg_symbols.inner"),
        ("pkg_symbols.deep.more", "Plain", "pkg_symbols.open.Plain"),
        ("pkg_symbols.deep.more", "_Private", "nothing"),
        ("pkg_symbols.ring_one", "thing", "nothing"),
    ],
)
def test_a_name_of_a_module_means_what_it_is_bound_to(
    modules: dict[str, Module], module: str, name: str, expected: str
) -> None:
    assert _said(modules[module].lookup(name)) == expected


@pytest.mark.parametrize("name", ["pkg_symbols", "pkg_symbols.inner", "pkg_symbols.deep.more"])
def test_python_binds_the_same_classes_and_modules(modules: dict[str, Module], package: ModuleType, name: str) -> None:
    running = package
    for part in name.split(".")[1:]:
        running = getattr(running, part)
    for bound, held in vars(running).items():
        said = modules[name].lookup(bound)
        if isinstance(held, type) and held.__module__.startswith("pkg_symbols") and not isinstance(said, Variable):
            assert _said(said) == f"{held.__module__}.{held.__qualname__}", bound
        elif isinstance(held, ModuleType) and held.__name__.startswith("pkg_symbols"):
            assert _said(said) == held.__name__, bound


@pytest.mark.parametrize(
    ("scope", "name", "expected"),
    [
        ("outer", "decimal", "<decimal>"),
        ("outer", "nested", "pkg_symbols.inner.outer.<locals>.nested"),
        ("outer.<locals>.nested", "nested", "pkg_symbols.inner.outer.<locals>.nested"),
        ("outer.<locals>.Local.run", "Local", "pkg_symbols.inner.outer.<locals>.Local"),
        ("outer.<locals>.Local", "run", "nothing"),
        ("Base", "Inner", "pkg_symbols.inner.Base.Inner"),
        ("Base.method", "method", "nothing"),
        ("Base", "print", "<builtins.print>"),
    ],
)
def test_a_name_in_a_function_or_class_is_looked_for_from_the_inside(
    modules: dict[str, Module], scope: str, name: str, expected: str
) -> None:
    assert _said(modules["pkg_symbols.inner"].resolve_name(name, scope)) == expected


@pytest.mark.parametrize("name", ["Base", "Left", "Both", "Child"])
def test_attributes_are_looked_up_in_the_order_of_python(
    modules: dict[str, Module], package: ModuleType, name: str
) -> None:
    said: Class = modules["pkg_symbols.inner"].classes[name]
    running: type = getattr(package.inner, name)
    assert [item.name for item in said.ancestors] == [item.__name__ for item in running.__mro__[:-1]]
    method, shared = said.method("method"), said.assignment("shared")
    assert method is not None
    assert shared is not None
    assert method.qualname == running.method.__qualname__  # type: ignore[attr-defined]  # its own
    assert next(item for item in running.__mro__ if "shared" in vars(item)).__name__ == shared[0].name


def test_a_property_is_its_getter_and_overloads_are_nothing(tmp_path: Path) -> None:
    source = """\
from typing import overload
class Thing:
    @overload
    def get(self, key: int) -> int: ...
    @overload
    def get(self, key: str) -> str: ...
    def get(self, key): return key
    @property
    def value(self): return 1
    @value.setter
    def value(self, new): ...
    @overload
    def only(self): ...
"""
    thing = build_project(tmp_path, {"app.py": source}).modules["app.py"].classes["Thing"]
    get, value = thing.method("get"), thing.method("value")
    assert get is not None
    assert value is not None
    assert not get.facts.decorators
    assert value.is_property
    assert thing.method("only") is None


def test_a_base_that_is_computed_is_not_known(modules: dict[str, Module]) -> None:
    classes = modules["pkg_symbols.inner"].classes
    assert classes["Odd"].has_unknown_base
    assert not classes["Child"].has_unknown_base
    assert classes["Items"].external_bases == ("builtins.list",)
    assert repr(classes["Odd"]) == "Class(pkg_symbols/inner.py:Odd)"


def test_a_class_within_a_class_is_reached_by_its_name(modules: dict[str, Module]) -> None:
    base = modules["pkg_symbols.inner"].classes["Base"]
    assert set(base.own_assignments) >= {"shared", "branch"}
    assert _said(modules["pkg_symbols"].lookup("inner")) == "pkg_symbols.inner"
