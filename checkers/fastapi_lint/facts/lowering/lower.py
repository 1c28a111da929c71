"""Finds the statements and strings that the running interpreter cannot read, and rewrites them."""

import re
import sys
from bisect import bisect_right
from functools import cached_property
from typing import Final

from fastapi_lint.facts.lowering import headers
from fastapi_lint.facts.lowering.failure import LoweringError, line_starts
from fastapi_lint.facts.lowering.formatted import Field, Formatted
from fastapi_lint.facts.lowering.headers import Header, TypeParams
from fastapi_lint.facts.lowering.lexer import string_end
from fastapi_lint.facts.lowering.lowered import Lowered
from fastapi_lint.facts.lowering.pieces import Edit, Hole, Piece
from fastapi_lint.facts.lowering.tokens import BREAK, END_OF_WORD, LINE_END, PREFIX, check_brackets

_PLAIN: Final = re.compile(rb"[^\r\n#'\"()\[\]{}\\:;]*+")
_COMMENT: Final = re.compile(rb"[^\r\n]*+")
_STATEMENT: Final = re.compile(
    BREAK + rb"*+((?:async" + BREAK + rb"++(?=def))?(def|class|except|type|lazy))" + END_OF_WORD
)
_SIMPLE_STATEMENT: Final = re.compile(BREAK + rb"*+((type|lazy))" + END_OF_WORD)
_COMPOUND: Final = re.compile(
    BREAK + rb"*+(?:if|elif|else|for|while|try|except|finally|with|class|def|async|match|case)" + END_OF_WORD
)
_IN_WORD: Final = frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") | frozenset(
    range(128, 256)
)


def lower(source: bytes, version: tuple[int, int] = sys.version_info[:2]) -> Lowered:
    """Return a source in the syntax of a version of Python, from 3.11 on, by default the running one.

    What that version reads as it is stays as it is.

    Args:
        source: the text in UTF-8 without byte order mark.
        version: the version whose syntax to use.

    Raises:
        LoweringError: no version of Python reads this source.

    """
    return _Lowering(source, version).run()


