"""How each type of field is written: in the model, in the migration, in the schemas, and in the tests.

The bounds are there because PostgreSQL answers what lies beyond them with an error: integers of more than 32 bits, NUL
in text, moments whose UTC is in no calendar, NaN in JSON.
"""

import json
from decimal import Decimal
from typing import Final

from msgspec import Struct

from fastapi_lint.scaffold.feature.fields import Field, Kind
from fastapi_lint.scaffold.feature.layout import Layout
from fastapi_lint.scaffold.feature.naming import FeatureNames

_ENUM_LENGTH: Final = 20
_MOMENT: Final = "Moment"
_TIME_OF_DAY: Final = "TimeOfDay"
_JSON_OBJECT: Final = "JsonObject"


class Form(Struct, frozen=True, kw_only=True):
    """How a type is written.

    ``python`` is the annotation, ``column`` the column type where the annotation does not imply it, ``sql`` the type in
    a migration, and ``schema`` what validates what clients send. The imports are lines of Python; ``needs`` is the type
    that the module of schemas has to define. ``samples`` are two values as Python, ``invalid`` what must be refused.
    """

    python: str
    python_imports: tuple[str, ...] = ()
    column: str = ""
    column_imports: tuple[str, ...] = ()
    sql: str
    schema: str
    schema_imports: tuple[str, ...] = ()
    needs: str = ""
    samples: tuple[str, str]
    invalid: tuple[str, ...]


def form_of(field: Field, names: FeatureNames, layout: Layout) -> Form:
    """Return how the type of a field is written in a project."""
    match field.kind:
        case Kind.STR | Kind.TEXT:
            return _text(field, layout)
        case Kind.DECIMAL:
            return _decimal(field)
        case Kind.ENUM:
            return _enum(field, names)
        case Kind.DATETIME:
            return _moment(layout)
        case _:
            return _FORMS[field.kind]


def enum_name(field: Field, names: FeatureNames) -> str:
    """Return the name of the class of an enum."""
    return names.class_name + "".join(part.capitalize() for part in field.name.split("_"))


_FORMS: Final = {
    Kind.INT: Form(
        python="int",
        sql="sa.Integer()",
        schema="Annotated[int, Field(ge=-(2**31), lt=2**31)]",
        schema_imports=("from typing import Annotated", "from pydantic import Field"),
        samples=("1", "2"),
        invalid=("2**31", "-(2**31) - 1", '"many"'),
    ),
    Kind.FLOAT: Form(
        python="float",
        column="Double",
        column_imports=("from sqlalchemy import Double",),
        sql="sa.Double()",
        schema="FiniteFloat",
        schema_imports=("from pydantic import FiniteFloat",),
        samples=("1.5", "2.5"),
        invalid=('"NaN"', '"Infinity"', '"much"'),
    ),
    Kind.BOOL: Form(
        python="bool", sql="sa.Boolean()", schema="bool", samples=("True", "False"), invalid=("2", '"maybe"')
    ),
    Kind.DATE: Form(
        python="date",
        python_imports=("from datetime import date",),
        sql="sa.Date()",
        schema="date",
        samples=('"2026-01-31"', '"2026-02-28"'),
        invalid=('"2026-02-30"', '"soon"'),
    ),
    Kind.TIME: Form(
        python="time",
        python_imports=("from datetime import time",),
        sql="sa.Time()",
        schema=_TIME_OF_DAY,
        schema_imports=("from typing import Annotated", "from pydantic import AfterValidator"),
        needs=_TIME_OF_DAY,
        samples=('"08:30:00"', '"17:00:00"'),
        invalid=('"25:00:00"', '"08:30:00+02:00"'),
    ),
    Kind.UUID: Form(
        python="UUID",
        python_imports=("from uuid import UUID",),
        sql="sa.Uuid()",
        schema="UUID",
        samples=('"7f2c1c34-6d7e-4b7e-9d0b-0f6f3b1a2c01"', '"7f2c1c34-6d7e-4b7e-9d0b-0f6f3b1a2c02"'),
        invalid=('"7f2c1c34"',),
    ),
    Kind.JSON: Form(
        python="dict[str, Any]",
        python_imports=("from typing import Any",),
        column="JSON(none_as_null=True)",
        column_imports=("from sqlalchemy import JSON",),
        sql="sa.JSON(none_as_null=True)",
        schema=_JSON_OBJECT,
        schema_imports=(
            "import json",
            "import re",
            "from typing import Annotated, Any",
            "from pydantic import AfterValidator, JsonValue",
        ),
        needs=_JSON_OBJECT,
        samples=('{"a": 1}', '{"a": [None, "b"]}'),
        invalid=("[]", r'{"a": "\x00"}', '"text"'),
    ),
}


