"""Every kind of statement, from real syntax."""

from textwrap import dedent
from typing import get_args

import pytest

from fastapi_lint.facts import statements
from fastapi_lint.facts.expressions import Expr, dotted_name
from fastapi_lint.facts.statements import (
    Annotate,
    Declare,
    Define,
    For,
    If,
    ImportHere,
    Jump,
    Match,
    Stmt,
    Try,
    With,
    blocks,
    expressions_of,
    walk_statements,
)
from tests.facts.reading import body_of, statement_of

KINDS: dict[str, type[Stmt]] = {
    "f(a)": statements.Evaluate,
    "a = b = c": statements.Assign,
    "a: b": statements.Annotate,
    "a: b = c": statements.Annotate,
    "a += b": statements.Augment,
    "return": statements.Return,
    "return a": statements.Return,
    "raise": statements.Raise,
    "raise a from b": statements.Raise,
    "del a, b": statements.Delete,
    "if a:\n    b()\nelse:\n    c()": statements.If,
    "while a:\n    b()\nelse:\n    c()": statements.While,
    "for a in b:\n    c()\nelse:\n    d()": statements.For,
    "with a as b, c:\n    d()": statements.With,
    "try:\n    a()\nexcept b as c:\n    d()\nelse:\n    e()\nfinally:\n    f()": statements.Try,
    "try:\n    a()\nexcept* b:\n    c()": statements.Try,
    "match a:\n    case b:\n        c()": statements.Match,
    "assert a, b": statements.Assert,
    "def f(): ...": statements.Define,
    "class C: ...": statements.Define,
    "pass": statements.Jump,
    "break": statements.Jump,
    "continue": statements.Jump,
    "global a": statements.Declare,
    "nonlocal a": statements.Declare,
    "import a": statements.ImportHere,
    "from a import b": statements.ImportHere,
}


def names(expressions: tuple[Expr, ...]) -> list[str | None]:
    return [dotted_name(item) for item in expressions]


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_a_statement_has_its_kind_and_covers_its_text(text: str, kind: type[Stmt]) -> None:
    statement = statement_of(text)
    assert type(statement) is kind
    assert statement.span == (0, len(text))


def test_every_kind_of_statement_is_among_the_cases() -> None:
    assert set(KINDS.values()) == set(get_args(Stmt))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["a"]),
        ("a = b = c", ["c", "a", "b"]),
        ("a: b", ["a"]),
        ("a: b = c", ["c", "a"]),
        ("a += b", ["b", "a"]),
        ("return", []),
        ("raise a from b", ["a", "b"]),
        ("del a, b", ["a", "b"]),
        ("if a: b", ["a"]),
        ("while a: b", ["a"]),
        ("for a in b: c", ["b", "a"]),
        ("with a as b, c: d", ["a", "b", "c"]),
        ("try: a\nexcept b: c\nexcept: d", ["b"]),
        ("match a:\n  case b if c: d", ["a", "c"]),
        ("assert a, b", ["a", "b"]),
        ("def f(a=b): c", []),
        ("pass", []),
        ("global a", []),
        ("import a", []),
    ],
)
def test_a_statement_has_its_own_expressions_in_the_order_of_evaluation(text: str, expected: list[str]) -> None:
    assert names(expressions_of(statement_of(text))) == expected


def test_a_walk_goes_through_blocks_in_order_and_stays_out_of_definitions() -> None:
    body = body_of(
        """
        if a:
            b
        elif c:
            d
        else:
            for e in e:
                f
            else:
                g
        while h:
            i
        with j:
            k
        try:
            l
        except m:
            n
        except o:
            p
        else:
            q
        finally:
            r
        match s:
            case 1: t
            case _: u
        def hidden():
            hidden
        class Hidden:
            hidden
        """
    )
    met = [name for statement in walk_statements(body) for name in names(expressions_of(statement))]
    assert met == [*"abcdeefghijk", *"mo", *"lnpqr", *"stu"]


def test_what_has_no_body_has_no_blocks() -> None:
    assert blocks(statement_of("a = b")) == ()


def test_loops_and_with_know_whether_they_are_asynchronous() -> None:
    plain = (statement_of("for a in b: c"), statement_of("with a: b"))
    asynchronous = (statement_of("async for a in b: c"), statement_of("async with a: b"))
    assert [item.is_async for item in (*plain, *asynchronous) if isinstance(item, For | With)] == [False] * 2 + [
        True
    ] * 2


def test_a_handler_keeps_what_it_catches_under_which_name() -> None:
    statement = statement_of("try: a\nexcept (b, c) as d: e\nexcept: f")
    assert isinstance(statement, Try)
    first, second = statement.handlers
    assert (first.name, second.name, second.type) == ("d", None, None)


def test_an_annotation_without_value_is_a_declaration_only() -> None:
    statement = statement_of("a: b")
    assert isinstance(statement, Annotate)
    assert statement.value is None
    assert dotted_name(statement.annotation) == "b"


def test_cases_keep_bound_names_tested_classes_guards_and_wildcards() -> None:
    statement = statement_of(
        dedent(
            """
            match subject:
                case Point(x=0, y=Inner(z)) as point if point: a
                case [first, *rest]: b
                case {"key": value, **others}: c
                case 1 | None: d
                case captured if captured: e
                case _: f
            """
        )
    )
    assert isinstance(statement, Match)
    assert [set(case.names) for case in statement.cases] == [
        {"point", "z"},
        {"first", "rest"},
        {"value", "others"},
        set(),
        {"captured"},
        set(),
    ]
    assert names(statement.cases[0].classes) == ["Point", "Inner"]
    assert [case.guard is not None for case in statement.cases] == [True, False, False, False, True, False]
    assert [case.is_wildcard for case in statement.cases] == [False] * 5 + [True]


@pytest.mark.parametrize("kind", ["pass", "break", "continue"])
def test_a_jump_says_which_it_is(kind: str) -> None:
    statement = statement_of(kind)
    assert isinstance(statement, Jump)
    assert statement.kind == kind


def test_declarations_say_whose_names_they_are() -> None:
    here, outside = statement_of("global a, b"), statement_of("nonlocal c")
    assert isinstance(here, Declare)
    assert isinstance(outside, Declare)
    assert (here.names, here.is_global) == (("a", "b"), True)
    assert (outside.names, outside.is_global) == (("c",), False)


def test_an_import_keeps_the_names_that_it_binds_here() -> None:
    found = [
        item.names for item in body_of("import a.b, c as d\nfrom e import f as g, h") if isinstance(item, ImportHere)
    ]
    assert found == [("a", "d"), ("g", "h")]


def test_a_definition_refers_to_its_facts() -> None:
    function, cls = body_of("@decorated\ndef f(): ...\nclass C: ...")
    assert isinstance(function, Define)
    assert isinstance(cls, Define)
    assert (function.qualname, function.is_class, function.start) == ("f", False, 11)
    assert (cls.qualname, cls.is_class) == ("C", True)


def test_texts_that_stand_alone_are_left_out() -> None:
    (statement,) = body_of('"""A docstring."""\n"another"\n...\nif a:\n    "text"')
    assert isinstance(statement, If)
    assert statement.body == ()
