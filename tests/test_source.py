"""Source text: encodings, line endings, and positions that agree with Python's own."""

import ast
import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.findings import Position
from fastapi_lint.source import SourceError, SourceText, Span, normalise

_PATH = Path("x.py")


def test_utf8_without_a_declaration_stays_as_it_is() -> None:
    assert normalise("x = 'é'\n".encode()) == "x = 'é'\n".encode()


def test_a_byte_order_mark_is_taken_away() -> None:
    assert normalise(codecs.BOM_UTF8 + b"x = 1\n") == b"x = 1\n"


@pytest.mark.parametrize(
    "line", ["# coding: latin-1", "# -*- coding: latin-1 -*-", "# vim: set fileencoding=latin-1 :"]
)
def test_a_declared_encoding_is_decoded_once(line: str) -> None:
    normalised = normalise(f"{line}\nx = 'é'\n".encode("latin-1"))
    assert ast.unparse(ast.parse(normalised)) == "x = 'é'"


def test_a_declaration_on_the_second_row_counts_below_a_comment() -> None:
    assert "é".encode() in normalise(b"#!/usr/bin/python\n# coding: latin-1\nx = '\xe9'\n")


def test_a_declaration_below_code_does_not_count() -> None:
    with pytest.raises(SourceError, match="0xe9"):
        normalise(b"x = 1\n# coding: latin-1\ny = '\xe9'\n")


@pytest.mark.parametrize("name", ["no-such-encoding", "rot13", "hex", "mbcs"])
def test_an_unknown_encoding_is_said(name: str) -> None:
    with pytest.raises(SourceError, match=f"{name}' is unknown"):
        normalise(f"# coding: {name}\nx = 1\n".encode())


def test_text_that_cannot_be_utf8_is_said() -> None:
    with pytest.raises(SourceError, match="not valid unicode_escape"):
        normalise(b"# coding: unicode_escape\nx = '\\ud800'\n")


def test_invalid_utf8_says_where() -> None:
    with pytest.raises(SourceError) as caught:
        normalise(b"a = 1\nb = '\xff'\n")
    assert (caught.value.row, caught.value.column) == (2, 6)


def test_a_null_byte_says_where() -> None:
    with pytest.raises(SourceError, match="null byte") as caught:
        normalise(b"a = 1\r\nb\0 = 1\n")
    assert (caught.value.row, caught.value.column) == (2, 2)


def test_a_byte_order_mark_against_the_declaration_is_said() -> None:
    with pytest.raises(SourceError, match="byte order mark"):
        normalise(codecs.BOM_UTF8 + b"# coding: latin-1\n")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_end_where_the_parser_ends_them(ending: str) -> None:
    data = ending.join(["a = 1", "", "b = 'é\u2028\x0b\x0c'", "c = b"]).encode()
    text = SourceText(_PATH, data)
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Name):
            offset = data.index(f"{node.id} =".encode()) if isinstance(node.ctx, ast.Store) else len(data) - 1
            assert text.row(offset) == node.lineno


def test_columns_count_characters() -> None:
    text = SourceText(_PATH, "x = 'é🦊' + y".encode())
    assert text.position(len(text.data) - 1) == Position(1, 12)


def test_a_row_has_no_line_ending_and_may_not_exist() -> None:
    text = SourceText(_PATH, b"a\r\nb\rc\n")
    assert [text.line(row) for row in range(6)] == ["", "a", "b", "c", "", ""]


@given(st.text(alphabet="ab'\"é🦊\n\r\t\u2028 #"))
def test_every_offset_lies_in_the_row_that_its_position_names(content: str) -> None:
    text = SourceText(_PATH, content.encode())
    assert text.rows == len(content.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for index in range(len(content) + 1):
        offset = len(content[:index].encode())
        row = text.position(offset).row
        start, end = text.line_span(row)
        assert start <= offset <= end + 2
    assert text.location(Span(0, 0)).start == Position(1, 1)
