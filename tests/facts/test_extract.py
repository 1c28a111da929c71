"""What a file says: its imports, definitions and names, and that every place is where the syntax tree has it."""

import gc
import random
import sysconfig
import warnings
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.facts.expressions import (
    Await,
    BinaryOperation,
    Constant,
    Expr,
    Name,
    Sequence,
    Subscript,
    dotted_name,
)
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.schema import FunctionFacts, Import, ModuleFacts, Parameter, decode_body
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.source import SourceError, normalise
from tests.facts.reading import all_expressions, bodies, body_of, fact_spans, facts_of, failure_of, syntax_spans

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
INSTALLED = Path(sysconfig.get_path("purelib"))


def function_of(text: str) -> FunctionFacts:
    (function,) = facts_of(text).functions
    return function


def annotation_of(text: str) -> Expr:
    (parameter,) = function_of(f"def f(a: {text}): ...").parameters
    assert parameter.annotation is not None
    return parameter.annotation


def shown(expression: Expr) -> str:
    """Return an annotation as text: quoted is what stayed a string."""
    match expression:
        case Constant(value=value):
            return repr(value)
        case Subscript(value=value, index=index):
            return f"{shown(value)}[{shown(index)}]"
        case Sequence(items=items):
            return ", ".join(shown(item) for item in items)
        case BinaryOperation(left=left, right=right):
            return f"{shown(left)} | {shown(right)}"
        case _:
            return str(dotted_name(expression))


# Imports


def imports_of(text: str) -> dict[str, Import]:
    return {item.bound: item for item in facts_of(text).imports}


@pytest.mark.parametrize(
    ("text", "bound", "module", "name", "level"),
    [
        ("import a", "a", "a", None, 0),
        ("import a.b", "a", "a.b", None, 0),
        ("import a.b as c", "c", "a.b", None, 0),
        ("from a import b", "b", "a", "b", 0),
        ("from a.b import c as d", "d", "a.b", "c", 0),
        ("from . import a", "a", "", "a", 1),
        ("from ..a import b as c", "c", "a", "b", 2),
        ("from a import *", "*", "a", "*", 0),
    ],
)
def test_an_import_says_what_it_binds_to_what(text: str, bound: str, module: str, name: str | None, level: int) -> None:
    (found,) = facts_of(text).imports
    assert (found.bound, found.module, found.name, found.level, found.scope) == (bound, module, name, level, "")


def test_an_import_knows_its_scope() -> None:
    found = imports_of(
        """
        import a
        class C:
            import b
            def m(self):
                import c
        """
    )
    assert {bound: item.scope for bound, item in found.items()} == {"a": "", "b": "C", "c": "C.m"}


def test_an_import_knows_whether_it_is_there_at_run_time() -> None:
    found = imports_of(
        """
        import typing
        if TYPE_CHECKING:
            import a
            if other:
                import b
        else:
            import c
        if typing.TYPE_CHECKING:
            import d
        if not TYPE_CHECKING:
            import e
        """
    )
    assert {bound for bound, item in found.items() if item.type_checking} == {"a", "b", "d"}


def test_an_import_knows_whether_its_failure_is_handled() -> None:
    found = imports_of(
        """
        try:
            import a
        except ImportError:
            import b
        else:
            import c
        finally:
            import d
        import e
        """
    )
    assert {bound for bound, item in found.items() if item.guarded} == {"a", "b"}


def test_the_future_of_annotations_is_known() -> None:
    assert facts_of("from __future__ import annotations").future_annotations
    assert not facts_of("from __future__ import generators").future_annotations


# Names of the module


