"""Syntax newer than the interpreter becomes older syntax with every node at its place in the source."""

import ast
import sys
from itertools import pairwise

import pytest

from fastapi_lint.facts.lowering import Lowered, LoweringError, TypeParam, lower
from fastapi_lint.source import Span
from tests.facts.outline import outline

OLDEST = (3, 11)


def lowered(source: str, version: tuple[int, int] = OLDEST) -> str:
    return lower(source.encode(), version).source.decode()


def names(result: Lowered) -> list[str]:
    """Return the names that a tree uses in source order, each checked to stand where the tree says."""
    rows = result.original.split(b"\n")
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(result.tree()):
        if isinstance(node, ast.Name):
            assert node.lineno == node.end_lineno
            assert rows[node.lineno - 1][node.col_offset : node.end_col_offset].decode() == node.id
            found.append((node.lineno, node.col_offset, node.id))
    assert all(left[:2] < right[:2] for left, right in pairwise(sorted(found)))
    return [name for _, _, name in sorted(found)]


IN_PLACE = {
    "function": ("def f[T](x: T) -> T: ...\n", "def f(   x: T) -> T: ...\n"),
    "blank space around the brackets": ("def f [ T ] (x): ...\n", "def f (      x): ...\n"),
    "async function": ("async def f[*Ts](*a: *Ts): ...\n", "async def f(     *a: *Ts): ...\n"),
    "rows inside the brackets": (
        "def f[\n    T: int,  # why\n\n](x): ...\n",
        "def f(\n                  \n\n  x): ...\n",
    ),
    "carriage returns": ("def f[\r\n  T\r\n](x): ...\r\n", "def f(\r\n   \r\n  x): ...\r\n"),
    "class with bases": ("class A[T](Base[T]): ...\n", "class A(   Base[T]): ...\n"),
    "class without bases": ("class A[T: (int, str)]: ...\n", "class A(             ): ...\n"),
    "nested class": ("if x:\n  class A[T]: ...\n", "if x:\n  class A( ): ...\n"),
    "type alias": ("type X = int\n", "(    X)= int\n"),
    "generic type alias": ("type X[T: int] = list[T]\n", "(    X       ) = list[T]\n"),
    "type alias over rows": ("type X[\n  T,\n] = int\n", "(    X \n    \n) = int\n"),
    "type alias behind a semicolon": ("x = 1; type X = int\n", "x = 1; (    X)= int\n"),
    "type alias in a block": ("if x: type X = int; type Y = str\n", "if x: (    X)= int; (    Y)= str\n"),
    "type as a name": ("type = 1\ntype[0] = 2\ntype (x)\nx: type = 3\n", None),
    "type is compared": ("type in x\ntype is y\ntype == z\n", None),
    "t-string": ("t'{a} {b!r}'\n", "f'{a} {b!r}'\n"),
    "raw t-string": ("Rt'\\d{a}' + tR'\\N{b}'\n", "Rf'\\d{a}' + fR'\\N{b}'\n"),
    "t-string inside an f-string": ("f'{t\"{a}\"}'\n", "f'{f\"{a}\"}'\n"),
    "old f-string": ('f\'{a["b"]} {{}} {c!r:>{d}} \\N{DASH} \\{e}\' f"""{x["a"]}\n"""\n', None),
    "a name that ends like a prefix": ('print(kit"a"if x else 0xf"b")\n', None),
    "old except": ("try: ...\nexcept (A, B): ...\nexcept C as d: ...\nexcept: ...\n", None),
    "new words as names": ("lazy = type = 1\nlazy.x = match\n", None),
    "brackets in strings and comments": ('x = \'(\' # [\ny = """{\'"""\n', None),
    "lines that go on": ("x = a \\\n  + b\n", None),
}


@pytest.mark.parametrize(("source", "expected"), IN_PLACE.values(), ids=IN_PLACE)
def test_a_construct_is_replaced_in_place(source: str, expected: str | None) -> None:
    assert lowered(source) == (source if expected is None else expected)