def _text(field: Field, layout: Layout) -> Form:
    length = f"{field.length:_}"
    alias = next((item for item in layout.texts if item.length >= field.length), None)
    imports: tuple[str, ...] = ("from typing import Annotated", "from pydantic import Field")
    if alias is None:
        schema = f'Annotated[str, Field(max_length={length}, pattern=r"^[^\\x00]*$")]'
    else:
        own = f"from {alias.alias.module} import {alias.alias.name}"
        exact = alias.length == field.length
        schema = alias.alias.name if exact else f"Annotated[{alias.alias.name}, Field(max_length={length})]"
        imports = (own,) if exact else (own, *imports)
    return Form(
        python="str",
        column=f"String({length})",
        column_imports=("from sqlalchemy import String",),
        sql=f"sa.String({length})",
        schema=schema,
        schema_imports=imports,
        samples=(json.dumps("first"[: field.length]), json.dumps("second"[: field.length])),
        invalid=(f'"x" * {field.length + 1:_}', r'"a\x00b"' if field.length > 2 else r'"\x00"', "1"),
    )


def _decimal(field: Field) -> Form:
    digits = f"{field.precision}, {field.scale}"
    whole = field.precision - field.scale
    samples = [format(Decimal(number).scaleb(-field.scale), "f") for number in (1, 2)]
    return Form(
        python="Decimal",
        python_imports=("from decimal import Decimal",),
        column=f"Numeric({digits})",
        column_imports=("from sqlalchemy import Numeric",),
        sql=f"sa.Numeric({digits})",
        schema=f"Annotated[Decimal, Field(max_digits={field.precision}, decimal_places={field.scale})]",
        schema_imports=("from typing import Annotated", "from pydantic import Field"),
        samples=(json.dumps(samples[0]), json.dumps(samples[1])),
        invalid=(json.dumps("1" + "0" * whole), json.dumps("0." + "1" * (field.scale + 1)), '"NaN"'),
    )


def _enum(field: Field, names: FeatureNames) -> Form:
    name = enum_name(field, names)
    length = max(_ENUM_LENGTH, *(len(choice) for choice in field.choices))
    return Form(
        python=name,
        column=f"Enum({name}, native_enum=False, length={length}, values_callable=_values)",
        column_imports=("from enum import StrEnum", "from sqlalchemy import Enum"),
        sql=f"sa.String({length})",
        schema=name,
        samples=(json.dumps(field.choices[0]), json.dumps(field.choices[1])),
        invalid=(json.dumps(field.choices[0].upper()), "1"),
    )


def _moment(layout: Layout) -> Form:
    typed = layout.base.maps_moments
    return Form(
        python="datetime",
        python_imports=("from datetime import datetime",),
        column="" if typed else "DateTime(timezone=True)",
        column_imports=() if typed else ("from sqlalchemy import DateTime",),
        sql="sa.DateTime(timezone=True)",
        schema=_MOMENT,
        schema_imports=(
            "from datetime import UTC, datetime",
            "from typing import Annotated",
            "from pydantic import AfterValidator, AwareDatetime, Field",
        ),
        needs=_MOMENT,
        samples=('"2026-01-31T12:00:00Z"', '"2026-02-28T12:00:00Z"'),
        invalid=('"2026-01-31T12:00:00"', '"9999-12-31T23:59:59-14:00"', '"soon"'),
    )


def default_of(field: Field, names: FeatureNames) -> str:
    """Return the default of a field as Python, empty for none."""
    if field.default is None:
        return ""
    match field.kind:
        case Kind.STR | Kind.TEXT:
            return json.dumps(field.default, ensure_ascii=False)
        case Kind.BOOL:
            return field.default.capitalize()
        case Kind.DECIMAL:
            return f'Decimal("{field.default}")'
        case Kind.ENUM:
            return f"{enum_name(field, names)}.{field.default.upper()}"
        case _:
            return field.default
