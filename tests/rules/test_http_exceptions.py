"""FL604 and FL606: HTTP exceptions that are returned, and those that a broad handler replaces."""

from pathlib import Path

import pytest

from fastapi_lint.model.http_exceptions import HttpExceptions
from fastapi_lint.model.lexical import Lexical, expressions
from fastapi_lint.rules.api.broad_except_swallows_http_exception import BroadExceptSwallowsHttpException
from fastapi_lint.rules.api.http_exception_returned import HttpExceptionReturned
from fastapi_lint.rules.base import Violation
from tests.projects import build_project

HEAD = """
import logging
import http
import fastapi
from fastapi import Depends, FastAPI, HTTPException, status
app = FastAPI()
log = logging.getLogger()
TEAPOT = 418
ready = HTTPException(404)
class NotFound(HTTPException):
    def __init__(self, what, code=404):
        super().__init__(code, what)
class Fixed(HTTPException):
    def __init__(self, *, detail):
        log.info("made")
        self.detail = detail
        super().__init__(status_code=403, detail=detail)
class Attribute(HTTPException):
    status_code = 409
class Plain(HTTPException): ...
class Odd(HTTPException):
    def __init__(self, code):
        super().__init__(compute(code))
class Silent(HTTPException):
    def __init__(self):
        pass
def make() -> HTTPException: ...
def make_anything(): ...
def fail(): raise HTTPException(404)
def fail_badly(): raise HTTPException(compute())
def fail_deeper(): return fail()
def too_deep(): return fail_deeper()
def recursive():
    recursive()
    raise HTTPException(404)
def generate():
    yield 1
    raise HTTPException(404)
async def fail_later(): raise HTTPException(404)
def convert(error): raise error
def note(error): log.info(error)
def wrap(error): return ValueError(error)
"""


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ("HTTPException(404)", 404),
        ("HTTPException(status_code=404)", 404),
        ("HTTPException(status.HTTP_404_NOT_FOUND)", 404),
        ("fastapi.HTTPException(http.HTTPStatus.NOT_FOUND)", 404),
        ("HTTPException(http.HTTPStatus.NOT_FOUND.value)", 404),
        ("HTTPException(http.HTTPStatus.MISSING)", None),
        ("HTTPException(TEAPOT)", 418),
        ("HTTPException(ready)", None),
        ("HTTPException(compute())", None),
        ("HTTPException(log.level)", None),
        ("NotFound('x')", 404),
        ("NotFound('x', 410)", 410),
        ("NotFound('x', code=410)", 410),
        ("Fixed(detail='x')", 403),
        ("Attribute()", 409),
        ("Plain(400)", 400),
        ("Odd(400)", None),
        ("Silent()", None),
    ],
)
def test_the_status_of_an_exception(tmp_path: Path, made: str, status: int | None) -> None:
    project = build_project(tmp_path, {"app/main.py": f"{HEAD}\nfound = {made}\n"})
    module = project.modules["app/main.py"]
    exceptions = HttpExceptions(Lexical())
    call = exceptions.constructed(module, next(expressions(module.body[-1:])), "")
    assert call is not None
    assert exceptions.status(module, call, "") == status


def _returned(root: Path, body: str) -> list[Violation]:
    project = build_project(root, {"app/main.py": HEAD + body})
    return list(HttpExceptionReturned().check(project))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("return HTTPException(404)", "HTTPException(404) is returned"),
        ("return ready", "HTTPException(404) is returned"),
        ("return 1 if found else HTTPException(404)", "HTTPException(404) is returned"),
        ("return Odd(1)", "an HTTPException is returned"),
        ("return make()", "an HTTPException is returned"),
        ("error = HTTPException(404)\n    return error", "HTTPException(404) is returned"),
        ("yield HTTPException(404)", "HTTPException(404) is returned"),
        ("x = yield HTTPException(404)", "HTTPException(404) is returned"),
    ],
)
def test_a_route_hands_an_exception_back(tmp_path: Path, value: str, says: str) -> None:
    (found,) = _returned(tmp_path, f'@app.get("/")\ndef read():\n    {value}\n')
    assert says in found.message
    assert "200" in found.message


@pytest.mark.parametrize(
    "value",
    [
        "return",
        "return 1",
        "return make_anything()",
        "return [HTTPException(404)]",
        "return value[0]()",
        "return log",
        "pass",
    ],
)
def test_a_route_that_returns_something_else_is_silent(tmp_path: Path, value: str) -> None:
    assert _returned(tmp_path, f'@app.get("/")\ndef read(value):\n    {value}\n') == []


def test_a_name_that_is_bound_twice_is_not_followed(tmp_path: Path) -> None:
    body = '@app.get("/")\ndef read():\n    e = HTTPException(404)\n    e = 1\n    return e\n'
    assert _returned(tmp_path, body) == []


def test_names_that_go_in_circles_are_not_followed(tmp_path: Path) -> None:
    assert _returned(tmp_path, 'a = b\nb = a\n@app.get("/")\ndef read():\n    return a\n') == []


def test_a_dependency_lets_the_request_pass(tmp_path: Path) -> None:
    body = 'def check():\n    return HTTPException(401)\n@app.get("/")\ndef read(x=Depends(check)): ...\n'
    (found,) = _returned(tmp_path, body)
    assert "the request goes on" in found.message


def test_only_application_code_is_looked_at(tmp_path: Path) -> None:
    body = '@app.get("/")\ndef read():\n    return HTTPException(404)\n'
    project = build_project(tmp_path, {"tests/test_x.py": HEAD + body})
    assert list(HttpExceptionReturned().check(project)) == []


