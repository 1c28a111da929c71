"""Examples of FL606: an ``except Exception`` that turns the route's own HTTPException into something else."""

from fastapi_lint.rules.base import bad, good, near_miss

USERS = """\
users = {1: "Ada"}
"""

EXAMPLES = (
    bad(
        "a 404 becomes a 500",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return {"name": users[user_id]}
    except Exception as error:  # expect: FL606
        raise HTTPException(500, str(error)) from error
""",
        },
    ),
    bad(
        "the service raises, the route catches",
        {
            "app/service.py": """\
from fastapi import HTTPException, status

from app.store import users


class UserService:
    async def find(self, user_id: int) -> str:
        name = users.get(user_id)
        if name is None:
            raise HTTPException(status_code=status.HTTP_404_NOT_FOUND)
        return name
""",
            "app/store.py": USERS,
            "app/main.py": """\
import logging
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

from app.service import UserService

app = FastAPI()
logger = logging.getLogger(__name__)


@app.get("/users/{user_id}")
async def read_user(user_id: int, service: Annotated[UserService, Depends()]) -> dict[str, str]:
    try:
        name = await service.find(user_id)
    except Exception:  # expect: FL606
        logger.info("reading user %s failed", user_id)
        raise HTTPException(status_code=500, detail="Internal error") from None
    return {"name": name}
""",
        },
    ),
    bad(
        "a bare except and an answer of its own",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}", response_model=None)
def read_user(user_id: int) -> Response:
    try:
        if user_id < 0:
            raise HTTPException(status_code=422)
        if user_id not in users:
            raise HTTPException(status_code=404)
        return JSONResponse({"name": users[user_id]})
    except:  # expect: FL606
        return JSONResponse({"error": "something went wrong"}, status_code=500)
""",
        },
    ),
    good(
        "the HTTPException goes on first",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return {"name": users[user_id]}
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(500, "Internal error") from error
""",
        },
    ),
    near_miss(
        "the handler raises what it caught",
        {
            "app/main.py": """\
import logging

from fastapi import FastAPI, HTTPException

app = FastAPI()
logger = logging.getLogger(__name__)
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return {"name": users[user_id]}
    except Exception:
        logger.info("reading user %s failed", user_id)
        raise


@app.get("/names/{user_id}")
async def read_name(user_id: int) -> str:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return users[user_id]
    except Exception as error:
        if isinstance(error, HTTPException):
            raise
        raise HTTPException(500, "Internal error") from error
""",
        },
    ),
    near_miss(
        "the exception is raised outside of the try",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

app = FastAPI()
users = {1: "Ada"}


def parse(text: str) -> int:
    return int(text)


@app.get("/users/{text}")
async def read_user(text: str) -> dict[str, str]:
    try:
        user_id = parse(text)
    except Exception as error:
        raise HTTPException(404, "no such user") from error
    if user_id not in users:
        raise HTTPException(404, "no such user")
    return {"name": users[user_id]}
""",
        },
    ),
    near_miss(
        "the handler does not catch an HTTPException",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException

app = FastAPI()
users = {1: "Ada"}


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, str]:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return {"name": users[user_id]}
    except (KeyError, ValueError) as error:
        raise HTTPException(500, "Internal error") from error


@app.get("/names/{user_id}")
async def read_name(user_id: int) -> str:
    try:
        if user_id not in users:
            raise HTTPException(404, "no such user")
        return users[user_id]
    except StarletteHTTPException:
        raise
    except Exception as error:
        raise HTTPException(500, "Internal error") from error
""",
        },
    ),
    near_miss(
        "what a helper raises is translated on purpose",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

app = FastAPI()
teams = {1: "red"}


def find_team(team_id: int, user_id: int) -> str:
    if user_id != 1:
        raise HTTPException(403, "not your team")
    return teams[team_id]


@app.get("/teams/{team_id}")
async def read_team(team_id: int, user_id: int) -> str:
    try:
        return find_team(team_id, user_id)
    except Exception as error:
        raise HTTPException(404, "no such team") from error


@app.get("/teams/{team_id}/members")
async def is_member(team_id: int, user_id: int) -> bool:
    try:
        find_team(team_id, user_id)
    except Exception:
        return False
    return True
""",
        },
    ),
    near_miss(
        "an inner try keeps it from the broad handler",
        {
            "app/main.py": """\
from fastapi import FastAPI, HTTPException

app = FastAPI()
users = {1: "Ada"}


def find(user_id: int) -> str:
    if user_id not in users:
        raise HTTPException(404, "no such user")
    return users[user_id]


def find_or_guest(user_id: int) -> str:
    try:
        return find(user_id)
    except HTTPException:
        return "guest"


@app.get("/greetings/{user_id}")
async def greet(user_id: int) -> str:
    try:
        name = find_or_guest(user_id)
    except Exception as error:
        raise HTTPException(500, "Internal error") from error
    if user_id < 0:
        raise HTTPException(404, "no such user")
    return f"Hello {name}"
""",
        },
    ),
)