class _Lowering:
    """Reads a module once from its start to its end, and collects the edits."""

    def __init__(self, source: bytes, version: tuple[int, int]) -> None:
        try:
            source.decode()
        except UnicodeDecodeError as error:
            raise LoweringError.at("the text is not valid UTF-8", source, error.start) from None
        self._source = source
        self._version = version
        self._edits: list[Edit] = []
        self._expressions: list[tuple[int, int, list[Edit]]] = []
        self._type_params: list[TypeParams] = []
        self._brackets: list[int] = []
        self._statement_start = 0

    def run(self) -> Lowered:
        source, plain = self._source, _PLAIN
        position = self._statement(0, _STATEMENT)
        size = len(source)
        while True:
            position = plain.match(source, position).end()  # type: ignore[union-attr]  # it matches nothing, too
            if position >= size:
                break
            position = self._character(position, source[position])
        if self._brackets:
            opened = self._brackets[-1]
            raise LoweringError.at(f"'{chr(source[opened])}' was never closed", source, opened)
        module = Piece(0, size, _ordered(self._edits), is_module=True)
        expressions = [Piece(start, end, _ordered(edits), is_module=False) for start, end, edits in self._expressions]
        return Lowered(source, (module, *expressions), tuple(self._type_params))

    @cached_property
    def _line_starts(self) -> list[int]:
        return line_starts(self._source)

    def _character(self, position: int, character: int) -> int:
        """Read what begins with a character that means something, and return where it ends."""
        source, brackets = self._source, self._brackets
        match character:
            case 10 | 13:  # line ending
                return position + 1 if brackets else self._statement(position + 1, _STATEMENT)
            case 34 | 39:  # quotation mark
                return self._string(position)
            case 35:  # number sign
                return _COMMENT.match(source, position).end()  # type: ignore[union-attr]  # it matches nothing, too
            case 40 | 91 | 123:  # opening bracket
                brackets.append(position)
            case 41 | 93 | 125:  # closing bracket
                if not brackets:
                    raise LoweringError.at(f"unmatched '{chr(character)}'", source, position)
                check_brackets(source, brackets.pop(), position)
            case 92:  # backslash
                line_end = LINE_END.match(source, position + 1)
                if line_end is None:
                    message = "unexpected character after line continuation character"
                    raise LoweringError.at(message, source, position)
                return line_end.end()
            case 59 if not brackets:  # semicolon
                return self._statement(position + 1, _SIMPLE_STATEMENT)
            case 58 if not brackets and _COMPOUND.match(source, self._statement_start):  # colon that opens a block
                return self._statement(position + 1, _SIMPLE_STATEMENT)
            case _:
                pass
        return position + 1

    # Strings

    def _string(self, quote: int) -> int:
        """Read the string that begins with a quotation mark, and with the prefix in front of that."""
        source = self._source
        start = quote
        while start > 0 and quote - start < 3 and source[start - 1] in _IN_WORD:
            start -= 1
        if PREFIX.fullmatch(source, start, quote) is None:
            start = quote
        found: list[Formatted] = []
        end = string_end(source, start, found)
        self._rewrite_formatted(found, self._edits)
        return end

    def _rewrite_formatted(self, items: list[Formatted], edits: list[Edit]) -> None:
        """Add the edits for f-strings and those inside them; each expression that moves out has edits of its own."""
        waiting = [(item, edits) for item in items]
        while waiting:
            item, edits = waiting.pop()
            if item.is_template and self._version < (3, 14):
                prefix = self._source[item.start : item.prefix_end]
                edits.append(Edit(item.start, item.prefix_end, prefix.translate(bytes.maketrans(b"tT", b"fF"))))
            moves = item.is_modern and self._version < (3, 12)
            if moves:
                waiting += self._move_fields(item, edits)
            else:
                waiting += [(inner, edits) for field in item.fields for inner in field.formatted]

    def _move_fields(self, item: Formatted, edits: list[Edit]) -> list[tuple[Formatted, list[Edit]]]:
        """Put ``_`` in place of each expression; rows that an f-string may not span continue behind it."""
        inner: list[tuple[Formatted, list[Edit]]] = []
        behind: list[bytes] = []
        for field in item.fields:
            line_ends = LINE_END.findall(self._source[field.start : field.end] + self._source[slice(*field.tail)])
            if not item.is_triple:
                behind += line_ends
                line_ends = []
            hole = Hole(len(self._expressions) + 1, self._shown(field), plain=field.is_plain)
            edits.append(Edit(field.start, field.end, b"_" + b"".join(line_ends), hole))
            if field.tail[0] != field.tail[1]:
                edits.append(Edit(*field.tail, b""))
            own: list[Edit] = []
            self._expressions.append((field.start, field.expression_end, own))
            inner += [(nested, own) for nested in field.formatted]
        if behind:
            # A line continuation must not be the last thing in a file.
            closing = b"\n" if item.end == len(self._source) else b""
            edits.append(Edit(item.end, item.end, b"".join(b"\\" + line_end for line_end in behind) + closing))
        return inner

    def _shown(self, field: Field) -> str | None:
        """Return the text that ``=`` shows: the source of the expression without comments."""
        if field.shown_end == -1:
            return None
        parts: list[bytes] = []
        position = field.start
        for start, end in field.comments:
            parts.append(self._source[position:start])
            position = end
        parts.append(self._source[position : field.shown_end])
        return LINE_END.sub(b"\n", b"".join(parts)).decode()

    # Statements

    def _statement(self, position: int, pattern: re.Pattern[bytes]) -> int:
        """Look whether a statement with a new grammar begins here; return where reading goes on."""
        if pattern is _STATEMENT:
            self._statement_start = position
        found = pattern.match(self._source, position)
        if found is None:
            return position
        (start, _), (keyword_start, end) = found.span(1), found.span(2)
        header = self._header(found.group(2), keyword_start, end)
        if header is None:
            return end
        self._edits += header.edits
        if header.opened is not None:
            self._brackets.append(header.opened)
        if header.parameters is not None:
            row = bisect_right(self._line_starts, start)
            self._type_params.append(TypeParams(row, header.name, header.parameters.params))
            for expression in header.parameters.expressions:
                own: list[Edit] = []
                self._expressions.append((expression.span.start, expression.span.end, own))
                self._rewrite_formatted(list(expression.formatted), own)
        return header.resume

    def _header(self, keyword: bytes, start: int, end: int) -> Header | None:
        source, version = self._source, self._version
        match keyword:
            case b"def" | b"class" if version < (3, 13):
                header = headers.definition(source, end, is_class=keyword == b"class")
            case b"type" if version < (3, 13):
                header = headers.type_alias(source, start, end)
            case b"except" if version < (3, 14):
                return headers.except_clause(source, end)
            case b"lazy" if version < (3, 15):
                return headers.lazy_import(source, start, end)
            case _:
                return None
        if version >= (3, 12) and not _has_default(header):
            return None
        return header


def _has_default(header: Header | None) -> bool:
    if header is None or header.parameters is None:
        return False
    return any(param.default is not None for param in header.parameters.params)


def _ordered(edits: list[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))
