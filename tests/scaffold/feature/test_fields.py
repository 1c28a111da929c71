"""What ``--field`` says, and what it cannot say."""

import pytest

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.fields import Field, Kind, parse_field, parse_fields


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("title:str", Field("title", Kind.STR, length=255)),
        ("title:str(80)?", Field("title", Kind.STR, length=80, nullable=True)),
        ("notes:text?", Field("notes", Kind.TEXT, length=10_000, nullable=True)),
        ("code:str(20):unique", Field("code", Kind.STR, length=20, unique=True)),
        ("count:int:index=-5", Field("count", Kind.INT, index=True, default="-5")),
        ("price:decimal=0.50", Field("price", Kind.DECIMAL, precision=12, scale=2, default="0.50")),
        ("rate:decimal(3, 3)", Field("rate", Kind.DECIMAL, precision=3, scale=3)),
        ("due:datetime?", Field("due", Kind.DATETIME, nullable=True)),
        ("status:enum(on,off)=off", Field("status", Kind.ENUM, choices=("on", "off"), default="off")),
        ("link:str=https://x.org/?a=b:c", Field("link", Kind.STR, length=255, default="https://x.org/?a=b:c")),
        ("number:uuid:unique:index", Field("number", Kind.UUID, unique=True)),
    ],
)
def test_a_field_is_read_like_a_column(written: str, field: Field) -> None:
    assert parse_field(written) == field


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("title", "is no field: write name:type"),
        ("title:", "unknown type ``"),
        ("title:string", "unknown type `string`; the types are str, text, int"),
        ("title:STR", "unknown type `STR`"),
        ("Title:str", "`Title` cannot be the name of a field: use lower case"),
        ("two words:str", "`two words` cannot be the name of a field"),
        ("_hidden:str", "cannot be the name of a field"),
        ("x" * 41 + ":str", "more than 40 characters"),
        ("class:str", "a keyword of Python"),
        ("order:int", "`order` is a reserved word of SQL"),
        ("metadata:json", "an attribute of every SQLAlchemy class"),
        ("json:json", "a member of every Pydantic model"),
        ("model_name:str", "a member of every Pydantic model"),
        ("self:str", "the first parameter of every method"),
        ("date:date", "`date` is the name of a type"),
        ("title:str()", "str takes its greatest length"),
        ("title:str(0)", "str takes its greatest length"),
        ("title:str(10_000_000)", "str takes its greatest length"),
        ("count:int(3)", "int takes nothing in parentheses"),
        ("price:decimal(2,3)", "decimal takes how many digits"),
        ("price:decimal(39,2)", "decimal takes how many digits"),
        ("status:enum", "two different values or more"),
        ("status:enum(on,on)", "two different values or more"),
        ("status:enum(on,Off)", "`Off` is no value of an enum"),
        ("title:str:uniq", "`:uniq` means nothing"),
        ("notes:text:index", "has no index"),
        ("title:str(601):index", "has no index"),
        ("on:bool:unique", "`on` is a reserved word"),
        ("active:bool:unique", "`:unique` is for"),
        ("code:str(7):unique", "`:unique` is for"),
        ("code:str:unique=x", "cannot be unique and have a default"),
        ("due:datetime=now", "datetime takes none"),
        ("count:int=2147483648", "takes a whole number from -2147483647 to 2147483647"),
        ("title:str(2)=abc", "takes up to 2 printable characters"),
        ("ratio:float=nan", "takes a number, like 0.5"),
        ("price:decimal(4,2)=100", "up to 2 digits before the point and 2 behind it"),
        ("active:bool=yes", "takes true or false"),
        ("status:enum(on,off)=maybe", "`maybe` is no default of this field: it takes on or off"),
        ("title:str=a\x00b", "printable characters"),
    ],
)
def test_what_no_field_can_be_is_refused_in_one_line(written: str, problem: str) -> None:
    with pytest.raises(ScaffoldError) as refused:
        parse_field(written)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_fields_have_two_names() -> None:
    with pytest.raises(ScaffoldError, match="two fields are called `title`"):
        parse_fields(("title:str", "count:int", "title:text"))