MOVED = {
    "except": ("try: ...\nexcept A, b.C: d\n", "try: ...\nexcept (A, b.C): d\n", ["A", "b", "d"]),
    "except without blanks": ("try: ...\nexcept*A,B: d\n", "try: ...\nexcept*(A,B): d\n", ["A", "B", "d"]),
    "except over rows": ("try: ...\nexcept A, \\\n B: d\n", "try: ...\nexcept (A, \\\n B): d\n", ["A", "B", "d"]),
    "except with a call": ("try: ...\nexcept f(a, b), C: d\n", "try: ...\nexcept (f(a, b), C): d\n", list("fabCd")),
    "lambda in except": (
        "try: ...\nexcept f(lambda: a), B: d\n",
        "try: ...\nexcept (f(lambda: a), B): d\n",
        list("faBd"),
    ),
    "the same quotes": ('f"{a["b"]}" + c\n', 'f"{_}" + c\n', ["a", "c"]),
    "a backslash": ("f\"{'\\n'.join(a)}\" + b\n", 'f"{_}" + b\n', ["a", "b"]),
    "rows": ('f"x {\n  a\n} y {b!r\n  :>{c}}" + d\ne\n', 'f"x {_} y {_!r:>{_}}"\\\n\\\n\\\n + d\ne\n', list("abcde")),
    "a comment": ('f"""{\n a # }\n}""" + b\n', 'f"""{_\n\n}""" + b\n', ["a", "b"]),
    "deep nesting": ('f"{f"{f"{f"{f"{a}"}{b}"}"}"}{c}"\n', 'f"{_}{_}"\n', ["a", "b", "c"]),
    "a nested t-string": ("t'{t'{a['b']}'} é {c}' + d\n", "f'{_} é {_}' + d\n", ["a", "c", "d"]),
    "text that is not ASCII": ("é = f'ü{d['ö']}ä{ß}' + z\n", "é = f'ü{_}ä{_}' + z\n", ["é", "d", "ß", "z"]),
    "strings side by side": ("'a' f'{b['c']}' \"{d}\" f'{e}'\n", "'a' f'{_}' \"{d}\" f'{e}'\n", ["b", "e"]),
    "the end of the file": ('f"{\na}"', 'f"{_}"\\\n\n', ["a"]),
    "an expression that is a tuple": ("f'{a['b'], c}'\n", "f'{_}'\n", ["a", "c"]),
    "an f-string in a bound": ("def f[T: g(f'{a['b']}')](x): y\n", "def f(" + " " * 19 + "x): y\n", ["y"]),
    "lazy import": (
        "lazy import a; b\nif c: lazy from . import d; e\n",
        "import a; b\nif c: from . import d; e\n",
        list("bce"),
    ),
}


@pytest.mark.parametrize(("source", "expected", "used"), MOVED.values(), ids=MOVED)
def test_a_tree_has_the_places_of_the_source_where_columns_had_to_move(
    source: str, expected: str, used: list[str]
) -> None:
    result = lower(source.encode(), OLDEST)
    assert result.source.decode() == expected
    assert names(result) == used


def test_a_tuple_of_exceptions_stands_where_it_is_written() -> None:
    (statement,) = lower(b"try: ...\nexcept A, B: ...\n", OLDEST).tree().body
    assert isinstance(statement, ast.Try)
    caught = statement.handlers[0].type
    assert isinstance(caught, ast.Tuple)
    assert (caught.col_offset, caught.end_col_offset) == (7, 11)


def test_a_lazy_import_begins_at_its_first_word() -> None:
    (statement,) = lower(b"lazy  from a import b\n", OLDEST).tree().body
    assert (statement.col_offset, statement.end_col_offset) == (0, 21)


@pytest.mark.parametrize(
    ("source", "equal"),
    [
        ("f'{a['b']=}'", "f'''a['b']={a['b']!r}'''"),
        ("f'x{a['b'] = !s:>5}y'", "f'''xa['b'] = {a['b']!s:>5}y'''"),
        ("f'{a['b']=:>5}{c=}'", "f'''a['b']={a['b']:>5}c={c!r}'''"),
        ("f'{\n a # why\n =}'", "f'''\n a \n ={a!r}'''"),
    ],
)
def test_a_field_that_shows_its_own_text_keeps_it(source: str, equal: str) -> None:
    assert ast.dump(lower(source.encode(), OLDEST).tree()) == ast.dump(ast.parse(equal))


