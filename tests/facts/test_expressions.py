"""Every kind of expression, from real syntax."""

from typing import get_args

import pytest

from fastapi_lint.facts import expressions
from fastapi_lint.facts.expressions import (
    Assignment,
    Attribute,
    BinaryOperation,
    Call,
    Comparison,
    Comprehension,
    Constant,
    Expr,
    FormattedString,
    Lambda,
    Mapping,
    Name,
    Node,
    Opaque,
    Sequence,
    Slice,
    Subscript,
    Yield,
    bound_names,
    children,
    dotted_name,
    walk,
)
from fastapi_lint.facts.schema import decode_body
from fastapi_lint.facts.statements import Assign, Return
from tests.facts.reading import body_of, expression_of, facts_of, statement_of

KINDS: dict[str, type[Node]] = {
    "a": expressions.Name,
    "a.b": expressions.Attribute,
    "f(a, *b, c=d, **e)": expressions.Call,
    "(1)": expressions.Constant,
    "await a": expressions.Await,
    "a[b]": expressions.Subscript,
    "(a, b)": expressions.Sequence,
    "[a, b]": expressions.Sequence,
    "{a, b}": expressions.Sequence,
    "{a: b, **c}": expressions.Mapping,
    "a and b and c": expressions.BooleanOperation,
    "a < b is not c": expressions.Comparison,
    "not a": expressions.UnaryOperation,
    "a + b": expressions.BinaryOperation,
    "a if b else c": expressions.Conditional,
    "lambda a, /, b, *c, d, **e: a": expressions.Lambda,
    "[a for a in b if c if d]": expressions.Comprehension,
    "{a for a in b}": expressions.Comprehension,
    "{a: b for a, b in c}": expressions.Comprehension,
    "(a for a in b for c in a)": expressions.Comprehension,
    "f'{a}b{c!r:{d}}'": expressions.FormattedString,
    "*a": expressions.Starred,
    "(yield a)": expressions.Yield,
    "(yield from a)": expressions.Yield,
    "(a := b)": expressions.Assignment,
    "b'bytes'": expressions.Opaque,
    "a[1:2:3]": expressions.Subscript,
}


def value_of(text: str) -> Expr:
    """Return the value of ``x = text``; what is starred stands in a tuple."""
    statement = statement_of(assignment_of(text))
    assert isinstance(statement, Assign)
    if text.startswith("*"):
        assert isinstance(statement.value, Sequence)
        return statement.value.items[0]
    return statement.value


def assignment_of(text: str) -> str:
    return f"x = ({text},)" if text.startswith("*") else f"x = {text}"


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_an_expression_has_its_kind_and_covers_its_text(text: str, kind: type[Node]) -> None:
    value = value_of(text)
    assert type(value) is kind
    source = assignment_of(text).encode()
    inner = text[1:-1] if kind in {Constant, Yield, Assignment} else text
    assert source[value.start : value.end].decode() == inner


def test_every_kind_of_expression_is_among_the_cases() -> None:
    assert {*KINDS.values(), Slice} == set(get_args(Expr))


@pytest.mark.parametrize("value", [None, True, False, 0, -0.5, 1.5, 2**63 - 1, "text", ""])
def test_a_literal_keeps_its_value_and_type(value: object) -> None:
    statement = statement_of(f"x = f({value!r})")
    assert isinstance(statement, Assign)
    assert isinstance(statement.value, Call)
    (literal,) = statement.value.args
    if isinstance(value, float) and value < 0:
        assert isinstance(literal, expressions.UnaryOperation)
        literal, value = literal.operand, -value
    assert isinstance(literal, Constant)
    assert (type(literal.value), literal.value) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("b'x'", "bytes"), ("...", "ellipsis"), ("1j", "complex"), (str(2**63), "int"), ("'\\ud800'", "str")],
)
def test_a_literal_that_cannot_be_kept_is_opaque(text: str, kind: str) -> None:
    value = value_of(text)
    assert isinstance(value, Opaque)
    assert value.kind == kind


def test_a_long_string_is_cut() -> None:
    value = value_of(repr("ä" * 1000))
    assert isinstance(value, Constant)
    assert value.value == "ä" * 400


def test_a_string_is_whole_where_only_what_is_cut_off_is_no_unicode() -> None:
    value = value_of(repr("a" * 400) + " '\\ud800'")
    assert isinstance(value, Constant)
    assert value.value == "a" * 400


def test_a_call_finds_its_keywords() -> None:
    call = value_of("f(a, name=b, other=c)")
    assert isinstance(call, Call)
    found = call.keyword("other")
    assert isinstance(found, Name)
    assert found.id == "c"
    assert call.keyword("missing") is None
    assert not call.has_unpacking


