"""Reads an f-string or t-string as PEP 701 defines it, with everything nested inside, without recursion.

The tokenizer of the running interpreter cannot be used: before Python 3.12 it ends an f-string at the wrong quote.
"""

import re
from typing import Final

from fastapi_lint.facts.lowering.failure import LoweringError
from fastapi_lint.facts.lowering.tokens import (
    KINDS,
    NAME,
    TOKEN,
    Kind,
    Opening,
    check_brackets,
    literal_end,
    opening,
    unterminated,
)

_DEEPEST: Final = 150
"""How deep f-strings may be nested; CPython's own limit."""
_BLANK: Final = rb"(?:[ \t\f\r\n]|\#[^\r\n]*+|\\(?=[\r\n]))*+"
_BLANKS: Final = re.compile(_BLANK)
_SHOWN: Final = re.compile(_BLANK + rb"(?=[!:}])")
_CONVERSION: Final = re.compile(rb"[ \t\f]*+" + NAME)


def _text_pattern(quote: bytes, *, raw: bool) -> re.Pattern[bytes]:
    """Return the pattern for text up to a brace, the end of the string, or what must not be there."""
    escape = rb"\\(?:\r\n|[^{}]|(?=[{}]))" if raw else rb"\\(?:N\{[^{}Q\r\n]*+\}|\r\n|[^{}]|(?=[{}]))"
    if len(quote) == 1:
        body = rb"[^Q\\{}\r\n]*+(?:ESCAPE[^Q\\{}\r\n]*+)*+"
    else:
        body = rb"[^Q\\{}]*+(?:(?:ESCAPE|Q(?!QQ))[^Q\\{}]*+)*+"
    return re.compile(body.replace(b"ESCAPE", escape).replace(b"Q", quote[:1]), re.DOTALL)


_TEXT: Final = {
    (quote, raw): _text_pattern(quote, raw=raw) for quote in (b"'", b'"', b"'''", b'"""') for raw in (False, True)
}


class Field:
    """A replacement field: the byte ranges of its expression and of what follows it.

    ``expression_end`` is where ``=``, ``!``, ``:`` or ``}`` begins, ``shown_end`` where the text ends that ``=`` shows,
    ``tail`` the blank space behind a conversion, which older versions do not allow. ``is_plain`` says that neither a
    conversion nor a format follows.
    """

    __slots__ = ("comments", "expression_end", "formatted", "is_plain", "shown_end", "start", "tail")

    def __init__(self, start: int) -> None:
        self.start = start
        self.expression_end = -1
        self.shown_end = -1
        self.tail = (-1, -1)
        self.is_plain = True
        self.comments: list[tuple[int, int]] = []
        self.formatted: list[Formatted] = []

    @property
    def end(self) -> int:
        """Return where the expression ends, with the text that ``=`` shows."""
        return max(self.expression_end, self.shown_end)


class Formatted:
    """An f-string or t-string: its replacement fields, also those inside format specifications, in source order.

    ``is_modern`` says that it needs PEP 701: no Python before 3.12 reads it.
    """

    __slots__ = ("end", "fields", "is_modern", "is_template", "is_triple", "prefix_end", "start")

    def __init__(self, start: int, begins: Opening) -> None:
        self.start = start
        self.prefix_end = start + len(begins.prefix)
        self.is_template = b"t" in begins.prefix
        self.is_triple = len(begins.quote) == 3
        self.is_modern = False
        self.fields: list[Field] = []
        self.end = -1


class _Open:
    """A string that is being read: the fields open in it, outermost first, and the brackets open in each.

    A field stays open while its format specification is read, which is text again.
    """

    __slots__ = ("body", "brackets", "fields", "formatted", "in_text", "quote", "text")

    def __init__(self, start: int, begins: Opening) -> None:
        self.formatted = Formatted(start, begins)
        self.quote = begins.quote
        self.text = _TEXT[begins.quote, b"r" in begins.prefix]
        self.body = begins.body
        self.fields: list[Field] = []
        self.brackets: list[list[int]] = []
        self.in_text = True


def scan_formatted(source: bytes, start: int) -> Formatted:
    """Read the f-string that starts, prefix and all, at an offset.

    Raises:
        LoweringError: no version of Python reads it.

    """
    first = _Open(start, opening(source, start))
    stack = [first]
    position = first.body
    while stack:
        read = _text if stack[-1].in_text else _field
        position = read(source, stack, position)
    return first.formatted


