"""The fields that the command line asks for: ``name:type(arguments)?:unique:index=default``.

What stands behind the name is read like a column in SQL: ``title:str(80)``, ``price:decimal(10,2)=0``,
``status:enum(draft,published)=draft``, ``due:datetime?`` for one that may be null, ``code:str:unique``.
"""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.naming import check_field_name

_SPECIFICATION: Final = re.compile(
    r"(?P<name>[^:]*):(?P<kind>[^:(?=]*)(\((?P<arguments>[^()]*)\))?(?P<nullable>\??)"
    r"(?P<flags>(:[^:=]*)*)(=(?P<default>.*))?",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_CHOICE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LENGTH: Final = 255
_TEXT_LENGTH: Final = 10_000
_MOST_CHARACTERS: Final = 1_000_000
_MOST_INDEXED: Final = 600
"""PostgreSQL refuses rows whose indexed text is longer than 2,704 bytes, and a character may have four."""
_SHORTEST_UNIQUE: Final = 8
_PRECISION: Final = (12, 2)
_MOST_DIGITS: Final = 38
_LARGEST_INT: Final = 2**31 - 1


class Kind(StrEnum):
    """The types of fields, as the command line writes them."""

    STR = "str"
    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"


class Field(Struct, frozen=True):
    """A column that clients read and write.

    ``length`` is the longest text; ``precision`` and ``scale`` are the digits of a decimal, all and behind the point;
    ``choices`` are the values of an enum. ``default`` is None for none, else as it was written, and valid.
    """

    name: str
    kind: Kind
    nullable: bool = False
    unique: bool = False
    index: bool = False
    length: int = 0
    precision: int = 0
    scale: int = 0
    choices: tuple[str, ...] = ()
    default: str | None = None

    @property
    def is_required(self) -> bool:
        """Return whether a client has to send it on creation."""
        return not self.nullable and self.default is None


def parse_fields(specifications: tuple[str, ...]) -> tuple[Field, ...]:
    """Return the fields that the command line asks for.

    Raises:
        ScaffoldError: a specification says something that no field can be, or two fields have one name.

    """
    fields = tuple(parse_field(item) for item in specifications)
    names = [field.name for field in fields]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ScaffoldError(f"two fields are called `{twice}`")
    return fields


def parse_field(specification: str) -> Field:
    """Return the field that a specification describes.

    Raises:
        ScaffoldError: it says something that no field can be.

    """
    match = _SPECIFICATION.fullmatch(specification)
    if match is None:
        raise ScaffoldError(f"`{specification}` is no field: write name:type, like `title:str` or `due:datetime?`")
    check_field_name(match["name"])
    if match["kind"] not in set(Kind):
        raise ScaffoldError(f"`{specification}`: unknown type `{match['kind']}`; the types are {', '.join(Kind)}")
    field = Field(match["name"], Kind(match["kind"]), nullable=bool(match["nullable"]))
    try:
        return _with_default(_with_flags(_with_arguments(field, match["arguments"]), match["flags"]), match["default"])
    except ScaffoldError as error:
        raise ScaffoldError(f"`{specification}`: {error}") from None


def _with_arguments(field: Field, written: str | None) -> Field:
    arguments = [] if written is None else [part.strip() for part in written.split(",")]
    match field.kind:
        case Kind.STR | Kind.TEXT:
            return replace(field, length=_length(field.kind, arguments))
        case Kind.DECIMAL:
            precision, scale = _digits(arguments)
            return replace(field, precision=precision, scale=scale)
        case Kind.ENUM:
            return replace(field, choices=_choices(arguments))
        case _ if written is not None:
            raise ScaffoldError(f"{field.kind} takes nothing in parentheses")
        case _:
            return field


def _length(kind: Kind, arguments: list[str]) -> int:
    if not arguments:
        return _LENGTH if kind is Kind.STR else _TEXT_LENGTH
    if len(arguments) != 1 or not _NUMBER.fullmatch(arguments[0]) or not 1 <= int(arguments[0]) <= _MOST_CHARACTERS:
        raise ScaffoldError(f"{kind} takes its greatest length, up to {_MOST_CHARACTERS}, like `{kind}(80)`")
    return int(arguments[0])


def _digits(arguments: list[str]) -> tuple[int, int]:
    if not arguments:
        return _PRECISION
    numbers = [int(item) for item in arguments if _NUMBER.fullmatch(item)]
    if len(numbers) == len(arguments) == 2 and 1 <= numbers[0] <= _MOST_DIGITS and numbers[1] <= numbers[0]:
        return numbers[0], numbers[1]
    raise ScaffoldError(
        f"decimal takes how many digits it has, up to {_MOST_DIGITS}, and how many of them are behind the point, "
        "like `decimal(10,2)`"
    )


def _choices(arguments: list[str]) -> tuple[str, ...]:
    if len(arguments) < 2 or len(set(arguments)) != len(arguments):
        raise ScaffoldError("an enum needs two different values or more, like `enum(draft,published)`")
    wrong = next((item for item in arguments if not _CHOICE.fullmatch(item)), None)
    if wrong is not None:
        raise ScaffoldError(f"`{wrong}` is no value of an enum: use lower case words joined by _")
    return tuple(arguments)


def _with_flags(field: Field, written: str) -> Field:
    flags = [] if not written else written.removeprefix(":").split(":")
    wrong = next((item for item in flags if item not in {"unique", "index"}), None)
    if wrong is not None:
        raise ScaffoldError(f"`:{wrong}` means nothing; a field may be `:unique` or `:index`")
    if flags and (field.kind in {Kind.TEXT, Kind.JSON} or field.length > _MOST_INDEXED):
        raise ScaffoldError(f"a {field.kind} of any length has no index; take `str` of at most {_MOST_INDEXED}")
    if "unique" in flags and not _has_many_values(field):
        raise ScaffoldError("`:unique` is for str of 8 characters or more, int, date, datetime and uuid")
    return replace(field, unique="unique" in flags, index="index" in flags and "unique" not in flags)


def _has_many_values(field: Field) -> bool:
    if field.kind is Kind.STR:
        return field.length >= _SHORTEST_UNIQUE
    return field.kind in {Kind.INT, Kind.DATE, Kind.DATETIME, Kind.UUID}


def _with_default(field: Field, written: str | None) -> Field:
    if written is None:
        return field
    if field.unique:
        raise ScaffoldError("a field cannot be unique and have a default")
    if not _is_value(field, written):
        raise ScaffoldError(f"`{written}` is no default of this field: {_allowed_defaults(field)}")
    return replace(field, default=written)


def _allowed_defaults(field: Field) -> str:
    match field.kind:
        case Kind.STR | Kind.TEXT:
            return f"it takes up to {field.length} printable characters"
        case Kind.INT:
            return f"it takes a whole number from -{_LARGEST_INT} to {_LARGEST_INT}"
        case Kind.FLOAT:
            return "it takes a number, like 0.5"
        case Kind.BOOL:
            return "it takes true or false"
        case Kind.DECIMAL:
            whole = field.precision - field.scale
            return f"it takes a number with up to {whole} digits before the point and {field.scale} behind it"
        case Kind.ENUM:
            return f"it takes {' or '.join(field.choices)}"
        case _:
            return f"{field.kind} takes none"


def _is_value(field: Field, written: str) -> bool:
    match field.kind:
        case Kind.STR | Kind.TEXT:
            return written.isprintable() and len(written) <= field.length
        case Kind.INT:
            return re.fullmatch(r"-?[0-9]{1,10}", written) is not None and abs(int(written)) <= _LARGEST_INT
        case Kind.FLOAT:
            return re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", written) is not None
        case Kind.BOOL:
            return written in {"true", "false"}
        case Kind.DECIMAL:
            return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", written) is not None and _fits(field, written)
        case Kind.ENUM:
            return written in field.choices
        case _:
            return False


def _fits(field: Field, written: str) -> bool:
    whole, _, fraction = written.removeprefix("-").partition(".")
    return len(whole.lstrip("0")) <= field.precision - field.scale and len(fraction) <= field.scale