def test_a_constant_in_a_field_keeps_its_value() -> None:
    tree = lower(b"f'{'\\n\\x41\\''.join(a)}'\n", OLDEST).tree()
    assert "\n\x41'" in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def test_type_parameters_are_kept_beside_the_tree() -> None:
    source = (
        b"x = 1\nasync def f[T: (int, str) = int, *Ts = *tuple[int], **P](a): ...\ntype X[U] = U\nclass A[V, ]: ...\n"
    )
    result = lower(source, OLDEST)
    assert [(item.line, item.name, item.names) for item in result.type_params] == [
        (2, "f", ("T", "Ts", "P")),
        (3, "X", ("U",)),
        (4, "A", ("V",)),
    ]
    first, second, third = result.type_params[0].params
    assert [first.kind, second.kind, third.kind] == ["TypeVar", "TypeVarTuple", "ParamSpec"]

    def text(span: Span | None) -> bytes | None:
        return None if span is None else source[span.start : span.end]

    assert (text(first.bound), text(first.default)) == (b"(int, str)", b"int")
    assert (text(second.bound), text(second.default)) == (None, b"tuple[int]")
    assert third == TypeParam("P", "ParamSpec", None, None)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 11), "def f(       ): ...\ndef g(   ): ...\nf'{_}'\ntry: ...\nexcept (A, B): f''\n"),
        ((3, 12), "def f(       ): ...\ndef g[T](): ...\nf'{a['b']}'\ntry: ...\nexcept (A, B): f''\n"),
        ((3, 13), "def f[T=int](): ...\ndef g[T](): ...\nf'{a['b']}'\ntry: ...\nexcept (A, B): f''\n"),
        ((3, 14), "def f[T=int](): ...\ndef g[T](): ...\nf'{a['b']}'\ntry: ...\nexcept A, B: t''\n"),
    ],
)
def test_what_the_interpreter_reads_itself_stays_as_it_is(version: tuple[int, int], expected: str) -> None:
    source = "def f[T=int](): ...\ndef g[T](): ...\nf'{a['b']}'\ntry: ...\nexcept A, B: t''\n"
    assert lowered(source, version) == expected


def test_the_running_interpreter_reads_the_result() -> None:
    source = "class A[T: int = int](B):\n    x: T\ntype X[T] = A[T]\ntry: ...\nexcept A, B: f'{a['b']}' t''\n"
    assert {row[5] for row in outline(lower(source.encode()).tree())} >= {"A", "B", "x", "X", "a"}


BROKEN = {
    "an unterminated string": ("x = 1\ny = 'abc\n", 2, 5),
    "an unterminated f-string": ('f"{a["b"]}\n', 1, 1),
    "a bracket without its partner": ("x = [\n(1\n]\n", 3, 1),
    "a bracket that never closes": ("def f[T](x):\n  g(1\n", 2, 4),
    "a single brace": ("f'{a['b']} }'\n", 1, 12),
    "an empty field": ("f'{a['b']} {}'\n", 1, 13),
    "no parameters": ("def f[](x): ...\n", 1, 7),
    "a parameter that is no name": ("def f[1](x): ...\n", 1, 7),
    "a bound for several parameters": ("def f[*T: int](x): ...\n", 1, 9),
    "a broken bound": ("class A[T: int str](x): ...\n", 1, 12),
    "no parameter list": ("def f[T]: ...\n", 1, 9),
    "a broken field": ("x = f'{\n  a b\n}'\n", 2, 3),
    "an error behind new syntax": ("def f[T](x): ...\nclass A(:\n", 2, 8),
    "an error behind moved columns": ("try: ...\nexcept A, B: x y\n", 2, 16),
    "several exceptions with a name": ("try: ...\nexcept A, B as e: ...\n", 2, 8),
    "a character behind a backslash": ("x = \\ 1\n", 1, 5),
    "an alias without a value": ("type X[T] 3\n", 1, 10),
    "another bracket that closes the parameters": ("def f[T)(): ...\n", 1, 8),
    "a bound that is missing": ("def f[T:](): ...\n", 1, 9),
    "a default that is missing": ("def f[T =](): ...\n", 1, 10),
    "an unpacked default that is missing": ("def f[*Ts = *](): ...\n", 1, 14),
    "a bracket that nothing in its field opened": ("x = f'{a)}'\n", 1, 9),
    "a conversion without a name": ("x = f'{a!}'\n", 1, 10),
    "a format that never ends": ("x = f'{a:b\n'\n", 1, 11),
    "a null byte": ("x = '\0'\n", 1, 1),
}


@pytest.mark.parametrize(("source", "row", "column"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_an_error_with_its_place(source: str, row: int, column: int) -> None:
    with pytest.raises(LoweringError) as caught:
        lower(source.encode(), OLDEST).tree()
    assert (caught.value.row, caught.value.column) == (row, column)
    assert caught.value.message


def test_bytes_that_are_not_utf_8_are_an_error_with_their_place() -> None:
    with pytest.raises(LoweringError) as caught:
        lower(b"x = 1\ny = '\xff'\n")
    assert (caught.value.row, caught.value.column) == (2, 6)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the interpreter's own parser has to know the syntax")
@pytest.mark.parametrize("source", [source for source, *_ in (*IN_PLACE.values(), *MOVED.values())])
def test_older_syntax_gives_the_outline_of_the_original(source: str) -> None:
    try:
        native = ast.parse(source)
    except SyntaxError:
        pytest.skip("newer than this interpreter, too")
    assert outline(lower(source.encode(), OLDEST).tree()) == outline(native)