def _replaced(root: Path, tried: str, handler: str, *, decorator: str = '@app.get("/")') -> list[Violation]:
    body = f"{decorator}\nasync def read():\n    try:\n        {tried}\n    {handler}\n"
    project = build_project(root, {"app/main.py": HEAD + body})
    return list(BroadExceptSwallowsHttpException().check(project))


CONVERTS = "except Exception as e:\n        raise HTTPException(500)"


@pytest.mark.parametrize(
    "tried",
    [
        "raise HTTPException(404)",
        "raise NotFound('x')",
        "raise ready",
        "fail()",
        "x = [fail()]",
        "fail_deeper()",
        "recursive()",
        "await fail_later()",
        "if found:\n            raise HTTPException(404)",
        "for x in y:\n            raise HTTPException(404)",
        "try:\n            raise HTTPException(404)\n        except ValueError:\n            pass",
        "try:\n            raise HTTPException(404)\n        except Exception:\n            raise",
        "try:\n            pass\n        except ValueError:\n            raise HTTPException(404)",
        "try:\n            pass\n        finally:\n            raise HTTPException(404)",
    ],
)
def test_a_broad_handler_replaces_an_exception(tmp_path: Path, tried: str) -> None:
    (found,) = _replaced(tmp_path, tried, CONVERTS)
    assert "HTTPException(404)" in found.message
    assert "500" in found.message


@pytest.mark.parametrize(
    "tried",
    [
        "raise HTTPException(500)",
        "raise HTTPException(compute())",
        "raise ValueError",
        "raise",
        "fail_badly()",
        "too_deep()",
        "fail_later()",
        "generate()",
        "read()",
        "unknown()",
        "def inner():\n            raise HTTPException(404)",
        "try:\n            raise HTTPException(404)\n        except HTTPException:\n            pass",
    ],
)
def test_what_does_not_come_out_as_another_status_is_silent(tmp_path: Path, tried: str) -> None:
    assert _replaced(tmp_path, tried, CONVERTS) == []


@pytest.mark.parametrize(
    ("handler", "got"),
    [
        ("except:\n        raise HTTPException(500)", "500"),
        ("except BaseException:\n        raise HTTPException(500)", "500"),
        ("except (ValueError, Exception):\n        raise HTTPException(500)", "500"),
        ("except ValueError:\n        raise\n    except Exception:\n        raise HTTPException(500)", "500"),
        ("except Exception as e:\n        log.error(e)\n        raise HTTPException(500, str(e))", "500"),
        ("except Exception as e:\n        log.error(type(e))\n        raise HTTPException(500)", "500"),
        ("except Exception as e:\n        note(e)\n        raise HTTPException(500)", "500"),
        ("except Exception as e:\n        raise ValueError(str(e))", "another exception"),
        ("except Exception as e:\n        return {'error': str(e)}", "an answer of its own"),
        (
            "except Exception as e:\n        if x:\n            raise HTTPException(500)\n        return 1",
            "500 or an answer",
        ),
    ],
)
def test_a_handler_answers_otherwise(tmp_path: Path, handler: str, got: str) -> None:
    (found,) = _replaced(tmp_path, "raise HTTPException(404)", handler)
    assert f"the client gets {got}" in found.message


@pytest.mark.parametrize(
    "handler",
    [
        "except ValueError:\n        raise HTTPException(500)",
        "except HTTPException:\n        raise\n    except Exception:\n        raise HTTPException(500)",
        "except Exception:\n        raise",
        "except Exception as e:\n        raise e",
        "except Exception as e:\n        if isinstance(e, HTTPException):\n            raise e\n        raise OSError",
        "except Exception as e:\n        code = getattr(e, 'status_code', 500)\n        raise HTTPException(500)",
        "except Exception as e:\n        raise HTTPException(500, e.detail)",
        "except Exception as e:\n        raise wrap(e)",
        "except Exception as e:\n        convert(e)\n        raise HTTPException(500)",
        "except Exception:\n        raise HTTPException(compute())",
        "except Exception:\n        raise HTTPException(404)",
        "except Exception:\n        pass",
        "finally:\n        pass",
    ],
)
def test_a_handler_that_may_know_what_it_does_is_silent(tmp_path: Path, handler: str) -> None:
    assert _replaced(tmp_path, "raise HTTPException(404)", handler) == []


@pytest.mark.parametrize("answer", ["raise HTTPException(400)", "return 1", "raise ValueError", "return ready"])
def test_what_a_function_raises_may_be_translated_on_purpose(tmp_path: Path, answer: str) -> None:
    assert _replaced(tmp_path, "fail()", f"except Exception:\n        {answer}") == []


SERVICE = """
def load():
    try:
        fail()
    except Exception:
        raise HTTPException(500)
"""


def test_a_service_counts_where_a_request_reaches_it(tmp_path: Path) -> None:
    route = '@app.get("/load")\nasync def read():\n    return load()\n'
    dependency = '@app.get("/load")\nasync def read(x=Depends(load)): ...\n'
    for index, (text, count) in enumerate([(route, 1), (dependency, 1), ("", 0)]):
        project = build_project(tmp_path / str(index), {"app/main.py": HEAD + SERVICE + text})
        assert len(list(BroadExceptSwallowsHttpException().check(project))) == count


@pytest.mark.parametrize("handler", ["return None", "raise ValueError"])
def test_below_the_route_an_answer_is_nobodys(tmp_path: Path, handler: str) -> None:
    broad = f"except Exception:\n        {handler}"
    assert _replaced(tmp_path, "raise HTTPException(404)", broad, decorator="@log.wrap") == []
    assert len(_replaced(tmp_path, "raise HTTPException(404)", CONVERTS, decorator="@log.wrap")) == 1
