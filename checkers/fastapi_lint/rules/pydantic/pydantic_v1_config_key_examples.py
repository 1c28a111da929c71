"""Examples of FL102: configuration keys that Pydantic 2 does not know any more."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "orm_mode in model_config",
        {
            "app/schemas.py": """\
from pydantic import BaseModel, ConfigDict


class UserOut(BaseModel):
    model_config = ConfigDict(
        title="User",
        orm_mode=True,  # expect: FL102
    )

    id: int
    name: str
""",
            "app/service.py": """\
from dataclasses import dataclass

from app.schemas import UserOut


@dataclass
class User:
    id: int
    name: str


def show(user: User) -> UserOut:
    return UserOut.model_validate(user)
""",
        },
    ),
    bad(
        "allow_mutation and lengths in a class Config",
        {
            "app/schemas.py": """\
from pydantic import BaseModel


class Coupon(BaseModel):
    code: str

    class Config:
        allow_mutation = False  # expect: FL102
        min_anystr_length = 3  # expect: FL102
        title = "Coupon"
""",
        },
    ),
    bad(
        "another key, a plain dict, a removed key",
        {
            "app/schemas.py": """\
from typing import Any

from pydantic import BaseModel, ConfigDict


class Filter(BaseModel):
    model_config = ConfigDict(anystr_strip_whitespace=True)  # expect: FL102

    text: str


class Event(BaseModel):
    model_config = {"allow_population_by_field_name": True}  # expect: FL102

    name: str


class Document(BaseModel):
    body: dict[str, Any]

    class Config:
        fields = {"body": {"alias": "content"}}  # expect: FL102
""",
        },
    ),
    good(
        "the keys of Pydantic 2",
        {
            "app/schemas.py": """\
from pydantic import BaseModel, ConfigDict


class UserOut(BaseModel):
    model_config = ConfigDict(title="User", from_attributes=True)

    id: int
    name: str


class Coupon(BaseModel):
    model_config = ConfigDict(frozen=True, str_min_length=3)

    code: str


class Filter(BaseModel, str_strip_whitespace=True):
    text: str
""",
            "app/service.py": """\
from dataclasses import dataclass

from app.schemas import UserOut


@dataclass
class User:
    id: int
    name: str


def show(user: User) -> UserOut:
    return UserOut.model_validate(user)
""",
        },
    ),
    near_miss(
        "Pydantic 1 is pinned",
        {
            "requirements.txt": "fastapi==0.95.2\npydantic==1.10.13\n",
            "app/schemas.py": """\
from pydantic import BaseModel


class UserOut(BaseModel):
    id: int

    class Config:
        orm_mode = True
        allow_population_by_field_name = True
""",
        },
    ),
    near_miss(
        "the same names in other places",
        {
            "app/mapper.py": """\
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass
class Mapper:
    orm_mode: bool = True
    fields: tuple[str, ...] = ()


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    orm_mode: bool = False
    fields: list[str] = []


mapper = Mapper(orm_mode=True, fields=("id",))
form = Form(orm_mode=True, fields=["id"])
""",
        },
    ),
    near_miss(
        "one base for both versions, decided at run time",
        {
            "app/compat.py": """\
import pydantic
from pydantic import BaseModel

if pydantic.VERSION.startswith("1."):

    class Schema(BaseModel):
        class Config:
            orm_mode = True

else:

    class Schema(BaseModel):  # type: ignore[no-redef]
        model_config = {"from_attributes": True}
""",
        },
    ),
    near_miss(
        "the Pydantic 1 that Pydantic 2 carries",
        {
            "app/legacy.py": """\
from pydantic.v1 import BaseModel


class Message(BaseModel):
    text: str

    class Config:
        orm_mode = True
""",
        },
    ),
)