def test_the_names_that_a_module_assigns_are_known() -> None:
    facts = facts_of(
        """
        a = b = 1
        c: int = 2
        d, (e, *f) = g.h = i[0] = x
        j += 1
        for k in x:
            l = 1
        else:
            m = 1
        if x:
            n = 1
        while x:
            o = 1
        with x as p, x:
            q = 1
        try:
            r = 1
        except X:
            s = 1
        else:
            t = 1
        finally:
            u = 1
        def function():
            hidden = 1
        """
    )
    assert facts.assigned == tuple("abcdefjklmnopqrstu")


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ("a = 1", None),
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__: tuple[str, ...] = ('a',)", ("a",)),
        ("__all__ = ['a', b, 1]", ("a",)),
        ("__all__ = names()", None),
        ("__all__ = []", ()),
    ],
)
def test_exported_names_are_those_of_a_literal_list(text: str, exported: tuple[str, ...] | None) -> None:
    assert facts_of(text).exported == exported


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a\n", 1), ("a\r\nb\rc\n", 3), ("\n\n", 2)])
def test_size_and_lines_are_counted(text: str, lines: int) -> None:
    facts = extract(text.encode(), "module.py")
    assert isinstance(facts, ModuleFacts)
    assert (facts.size, facts.lines) == (len(text), lines)


# Definitions


def test_nested_definitions_have_the_qualified_names_that_python_gives_them() -> None:
    facts = facts_of(
        """
        def f():
            def g():
                class C:
                    def m(self): ...
        class D:
            def m(self):
                def h(): ...
            class E:
                async def m(self): ...
        """
    )
    assert {(item.qualname, item.parent, item.owner) for item in facts.functions} == {
        ("f", "", ""),
        ("f.<locals>.g", "f", ""),
        ("f.<locals>.g.<locals>.C.m", "f.<locals>.g.<locals>.C", "f.<locals>.g.<locals>.C"),
        ("D.m", "D", "D"),
        ("D.m.<locals>.h", "D.m", ""),
        ("D.E.m", "D.E", "D.E"),
    }
    assert {(item.qualname, item.parent, item.methods) for item in facts.classes} == {
        ("f.<locals>.g.<locals>.C", "f.<locals>.g", ("f.<locals>.g.<locals>.C.m",)),
        ("D", "", ("D.m",)),
        ("D.E", "D", ("D.E.m",)),
    }


def test_overloads_are_functions_of_their_own() -> None:
    facts = facts_of(
        """
        class C:
            @overload
            def m(self, a: int) -> int: ...
            @overload
            def m(self, a: str) -> str: ...
            def m(self, a): return a
        """
    )
    assert [item.qualname for item in facts.functions] == ["C.m"] * 3
    assert [len(item.decorators) for item in facts.functions] == [1, 1, 0]
    assert facts.classes[0].methods == ("C.m",) * 3


def test_parameters_keep_kind_annotation_and_default() -> None:
    function = function_of("def f(a, b=1, /, c: int = 2, *d: str, e, g=3, **h: bool) -> None: ...")

    def row(item: Parameter) -> tuple[str, str, str | None, object]:
        annotation = None if item.annotation is None else shown(item.annotation)
        return item.name, item.kind, annotation, getattr(item.default, "value", None)

    assert [row(item) for item in function.parameters] == [
        ("a", "positional-only", None, None),
        ("b", "positional-only", None, 1),
        ("c", "positional", "int", 2),
        ("d", "*", "str", None),
        ("e", "keyword", None, None),
        ("g", "keyword", None, 3),
        ("h", "**", "bool", None),
    ]
    assert isinstance(function.returns, Constant)


@pytest.mark.parametrize(
    ("body", "is_generator"),
    [
        ("yield 1", True),
        ("yield from a", True),
        ("a = yield", True),
        ("return 1", False),
        ("lambda: (yield)", False),
        ("def g(): yield", False),
    ],
)
def test_a_generator_yields_in_its_own_body(body: str, *, is_generator: bool) -> None:
    (function,) = (item for item in facts_of(f"def f():\n    {body}").functions if item.qualname == "f")
    assert function.is_generator is is_generator


def test_the_last_names_of_all_calls_of_a_body_are_known() -> None:
    function = function_of(
        "def f(a=default()):\n    b(c.d(), lambda: e())\n    g[0]()\n    return [h() for x in i.j()]"
    )
    assert function.called == ("b", "d", "e", "h", "j")