def _text(source: bytes, stack: list[_Open], position: int) -> int:
    """Read text, of the string or of a format specification, up to and with what ends it."""
    top = stack[-1]
    found = top.text.match(source, position)
    position = found.end() if found else position
    in_specification = bool(top.fields)
    if source.startswith(top.quote, position) and not in_specification:
        return _close_string(stack, position + len(top.quote))
    match source[position : position + 1]:
        case b"{" if not in_specification and source.startswith(b"{{", position):
            return position + 2
        case b"{":
            field = Field(position + 1)
            top.formatted.fields.append(field)
            top.fields.append(field)
            top.brackets.append([])
            top.in_text = False
            return position + 1
        case b"}" if in_specification:
            _close_field(source, top)
            return position + 1
        case b"}" if source.startswith(b"}}", position):
            return position + 2
        case b"}":
            raise LoweringError.at("f-string: single '}' is not allowed", source, position)
        case _ if in_specification:
            raise LoweringError.at("f-string: expecting '}'", source, position)
        case _:
            raise unterminated(source, top.formatted.start, top.quote, "f-string literal")


def _close_string(stack: list[_Open], end: int) -> int:
    whole = stack.pop().formatted
    whole.end = end
    if stack:
        around = stack[-1]
        around.fields[-1].formatted.append(whole)
        around.formatted.is_modern |= whole.is_modern
    return end


def _close_field(source: bytes, top: _Open) -> None:
    field = top.fields.pop()
    top.brackets.pop()
    top.in_text = True
    whole = top.formatted
    whole.is_modern = whole.is_modern or field.tail[0] != field.tail[1] or _needs_pep_701(source, field, top.quote)


def _needs_pep_701(source: bytes, field: Field, quote: bytes) -> bool:
    """Return whether a field's expression holds what no Python before 3.12 allows there."""
    forbidden = (quote, b"\\") if len(quote) == 3 else (quote, b"\\", b"\n", b"\r")
    return bool(field.comments) or any(source.find(item, field.start, field.end) != -1 for item in forbidden)


def _field(source: bytes, stack: list[_Open], position: int) -> int:
    """Read one token of a field's expression, or what ends it."""
    top = stack[-1]
    field, brackets = top.fields[-1], top.brackets[-1]
    found = TOKEN.match(source, position)
    if found is None:
        raise LoweringError.at("f-string: expecting '}'", source, field.start - 1)
    match KINDS[found.lastindex or 0]:
        case Kind.STRING:
            begins = opening(source, position)
            if not begins.is_formatted:
                return literal_end(source, position, begins)
            if len(stack) == _DEEPEST:
                raise LoweringError.at("too many nested f-strings", source, position)
            stack.append(_Open(position, begins))
            return begins.body
        case Kind.COMMENT:
            field.comments.append(found.span())
        case Kind.OPEN:
            brackets.append(position)
        case Kind.CLOSE if brackets:
            check_brackets(source, brackets.pop(), position)
        case Kind.CLOSE:
            if found.group() != b"}":
                raise LoweringError.at(f"f-string: unmatched '{found.group().decode()}'", source, position)
            _end_expression(source, field, position)
            _close_field(source, top)
        case Kind.OPERATOR if not brackets:
            return _operator(source, top, position, found.group())
        case _:
            pass
    return found.end()


def _operator(source: bytes, top: _Open, position: int, operator: bytes) -> int:
    """Read an operator outside of brackets: three of them end the expression of a field."""
    field = top.fields[-1]
    match operator:
        case b":" | b":=":
            _end_expression(source, field, position)
            field.is_plain = False
            top.in_text = True
            return position + 1
        case b"!":
            _end_expression(source, field, position)
            field.is_plain = False
            return _conversion(source, field, position + 1)
        case b"=" if (shown := _SHOWN.match(source, position + 1)) is not None:
            _end_expression(source, field, position)
            field.shown_end = shown.end()
            return shown.end()
        case _:
            return position + len(operator)


def _conversion(source: bytes, field: Field, position: int) -> int:
    """Read the name behind ``!`` and the blank space behind that."""
    name = _CONVERSION.match(source, position)
    if name is None:
        raise LoweringError.at("f-string: invalid conversion character", source, position)
    blank = _BLANKS.match(source, name.end())
    end = blank.end() if blank else name.end()
    field.tail = (name.end(), end)
    if source[end : end + 1] not in {b":", b"}"}:
        raise LoweringError.at("f-string: expecting ':' or '}'", source, end)
    return end


def _end_expression(source: bytes, field: Field, position: int) -> None:
    if field.expression_end != -1:
        return
    field.expression_end = position
    if _BLANKS.fullmatch(source, field.start, position):
        raise LoweringError.at("f-string: valid expression required before '}'", source, position)
