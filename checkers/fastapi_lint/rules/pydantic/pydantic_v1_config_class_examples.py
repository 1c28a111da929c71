"""Examples of FL101: ``class Config`` inside models of Pydantic 2."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "a response schema",
        {
            "app/schemas.py": """\
from pydantic import BaseModel


class UserOut(BaseModel):
    id: int
    name: str

    class Config:  # expect: FL101
        from_attributes = True
        str_max_length = 100
""",
        },
    ),
    bad(
        "the project's base model, settings and SQLModel",
        {
            "app/base.py": """\
from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    model_config = ConfigDict(from_attributes=True)
""",
            "app/schemas.py": """\
from app.base import Schema


class ItemOut(Schema):
    id: int
""",
            "app/orders.py": """\
from typing import Generic, TypeVar

from pydantic import BaseModel
from sqlmodel import SQLModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]

    class Config:  # expect: FL101
        frozen = True


class OrderIn(SQLModel):
    quantity: int

    class Config:  # expect: FL101
        str_strip_whitespace = True
""",
            "app/settings.py": """\
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False

    class Config:  # expect: FL101
        env_file = ".env"


settings = Settings()
""",
        },
    ),
    good(
        "model_config",
        {
            "app/schemas.py": """\
from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True, str_max_length=100)

    id: int
    name: str


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    debug: bool = False
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
        title = "User"
""",
        },
    ),
    near_miss(
        "Config of a class that is no Pydantic model",
        {
            "app/engine.py": """\
from dataclasses import dataclass


class Engine:
    class Config:
        workers = 4

    def start(self) -> int:
        return self.Config.workers


@dataclass
class Job:
    name: str

    class Config:
        retries = 3
""",
        },
    ),
    near_miss(
        "a model that is called Config",
        {
            "app/schemas.py": """\
from pydantic import BaseModel


class Config(BaseModel):
    debug: bool = False


class Service(BaseModel):
    config: Config

    def name(self) -> str:
        class Config:
            label = "service"

        return Config.label
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
        allow_mutation = False
""",
        },
    ),
)