def test_a_class_keeps_bases_keywords_and_decorators() -> None:
    (cls,) = facts_of("@first\n@second(1)\nclass C(A, b.B, metaclass=Meta, **options): ...").classes
    assert [shown(item) for item in cls.bases] == ["A", "b.B"]
    assert [item.name for item in cls.keywords] == ["metaclass", None]
    assert len(cls.decorators) == 2


@pytest.mark.parametrize(
    "text",
    [
        "def name(): ...",
        "async def name(): ...",
        "async   def \\\n  name(): ...",
        "@decorated\ndef name(): ...",
        "def\\\r\n name(): ...",
        "class name: ...",
        "@decorated\nclass\tname(Base): ...",
        "if a:\n    def name(): ...",
        "# größe\ndef name(): ...",
    ],
)
def test_the_span_of_a_definitions_name_covers_the_name(text: str) -> None:
    facts = facts_of(text)
    (span,) = [item.name_span for item in facts.functions] + [item.name_span for item in facts.classes]
    assert text.encode()[slice(*span)] == b"name"


# Annotations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", "int"),
        ("'int'", "int"),
        ("'models.User'", "models.User"),
        ("list['User']", "list[User]"),
        ("'list[\"User\"]'", "list[User]"),
        ("dict[str, 'User']", "dict[str, User]"),
        ("'User' | None", "User | None"),
        ("' User | None '", "User | None"),
        ("Literal['a', 'b']", "Literal['a', 'b']"),
        ("typing.Literal['a']", "typing.Literal['a']"),
        ("Annotated['User', 'metadata']", "Annotated[User, 'metadata']"),
        ("Annotated[list['User'], Depends()]", "Annotated[list[User], None]"),
        ("'not code!'", "'not code!'"),
        ("f()['User']", "None[User]"),
    ],
)
def test_a_string_in_an_annotation_is_code_except_in_literals_and_metadata(text: str, expected: str) -> None:
    assert shown(annotation_of(text)) == expected


def test_what_stands_in_a_string_annotation_has_the_place_of_the_string() -> None:
    text = "def f(a: 'list[int]'): ..."
    assert {item.span for item in all_expressions(facts_of(text))} == {(9, 20)}


def test_annotations_of_returns_and_variables_are_read_as_well() -> None:
    facts = facts_of("a: 'User' = b\ndef f() -> 'User': ...")
    (declared, _) = decode_body(facts.body)
    assert isinstance(declared, Annotate)
    returns = facts.functions[0].returns
    assert returns is not None
    assert (shown(declared.annotation), shown(returns)) == ("User", "User")


# Newer syntax


def test_syntax_that_is_newer_than_the_interpreter_is_read() -> None:
    facts = facts_of(
        """
        type Alias = 'int'
        class Repository[Model, **Options](Base): ...
        async def get[T](key: T) -> T:
            try:
                return await fetch(f"{key["id"]}")
            except ValueError, KeyError:
                raise
        """
    )
    (cls,), (function,) = facts.classes, facts.functions
    assert cls.type_parameters == ("Model", "Options")
    assert function.type_parameters == ("T",)
    assert function.called == ("fetch",)
    assert any(isinstance(item, Await) for item in all_expressions(facts))
    alias = decode_body(facts.body)[0]
    assert isinstance(alias, Assign | Annotate)


def test_newer_syntax_keeps_its_places() -> None:
    text = "def größe[T](ä: T):\n    try: a\n    except B, C: d(ä)\n"
    facts = facts_of(text)
    found = {
        item.id: text.encode()[slice(*item.span)].decode() for item in all_expressions(facts) if isinstance(item, Name)
    }
    assert found == {name: name for name in ("T", "a", "B", "C", "d", "ä")}
    assert text.encode()[slice(*facts.functions[0].name_span)].decode() == "größe"


# What cannot be read


