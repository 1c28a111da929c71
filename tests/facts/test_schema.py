"""The shape of facts: what they say of themselves, and that they survive being written and read."""

import msgspec
import pytest

from fastapi_lint.facts.expressions import Assignment, Await, Lambda, Node, Yield
from fastapi_lint.facts.schema import EMPTY_MODULE, ModuleFacts, decode_body, may_hold
from fastapi_lint.facts.statements import Declare, Evaluate, Match, Raise, Try, With
from tests.facts.reading import all_expressions, facts_of

MODULE = '''
"""A module with everything."""
from __future__ import annotations
import os.path as p
from ..pkg import name as other
__all__ = ["Service", "run"]

class Service[T](Base[T], metaclass=Meta):
    field: "list[int]" = []

    @property
    def größe(self) -> int: return self._n

    class Inner: ...

async def run(a, /, b: int = 1, *c, d=None, **e) -> None:
    async with open() as file, lock:
        yield [x async for x in file if (y := x)]
    match a:
        case Point(x=1): raise A from B
'''


def test_facts_are_the_same_after_being_written_and_read() -> None:
    facts = facts_of(MODULE)
    encoded = msgspec.msgpack.encode(facts)
    decoded = msgspec.msgpack.decode(encoded, type=ModuleFacts)
    assert msgspec.msgpack.encode(decoded) == encoded
    assert [type(item) for item in all_expressions(decoded)] == [type(item) for item in all_expressions(facts)]


def test_bodies_stay_encoded_until_they_are_asked_for() -> None:
    (function,) = facts_of("def f():\n    a()").functions
    assert isinstance(function.body, msgspec.Raw)
    assert [type(statement) for statement in decode_body(function.body)] == [Evaluate]


def test_a_body_that_is_no_body_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_body(msgspec.Raw(msgspec.msgpack.encode([[1, 2, 3]])))


def test_names_are_the_last_parts_of_qualified_names() -> None:
    facts = facts_of(MODULE)
    assert [(item.qualname, item.name) for item in facts.functions] == [("Service.größe", "größe"), ("run", "run")]
    assert [(item.qualname, item.name) for item in facts.classes] == [
        ("Service.Inner", "Inner"),
        ("Service", "Service"),
    ]


def test_spans_are_byte_ranges_of_the_text() -> None:
    facts = facts_of(MODULE)
    text = MODULE.encode()
    named = [item.name_span for item in facts.functions] + [item.name_span for item in facts.classes]
    assert [text[slice(*span)].decode() for span in named] == ["größe", "run", "Inner", "Service"]
    parameters = facts.functions[1].parameters
    assert [text[slice(*item.span)].decode() for item in parameters] == ["a", "b: int", "c", "d", "e"]
    assert [text[slice(*item.span)].decode() for item in facts.imports] == [
        "annotations",
        "os.path as p",
        "name as other",
    ]


def test_an_empty_module_says_what_an_empty_file_says() -> None:
    assert msgspec.msgpack.encode(EMPTY_MODULE) == msgspec.msgpack.encode(facts_of(""))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Assignment, "if (found := look()): pass"),
        (Assignment, "return [y for x in rows if (y := x.id)]"),
        (Await, "return await look()"),
        (Declare, "global found\n    found = 1"),
        (Lambda, "return sorted(rows, key=lambda row: row.id)"),
        (Match, "match rows:\n        case []: pass"),
        (Raise, "if rows:\n        raise ValueError(rows)"),
        (Try, "for row in rows:\n        try:\n            look()\n        except ValueError: pass"),
        (With, "with look() as found: pass"),
        (Yield, "found = yield rows"),
    ],
)
def test_a_node_is_found_in_an_encoded_body(kind: type[Node], code: str) -> None:
    facts = facts_of(f"async def function(rows):\n    {code}\n\ndef other(rows):\n    return rows\n")
    function, other = facts.functions
    assert may_hold(function.body, kind)
    assert not may_hold(other.body, kind)
    assert not may_hold(facts.body, kind)
