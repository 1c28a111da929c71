"""Bodies, paths and queries that no client should send, and that must be answered by 4xx."""

import json
from typing import Any, Final

from fastapi_lint_dev.trial.attack.target import PASSWORD

HOSTILE_TEXTS: Final[tuple[Any, ...]] = (
    None,
    "a\x00b",
    "\x00",
    "\ud800",
    "\ud800" * 20,
    "x" * 100_000,
    0,
    -1,
    2**63,
    10**400,
    1.5,
    True,
    [],
    ["a"],
    {},
    {"a": "b"},
)
"""What is no short text: null, NUL, half a character, too long, other types."""

HOSTILE_IDS: Final = ("0", "-1", "2147483648", "9" * 40, "1e3", "x", "%00", "null", "1.0.0", "%F0%9F%92%A9", "..")
HOSTILE_QUERIES: Final = (
    "limit=0",
    "limit=101",
    "limit=1000000000",
    "limit=-1",
    "limit=x",
    "limit=",
    "limit=%00",
    "offset=-1",
    "offset=9223372036854775807",
    "offset=99999999999999999999",
    "unknown=1",
    "limit=1&limit=1000",
)


HOSTILE_FORMS: Final = (
    b"",
    b"username=x",
    b"username=%ED%A0%80&password=%ED%A0%80",
    b"username=%FF%FE&password=%FF%FE",
    b"username=\xff\xfe&password=\xff",
    b"username=%00&password=%00",
    b"username=x&username=y&password=z&grant_type=token",
    b"&" * 10_000,
    b"a=b&" * 10_000,
    b"username=" + b"x" * 900_000 + b"&password=x",
)


def hostile_bodies(valid: dict[str, Any]) -> list[bytes]:
    """Return bodies that are each wrong in one way: a field, one field too many, or the whole."""
    bodies: list[Any] = [{**valid, name: value} for name in valid for value in HOSTILE_TEXTS]
    bodies += [{**valid, extra: 1} for extra in ("id", "user_id", "role", "is_active", "hashed_password", "unknown")]
    bodies += [None, [], [valid], "text", 1, {}]
    encoded = [json.dumps(body).encode() for body in bodies]
    return [*encoded, b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000]


REGISTRATION: Final = {"email": "hostile@example.com", "password": PASSWORD}
