"""Whatever the text, lowering gives older syntax or its own error; and it finds all names at their places."""

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.facts.lowering import LoweringError, lower

OLDEST = (3, 11)

_WORDS = st.sampled_from(
    [
        *("f'", 'f"', "t'", "rf'", "f'''", 'f"""', "'", '"', "'''", '"""', "b'", "R'"),
        *("{", "}", "{{", "}}", "(", ")", "[", "]", ",", ";", ":", "!", "!r", "#", "~", "€"),
        *("=", "==", ":=", "!=", "*", "**", "\n", "\r\n", "\r", "\\", "\\\n", "\t", " ", "    ", "\x0c", "\x00"),
        *("\nexcept A, B:\n", "except", "as", "lambda", "async", "\ntry: a\n", "if x:"),
        *("\ndef f[T](x):\n", "\nclass A[T]:", "\ntype X[T] = ", "type", "def f["),
        *("\nlazy import a\n", "lazy", "x", "é", "1", "0x", "\\N{DASH}"),
    ]
)


def _rows(source: bytes) -> list[bytes]:
    return source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


@given(st.lists(_WORDS, max_size=40).map("".join))
def test_any_text_gives_older_syntax_on_the_same_rows_or_an_error_with_a_place(text: str) -> None:
    source = text.encode()
    rows = len(_rows(source))
    failure: LoweringError | None = None
    try:
        result = lower(source, OLDEST)
        older = _rows(result.source)
        # An f-string over several rows at the very end of a file needs a line ending behind it.
        assert len(older) == rows or (len(older) == rows + 1 and not older[-1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result.tree()
    except LoweringError as error:
        failure = error
    assert failure is None or (1 <= failure.row <= rows and failure.column >= 1)


@given(st.binary(max_size=60))
def test_any_bytes_give_older_syntax_or_an_error(source: bytes) -> None:
    failure: LoweringError | None = None
    try:
        lower(source, OLDEST)
    except LoweringError as error:
        failure = error
    assert failure is None or failure.message


_EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "bc", "é", "x.y", "f(z)", "g[h, i]", "(j if k else l)", "'{'", '"}"', "'''\n'''", "{**m}"]),
    lambda inner: st.one_of(
        st.builds("d[{}]".format, inner),
        st.builds("({}\n, {})".format, inner, inner),
        st.builds("(lambda q={}: q)".format, inner),
        st.builds(
            "{prefix}{quote}te{{{{xt {{ {first} }} ü {{ {second}{conversion}{end}}}{quote}".format,
            prefix=st.sampled_from(["f", "F", "rf", "fR"]),
            quote=st.sampled_from(["'", '"', "'''", '"""']),
            first=inner,
            second=inner,
            conversion=st.sampled_from(["", "!r", " !s\n", " = ", "=!a"]),
            end=st.sampled_from(["", ":>10", ":{width}", ":{w}.{p!r}x"]),
        ),
    ),
    max_leaves=6,
)


@given(_EXPRESSIONS, st.booleans())
def test_names_in_nested_f_strings_stand_where_they_are_written(expression: str, windows: bool) -> None:  # noqa: FBT001
    text = f"before = {expression} + after\nlast\n"
    source = (text.replace("\n", "\r\n") if windows else text).encode()
    rows = source.splitlines()
    found = [node for node in ast.walk(lower(source, OLDEST).tree()) if isinstance(node, ast.Name)]
    assert [rows[node.lineno - 1][node.col_offset : node.end_col_offset].decode() for node in found] == [
        node.id for node in found
    ]
    assert [node.lineno for node in found if node.id == "last"] == [len(rows)]
    assert sum(node.id == "é" for node in found) == expression.count("é")


def _standard_library() -> list[Path]:
    library = Path(sysconfig.get_path("stdlib"))
    folders = ("asyncio", "email", "json", "unittest", "concurrent", "importlib")
    return [path for folder in folders for path in sorted((library / folder).rglob("*.py"))] + sorted(
        library.glob("*.py")
    )


@pytest.mark.filterwarnings("ignore")
def test_older_syntax_stays_byte_for_byte() -> None:
    paths = _standard_library()
    assert len(paths) > 200
    for path in paths:
        source = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        result = lower(source)
        assert result.source == source, path
        assert len(result.pieces) == 1, path
        assert not result.type_params, path
