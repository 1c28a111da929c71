"""Which functions the project is seen to call: names count, tests do not."""

from pathlib import Path

import pytest

from fastapi_lint.model.project import Project
from tests.projects import build_project

_MAIN = """
from fastapi import FastAPI
from app.work import *
app = FastAPI()

@app.get("/")
async def read():
    {call}
"""
_WORK = "async def work():\n    step()\n\ndef step(): ...\n"

_TRACED = """\
from functools import wraps
import inspect

def traced(name):
    def decorate(f):
        def title(f): return name + f.__name__
        inspect.signature(f)
        @wraps(f)
        def wrapper(*args):
            log(title(f), args)
            return f(*args)
        return wrapper
    return decorate

@traced('x')
def work(): ...
"""

_ACTOR = """\
from functools import wraps
import dramatiq
known = {}

def actor(f):
    @wraps(f)
    def wrapper(*args):
        return f(*args)
    dramatiq.actor(wrapper)
    return wrapper

@actor
def work(): ...
"""


def _project(root: Path, work: str = _WORK, call: str = "...", **files: str) -> Project:
    more = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    return build_project(root, {"app/main.py": _MAIN.format(call=call), "app/work.py": work, **more})


def _is_called(project: Project, name: str, module: str = "app/work.py") -> bool:
    return project.is_called(module, project.modules[module].functions[name].facts.name_span)


@pytest.mark.parametrize(
    ("work", "name", "call"),
    [
        (_WORK, "work", "await work()"),
        (_WORK, "step", "await work()"),
        (_WORK, "work", "run(work)"),
        (_WORK, "work", "run('work')"),
        (_WORK, "work", "anything.work"),
        (f"{_WORK}async def later(): await work()\nlast = later", "step", "..."),
        ("def outer():\n    def work(): ...\n    return work\n", "outer.<locals>.work", "outer()"),
        ("class A:\n    def work(self): ...\n", "A.work", "A().work()"),
        ("class A:\n    def work(self): ...\nclass B(A): ...\n", "A.work", "B().work()"),
        ("class A:\n    def __call__(self): ...\n", "A.__call__", "A()()"),
        ("class A:\n    def run(self): self.work()\n    def work(self): ...\n", "A.work", "A().run()"),
        ("class A:\n    class B:\n        def work(self): ...\n", "A.B.work", "A.B().work()"),
        ("class A:\n    @classmethod\n    def new(cls): ...\n    def run(self): ...\n", "A.run", "A.new().run()"),
        ("from threading import Thread\nclass A(Thread):\n    def run(self): ...\n", "A.run", "A().start()"),
        ("from other import B\nclass A(B):\n    def run(self): ...\n", "A.run", "A()"),
        ("class A:\n    def __init_subclass__(cls): ...\nclass B(A):\n    def run(self): ...\n", "B.run", "f('run')"),
        ("class A(metaclass=Registry):\n    def run(self): ...\n", "A.run", "print('run')"),
        ("from celery import shared_task\n@shared_task\ndef work(): ...\n", "work", "..."),
        ("from plugins import register\n@register\nclass A:\n    def run(self): ...\n", "A.run", "print('run')"),
        ("known = {}\ndef add(f):\n    known[f.__name__] = f\n    return f\n@add\ndef work(): ...\n", "work", "..."),
        ("known = []\ndef add(f):\n    f()\n    known.append(f)\n    return f\n@add\ndef work(): ...\n", "work", "..."),
        ("known = {}\ndef add(f):\n    f()\n    known[1] = [f]\n    return f\n@add\ndef work(): ...\n", "work", "..."),
        ("class A:\n    def on_start(self): ...\n", "A.on_start", "getattr(A(), f'on_{kind}')()"),
        (_ACTOR, "work", "..."),
        (_ACTOR.replace("dramatiq.actor(wrapper)", "known['work'] = wrapper"), "work", "..."),
    ],
)  # fmt: skip
def test_it_is_called(tmp_path: Path, work: str, name: str, call: str) -> None:
    assert _is_called(_project(tmp_path, work, call), name)


@pytest.mark.parametrize(
    ("work", "name", "call"),
    [
        (_WORK, "work", "..."),
        (_WORK, "step", "..."),
        (f"__all__ = ['work']\n{_WORK}", "work", "..."),
        ("def work():\n    work()\n", "work", "..."),
        ("def outer():\n    def work(): ...\n    return work\n", "outer.<locals>.work", "..."),
        ("class A:\n    def work(self): ...\n", "A.work", "anything.work()"),
        ("class A:\n    def work(self): A().work()\n", "A.work", "anything.work()"),
        ("class A:\n    class B:\n        def work(self): ...\n", "A.B.work", "anything.work()"),
        ("class A:\n    def run(self): self.work()\n    def work(self): ...\n", "A.work", "A()"),
        ("def first():\n    second()\ndef second():\n    first()\n", "first", "..."),
        ("from functools import cache\n@cache\ndef work(): ...\n", "work", "..."),
        ("from tenacity import retry\n@retry(reraise=True)\ndef work(): ...\n", "work", "..."),
        ("class A:\n    def on_start(self): ...\n", "A.on_start", "f'on_{kind}', A()"),
        (_TRACED, "work", "..."),
    ],
)
def test_it_is_not_called(tmp_path: Path, work: str, name: str, call: str) -> None:
    assert not _is_called(_project(tmp_path, work, call), name)


def test_a_test_is_no_caller(tmp_path: Path) -> None:
    project = _project(tmp_path, tests__test_work="from app.work import work\n\nasync def test():\n    await work()\n")
    assert not _is_called(project, "work")


def test_a_script_is_a_caller(tmp_path: Path) -> None:
    project = _project(tmp_path, scripts__go="from app.work import work\n\nwork()\n")
    assert _is_called(project, "work")


def test_an_import_under_another_name_counts(tmp_path: Path) -> None:
    project = _project(tmp_path, app__other="from app.work import work as go\n\ngo()\n")
    assert _is_called(project, "work")


def test_an_import_alone_does_not_count(tmp_path: Path) -> None:
    project = _project(tmp_path, app__other="from app.work import work\n")
    assert not _is_called(project, "work")


def test_a_package_hides_the_module_beside_it(tmp_path: Path) -> None:
    files = {"app/main.py": _MAIN.format(call="work()"), "app/jobs.py": "async def work(): ...\n\nwork()\n"}
    assert _is_called(build_project(tmp_path, files), "work", "app/jobs.py")
    assert not _is_called(build_project(tmp_path, {**files, "app/jobs/__init__.py": ""}), "work", "app/jobs.py")


def test_an_answer_holds_for_the_next_question(tmp_path: Path) -> None:
    work = "def a():\n    c()\ndef b():\n    c()\ndef c(): ...\ndef d():\n    e()\ndef e(): ...\n"
    project = _project(tmp_path, work, "b()")
    assert [_is_called(project, name) for name in "caeedbac"] == [True, False, False, False, False, True, False, True]


def test_functions_of_a_library_are_called_by_others(tmp_path: Path) -> None:
    project = build_project(tmp_path, {"lib/work.py": _WORK})
    assert _is_called(project, "work", "lib/work.py")


def test_code_outside_of_functions_runs(tmp_path: Path) -> None:
    project = _project(tmp_path, "x = 1\n")
    variable = project.modules["app/work.py"].variables["x"]
    assert project.is_called("app/work.py", variable.span)
