"""Examples of FL604: an HTTPException that is returned, not raised."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "a route returns the exception",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException, status

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int):
    if user_id not in users:
        return HTTPException(status.HTTP_404_NOT_FOUND, "no such user")  # expect: FL604
    return {"name": users[user_id]}
""",
        },
    ),
    bad(
        "a dependency lets everybody in",
        {
            "app/auth.py": """\
from typing import Annotated, Any

import fastapi
from fastapi import Header


async def require_token(token: Annotated[str | None, Header()] = None) -> Any:
    if token != "secret":
        return fastapi.HTTPException(status_code=401)  # expect: FL604
    return token
""",
            "app/main.py": """\
from fastapi import Depends, FastAPI

from app.auth import require_token

app = FastAPI(dependencies=[Depends(require_token)])


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}
""",
        },
    ),
    bad(
        "an own subclass, returned from an except",
        {
            "app/errors.py": """\
from fastapi import HTTPException


class NotFound(HTTPException):
    def __init__(self, what: str) -> None:
        super().__init__(404, f"no such {what}")
""",
            "app/main.py": """\
from typing import Any

from fastapi import FastAPI

from app.errors import NotFound

app = FastAPI()


@app.get("/users/{user_id}", response_model=None)
def read_user(user_id: int) -> Any:
    try:
        return {"name": ["Ada"][user_id]}
    except IndexError:
        return NotFound("user")  # expect: FL604
""",
        },
    ),
    good(
        "the exception is raised",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException, status

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    if user_id not in users:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such user")
    return {"name": users[user_id]}
""",
        },
    ),
    near_miss(
        "a function that makes exceptions for others to raise",
        {
            "app/errors.py": """\
from fastapi import HTTPException


def not_found(what: str) -> HTTPException:
    return HTTPException(404, f"no such {what}")
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.errors import not_found

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    if user_id not in users:
        raise not_found("user")
    return {"name": users[user_id]}
""",
        },
    ),
    near_miss(
        "a response with the status is a response",
        {
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}", response_model=None)
async def read_user(user_id: int) -> Response | dict[str, str]:
    if user_id not in users:
        return JSONResponse({"detail": "no such user"}, status_code=404)
    return {"name": users[user_id]}
""",
        },
    ),
    near_miss(
        "an exception handler and a project's own result type",
        {
            "app/main.py": """\
from dataclasses import dataclass

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

app = FastAPI()


class Missing(Exception):
    def as_http(self) -> HTTPException:
        return HTTPException(404)


@dataclass
class Result:
    error: HTTPException | None = None


@app.exception_handler(Missing)
async def on_missing(request: Request, error: Missing) -> JSONResponse:
    return JSONResponse({"detail": "missing"}, status_code=error.as_http().status_code)


def load(user_id: int) -> Result:
    return Result(error=HTTPException(404))


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> None:
    result = load(user_id)
    if result.error:
        raise result.error
""",
        },
    ),
)
