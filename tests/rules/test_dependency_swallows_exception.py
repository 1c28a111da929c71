"""FL309: whether the exception of a route comes out of a dependency again."""

from pathlib import Path

import pytest

from fastapi_lint.rules.base import Violation
from fastapi_lint.rules.transactions.dependency_swallows_exception import DependencySwallowsException
from tests.projects import build_project

HEAD = """
import asyncio
import contextlib
import os
import sys
from typing import NoReturn
from fastapi import Depends, FastAPI
app = FastAPI()
class OwnError(Exception): ...
def never(error) -> NoReturn: ...
def always(error):
    if error:
        raise error
    else:
        raise ValueError
def sometimes(error):
    if error:
        raise error
def around(): return around()
def ends():
    sys.exit(1)
def yields():
    raise ValueError
    yield 1
def one(): raise ValueError
def two(): one()
def three(): two()
def four(): three()
class Helper:
    def fails(self):
        raise ValueError
    @contextlib.contextmanager
    def quiet(self):
        try:
            yield
        except OwnError:
            pass
@contextlib.contextmanager
def keeping():
    try:
        yield 1
    except Exception:
        pass
@contextlib.contextmanager
def passing():
    try:
        yield 1
    finally:
        pass
@contextlib.contextmanager
def keeping_deeper():
    with keeping():
        yield 1
def no_manager():
    try:
        yield 1
    except Exception:
        pass
"""


def _found(root: Path, body: str, *, decorator: str = '@app.get("/")') -> list[Violation]:
    text = f"{HEAD}\ndef get_db():\n{body}\n{decorator}\ndef read(db=Depends(get_db)): ...\n"
    project = build_project(root, {"app/main.py": text})
    return list(DependencySwallowsException().check(project))


def _try(handler: str, yielded: str = "yield 1") -> str:
    return f"    try:\n        {yielded}\n    {handler}\n"


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:\n        pass",
        "except:\n        pass",
        "except OwnError:\n        pass",
        "except (GeneratorExit, ValueError):\n        pass",
        "except Exception:\n        return",
        "except Exception as e:\n        sometimes(e)",
        "except Exception as e:\n        around()",
        "except Exception as e:\n        yields()",
        "except Exception as e:\n        four()",
        "except Exception as e:\n        try:\n            raise\n        except OwnError:\n            return",
        "except Exception as e:\n        if isinstance(e, ValueError):\n            raise",
        "except Exception as e:\n        match e:\n            case ValueError():\n                raise",
        "except Exception as e:\n        with lock:\n            pass",
        "except Exception as e:\n        try:\n            raise\n        except OwnError:\n            pass",
        "except Exception as e:\n        for x in y:\n            raise",
        "except Exception as e:\n        while True:\n            break",
        "except Exception as e:\n        while True:\n            return",
        "except Exception as e:\n        (lambda: 1)()",
    ],
)
def test_a_handler_keeps_the_exception(tmp_path: Path, handler: str) -> None:
    (found,) = _found(tmp_path, _try(handler))
    assert "this handler" in found.message


@pytest.mark.parametrize(
    "handler",
    [
        "except GeneratorExit:\n        pass",
        "except asyncio.CancelledError:\n        pass",
        "except unknown.Error:\n        pass",
        "except Exception:\n        raise",
        "except Exception as e:\n        never(e)",
        "except Exception as e:\n        x = always(e)",
        "except Exception:\n        sys.exit(1)",
        "except Exception:\n        ends()",
        "except Exception as e:\n        with lock:\n            never(e)",
        "except Exception:\n        os._exit(1)",
        "except Exception as e:\n        if x:\n            raise\n        else:\n            raise e",
        (
            "except Exception as e:\n        match e:\n            case ValueError():\n                raise\n"
            "            case _:\n                raise"
        ),
        "except Exception as e:\n        with lock:\n            raise",
        "except Exception as e:\n        while True:\n            pass",
        "except Exception as e:\n        try:\n            pass\n        finally:\n            raise",
        "except Exception as e:\n        error = e\n    if error:\n        raise error",
        "except Exception as e:\n        pass\n    finally:\n        raise ValueError",
        "finally:\n        pass",
    ],
)
def test_a_handler_lets_the_exception_out(tmp_path: Path, handler: str) -> None:
    assert _found(tmp_path, _try(handler)) == []


@pytest.mark.parametrize(
    "yielded", ["x = yield 1", "x: int = yield 1", "x = wrap((yield 1))", "if x:\n            yield 1"]
)
def test_a_yield_is_found_wherever_it_stands(tmp_path: Path, yielded: str) -> None:
    assert len(_found(tmp_path, _try("except Exception:\n        pass", yielded))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "    with contextlib.suppress(ValueError):\n        yield 1\n",
        "    with keeping():\n        yield 1\n",
        "    with keeping_deeper() as x, passing():\n        yield 1\n",
    ],
)
def test_a_context_manager_keeps_the_exception(tmp_path: Path, body: str) -> None:
    found = _found(tmp_path, body)
    assert found != [] or "deeper" in body


@pytest.mark.parametrize(
    "body",
    [
        "    with passing():\n        yield 1\n",
        "    with no_manager():\n        yield 1\n",
        "    with lock:\n        yield 1\n",
        "    with unknown():\n        yield 1\n",
        "    with keeping():\n        pass\n    yield 1\n",
        "    with keeping():\n        yield 1\n    raise ValueError\n",
        "    yield 1\n",
    ],
)
def test_other_context_managers_are_silent(tmp_path: Path, body: str) -> None:
    assert _found(tmp_path, body) == []


def test_a_websocket_waits_for_no_response(tmp_path: Path) -> None:
    broad = _try("except Exception:\n        pass")
    assert _found(tmp_path, broad, decorator='@app.websocket("/ws")') == []


def test_a_method_that_always_raises_is_known(tmp_path: Path) -> None:
    text = f"""{HEAD}
class Session(Helper):
    def __call__(self):
        try:
            yield self
        except Exception:
            self.fails()
class Other:
    def __call__(self):
        try:
            yield self
        except Exception:
            self.fails()
@app.get("/")
def read(a=Depends(Session()), b=Depends(Other())): ...
"""
    project = build_project(tmp_path, {"app/main.py": text})
    (found,) = DependencySwallowsException().check(project)
    assert found.evidence[0].message.startswith("__call__ is a dependency of 1")


@pytest.mark.parametrize("path", ["tests/test_x.py", "app/main.py"])
def test_a_generator_that_nobody_depends_on_is_silent(tmp_path: Path, path: str) -> None:
    used = "@app.get('/')\ndef read(db=Depends(no_manager)): ...\n" if path.startswith("tests") else ""
    project = build_project(tmp_path, {path: HEAD + used})
    assert list(DependencySwallowsException().check(project)) == []
