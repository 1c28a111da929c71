"""What all schemas share: the base class, bounded types, and pages."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

MAX_INT = 2**31 - 1
"""The largest value of an INTEGER column."""
NO_NUL = r"^[^\x00]*$"
"""PostgreSQL stores every character but NUL."""


class Schema(BaseModel):
    """The base of all schemas: a field that nobody declared is an error."""

    model_config = ConfigDict(extra="forbid")


class ResponseSchema(BaseModel):
    """The base of what is read from models: only declared fields leave the application."""

    model_config = ConfigDict(from_attributes=True)


def _encodable(secret: SecretStr) -> SecretStr:
    """Refuse half characters: JSON can name them, but nothing can encode them."""
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("not valid Unicode") from None
    return secret


Secret = Annotated[SecretStr, Field(max_length=128), AfterValidator(_encodable)]
ShortText = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]
LongText = Annotated[str, StringConstraints(max_length=10_000, pattern=NO_NUL)]
RowId = Annotated[int, Path(ge=1, le=MAX_INT)]


def _omitted() -> Any:
    """Stand in for a field that was not sent; `model_dump(exclude_unset=True)` leaves it out."""


OMITTED: Any = Field(default_factory=_omitted)
"""Default of a field that a PATCH may leave out, but may not set to null."""


class Page(Schema):
    """Which part of a list is asked for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    offset: Annotated[int, Field(ge=0, le=MAX_INT)] = 0


PageDep = Annotated[Page, Query()]