@pytest.mark.parametrize(
    ("source", "row", "column"),
    [(b"a = (\n", 1, 5), (b"ok\nif:\n", 2, 3), (b"print 'old'\n", 1, 1), (b"\xc3\xa4 = )\n", 1, 5)],
)
def test_a_file_that_does_not_parse_says_where_and_why(source: bytes, row: int, column: int) -> None:
    failure = failure_of(source)
    assert (failure.key, failure.row, failure.column) == ("module.py", row, column)
    assert failure.message


def test_a_null_byte_is_no_source() -> None:
    assert isinstance(extract(b"a\0b", "module.py"), ParseFailure)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "a = " + "-" * 10_000 + "1",
        "a = " + " + ".join(["1"] * 20_000),
        "a" + ".b" * 20_000,
        "f" + "()" * 9_000,
    ],
)
def test_what_is_nested_too_deeply_is_a_failure(text: str) -> None:
    assert failure_of(text.encode()).message


@pytest.mark.parametrize("depth", [10, 60, 90])
def test_what_is_accepted_can_be_read_back(depth: int) -> None:
    facts = facts_of("a = " + " + ".join(["b"] * depth))
    assert sum(len(body) for body in bodies(facts)) == 1


def test_warnings_of_the_parser_change_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(extract(b"a = '\\d'\nb = 1 is 1\n", "module.py"), ModuleFacts)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(*, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        extract(b"a = 1", "module.py")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


# Places, and real files


def assert_places_are_those_of_the_syntax_tree(source: bytes, facts: ModuleFacts) -> None:
    expected, strings = syntax_spans(source)
    found = fact_spans(facts)
    missing = expected - found
    assert not missing
    beyond = {(start, end) for _, start, end in found - expected}
    assert beyond <= strings


def real_files(root: Path, count: int) -> list[Path]:
    files = sorted(path for path in root.rglob("*.py") if "site-packages" not in path.relative_to(root).parts)
    return random.Random(2).sample(files, count)


@pytest.mark.parametrize("root", [STANDARD_LIBRARY, INSTALLED], ids=["standard library", "installed packages"])
def test_real_files_have_every_name_attribute_and_call_at_its_place(root: Path) -> None:
    compared = 0
    for path in real_files(root, 60):
        try:
            source = normalise(path.read_bytes())
        except SourceError:
            continue
        facts = extract(source, path.name)
        if isinstance(facts, ModuleFacts):
            with warnings.catch_warnings(action="ignore"):
                assert_places_are_those_of_the_syntax_tree(source, facts)
            encoded = msgspec.msgpack.encode(facts)
            assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=ModuleFacts)) == encoded
            compared += 1
    assert compared > 50


NAMES = st.text(alphabet="abäß中", min_size=1, max_size=3)
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("{}.{}".format, inner, NAMES),
        st.builds("({}\n  .{})".format, inner, NAMES),
        st.builds("{}({}, {}={})".format, inner, inner, NAMES, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("('é' + {})".format, inner),
        st.builds("(lambda {}: {})".format, NAMES, inner),
        st.builds("(await {})".format, inner),
        st.builds("{}[{}:{}]".format, inner, inner, inner),
    ),
    max_leaves=8,
)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAMES, EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("@{}\ndef {}({}: '{}' = {}): return {}".format, NAMES, NAMES, NAMES, NAMES, EXPRESSIONS, EXPRESSIONS),
    st.builds("with {} as {}: {}".format, EXPRESSIONS, NAMES, EXPRESSIONS),
    st.builds("match {}:\n  case {}({}): {}".format, NAMES, NAMES, NAMES, EXPRESSIONS),
)


@given(statements=st.lists(STATEMENTS, min_size=1, max_size=4), line_end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_file_has_every_name_attribute_and_call_at_its_place(statements: list[str], line_end: str) -> None:
    source = line_end.join("\n".join(statements).split("\n")).encode() + line_end.encode()
    facts = extract(source, "module.py")
    assert isinstance(facts, ModuleFacts), facts
    assert_places_are_those_of_the_syntax_tree(source, facts)


def test_the_statements_of_a_file_come_in_order() -> None:
    starts = [statement.start for statement in body_of("a\nb = 1\ndef f(): ...\nc()")]
    assert starts == sorted(starts)