@pytest.mark.parametrize("arguments", ["*a", "**a", "b, *a", "b=1, **a"])
def test_a_call_knows_that_some_arguments_are_known_at_run_time_only(arguments: str) -> None:
    call = value_of(f"f({arguments})")
    assert isinstance(call, Call)
    assert call.has_unpacking


def test_the_name_of_an_attribute_has_a_span_of_its_own() -> None:
    text = "x = (a\n  .größe)"
    value = value_of("(a\n  .größe)")
    assert isinstance(value, Attribute)
    assert text.encode()[slice(*value.attr_span)].decode() == "größe"
    assert value.span == (value.start, value.end)


def test_operators_are_kept_as_written() -> None:
    comparison = value_of("a < b is not c not in d")
    assert isinstance(comparison, Comparison)
    assert comparison.operators == ("<", "is not", "not in")
    binary = value_of("a @ b")
    assert isinstance(binary, BinaryOperation)
    assert binary.operator == "@"


def test_a_mapping_has_no_key_for_an_unpacked_mapping() -> None:
    mapping = value_of("{'a': 1, **b}")
    assert isinstance(mapping, Mapping)
    assert mapping.keys[1] is None
    assert len(children(mapping)) == 3


def test_a_comprehension_keeps_clauses_conditions_and_async() -> None:
    function = facts_of("async def f():\n    return {k: v async for k, v in rows if k if v for x in v}").functions[0]
    (returned,) = decode_body(function.body)
    assert isinstance(returned, Return)
    value = returned.value
    assert isinstance(value, Comprehension)
    assert (value.kind, [clause.is_async for clause in value.generators]) == ("dict", [True, False])
    assert [len(clause.conditions) for clause in value.generators] == [2, 0]
    assert [dotted_name(child) for child in children(value)] == ["rows", None, "k", "v", "v", "x", "k", "v"]


def test_a_lambda_keeps_the_names_of_all_its_parameters() -> None:
    value = value_of("lambda a, /, b, *c, d, **e: a")
    assert isinstance(value, Lambda)
    assert value.parameters == ("a", "b", "d", "c", "e")


def test_a_formatted_string_keeps_literals_fields_and_format_fields() -> None:
    value = value_of("f'a{b}{c:>{width}}'")
    assert isinstance(value, FormattedString)
    assert [dotted_name(item) for item in walk(value) if isinstance(item, Name)] == ["b", "c", "width"]
    assert isinstance(value.parts[0], Constant)
    assert value.parts[0].value == "a"


def test_a_slice_keeps_the_parts_that_are_there() -> None:
    value = value_of("a[:b]")
    assert isinstance(value, Subscript)
    assert isinstance(value.index, Slice)
    assert [dotted_name(part) for part in children(value.index)] == ["b"]


def test_a_bare_yield_has_no_value() -> None:
    value = value_of("(yield)")
    assert isinstance(value, Yield)
    assert value.value is None
    assert children(value) == ()


@pytest.mark.parametrize(
    ("text", "name"), [("a", "a"), ("a.b.c", "a.b.c"), ("f().b", None), ("a[0].b", None), ("'a'.join", None)]
)
def test_only_a_chain_of_attributes_on_a_name_has_a_dotted_name(text: str, name: str | None) -> None:
    assert dotted_name(expression_of(text)) == name


def test_nothing_has_no_dotted_name() -> None:
    assert dotted_name(None) is None


@pytest.mark.parametrize(
    ("target", "names"),
    [("a", {"a"}), ("a, (b, *c)", {"a", "b", "c"}), ("[a, b]", {"a", "b"}), ("a.b", set()), ("a[b]", set())],
)
def test_a_target_binds_the_bare_names_in_it(target: str, names: set[str]) -> None:
    (statement,) = body_of(f"{target} = x")
    assert isinstance(statement, Assign)
    assert bound_names(statement.targets[0]) == names


def test_a_walk_meets_every_subexpression_from_the_outside_to_the_inside() -> None:
    text = "f(a.b, c=d[e:f], *[g async for g in h if i]) if (j := not k) else {l: -m, **n} or (yield o) < f'{p:{q}}'"
    found = [item.id for item in walk(value_of(text)) if isinstance(item, Name)]
    assert found[0] == "k"
    assert set(found) == {*"adefghiklmnopq"}


def test_values_compare_by_identity() -> None:
    call = value_of("f(a, a)")
    assert isinstance(call, Call)
    assert len({*call.args}) == 2
    assert call.args[0] != Name(call.args[0].start, call.args[0].end, "a")
