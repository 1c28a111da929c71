"""Examples of FL103: methods of Pydantic 1 on models, and the same names on other objects."""

from fastapi_lint.rules.base import bad, good, near_miss

SCHEMAS = """\
from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UserIn(Schema):
    name: str
    email: str | None = None


class UserOut(UserIn):
    id: int
"""

EXAMPLES = (
    bad(
        "the body of a route and its copies",
        {
            "app/schemas.py": SCHEMAS,
            "app/main.py": """\
from fastapi import FastAPI

from app.schemas import UserIn

app = FastAPI()


@app.patch("/users/{user_id}")
async def update_user(user_id: int, user_in: UserIn) -> dict[str, object]:
    data = user_in.dict(exclude_unset=True)  # expect: FL103
    renamed = user_in.copy(update={"name": "Ada"})  # expect: FL103
    return {"id": user_id, "data": data, "name": renamed.name}
""",
        },
    ),
    bad(
        "class methods and functions",
        {
            "app/schemas.py": SCHEMAS,
            "app/service.py": """\
from dataclasses import dataclass

from pydantic import parse_obj_as

from app.schemas import UserOut


@dataclass
class Row:
    id: int
    name: str
    email: str | None = None


def from_row(row: Row) -> UserOut:
    return UserOut.from_orm(row)  # expect: FL103


def from_json(text: str) -> UserOut:
    return UserOut.parse_raw(text)  # expect: FL103


def from_many(values: list[dict[str, object]]) -> list[UserOut]:
    return parse_obj_as(list[UserOut], values)  # expect: FL103


def field_names() -> list[str]:
    return list(UserOut.__fields__)  # expect: FL103
""",
        },
    ),
    bad(
        "what a function of another module returns, a loop and an attribute",
        {
            "app/schemas.py": SCHEMAS,
            "app/service.py": """\
from app.schemas import UserOut


class UserService:
    async def find(self) -> list[UserOut]:
        return [UserOut(id=1, name="Ada")]

    async def first(self) -> UserOut | None:
        users = await self.find()
        return users[0] if users else None
""",
            "app/main.py": """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import UserService

app = FastAPI()


@app.get("/users")
async def users(service: Annotated[UserService, Depends()]) -> list[dict[str, object]]:
    return [user.dict() for user in await service.find()]  # expect: FL103


@app.get("/users/first")
async def first(service: Annotated[UserService, Depends()]) -> str | None:
    user = await service.first()
    return user.json() if user else None  # expect: FL103
""",
        },
    ),
    good(
        "the methods of Pydantic 2",
        {
            "app/schemas.py": SCHEMAS,
            "app/main.py": """\
from fastapi import FastAPI
from pydantic import TypeAdapter

from app.schemas import UserIn, UserOut

app = FastAPI()
users = TypeAdapter(list[UserOut])


@app.patch("/users/{user_id}")
async def update_user(user_id: int, user_in: UserIn) -> dict[str, object]:
    data = user_in.model_dump(exclude_unset=True)
    renamed = user_in.model_copy(update={"name": "Ada"})
    names = list(UserOut.model_fields)
    return {"id": user_id, "data": data, "name": renamed.name, "fields": names, "users": users.validate_python([])}
""",
        },
    ),
    near_miss(
        "the same names on other objects",
        {
            "app/main.py": """\
import copy
from collections import ChainMap
from dataclasses import dataclass

import httpx
from fastapi import FastAPI, Request

app = FastAPI()


@dataclass
class Draft:
    name: str

    def dict(self) -> dict[str, str]:
        return {"name": self.name}

    def copy(self) -> "Draft":
        return copy.copy(self)


@app.post("/drafts")
async def create(request: Request) -> dict[str, object]:
    body = await request.json()
    draft = Draft(name=body["name"]).copy()
    headers = dict(request.headers).copy()
    merged = ChainMap({}, headers).copy()
    return {"draft": draft.dict(), "headers": len(merged)}


async def fetch(client: httpx.AsyncClient) -> object:
    response = await client.get("/status")
    return response.json()
""",
        },
    ),
    near_miss(
        "the model has a method of its own with that name",
        {
            "app/schemas.py": """\
from typing import Any

from pydantic import BaseModel


class Report(BaseModel):
    title: str

    def dict(self, **kwargs: Any) -> dict[str, Any]:
        return self.model_dump(**kwargs)

    def json(self, **kwargs: Any) -> str:
        return self.model_dump_json(**kwargs)
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.schemas import Report

app = FastAPI()


@app.post("/reports")
async def create(report: Report) -> dict[str, object]:
    return {"report": report.dict(), "text": report.json()}
""",
        },
    ),
    near_miss(
        "Pydantic 1 is pinned",
        {
            "pyproject.toml": """\
[project]
name = "shop"
version = "1.0"
dependencies = ["fastapi>=0.95,<0.100", "pydantic>=1.10,<2"]
""",
            "app/schemas.py": SCHEMAS,
            "app/main.py": """\
from fastapi import FastAPI

from app.schemas import UserIn

app = FastAPI()


@app.post("/users")
async def create_user(user_in: UserIn) -> dict[str, object]:
    return user_in.dict()
""",
        },
    ),
    near_miss(
        "nobody knows what the parameter is",
        {
            "app/export.py": """\
from typing import Any


def as_dict(value: Any) -> Any:
    if hasattr(value, "dict"):
        return value.dict()
    return value.copy()
""",
        },
    ),
    near_miss(
        "a library that works with both releases asks for the new method first",
        {
            "requirements.txt": "pydantic>=1.10",
            "app/dumping.py": """\
from pydantic import BaseModel


class Note(BaseModel):
    text: str


def dump(note: Note) -> dict[str, object]:
    return note.model_dump() if hasattr(note, "model_dump") else note.dict()


def text(note: Note) -> str:
    if hasattr(note, "model_dump_json"):
        return note.model_dump_json()
    return note.json()


def copied(note: Note) -> Note:
    if not hasattr(note, "model_copy"):
        other = note.copy()
    else:
        other = note.model_copy()
    return other
""",
        },
    ),
)
