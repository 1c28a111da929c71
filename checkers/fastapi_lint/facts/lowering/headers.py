"""Rewrites the statements whose grammar grew: type parameters, ``type``, ``except A, B`` and ``lazy import``."""

import keyword
import re
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.lowering.failure import LoweringError
from fastapi_lint.facts.lowering.formatted import Formatted
from fastapi_lint.facts.lowering.lexer import tokens
from fastapi_lint.facts.lowering.pieces import Edit, blanked
from fastapi_lint.facts.lowering.tokens import BREAK, END_OF_WORD, NAME, Kind, Token
from fastapi_lint.source import Span

_NAME_AND_BRACKET: Final = re.compile(BREAK + rb"++(" + NAME + rb")" + BREAK + rb"*+\[")
_ALIAS: Final = re.compile(BREAK + rb"++(" + NAME + rb")" + BREAK + rb"*+(\[|=(?!=))")
_ASSIGNMENT: Final = re.compile(BREAK + rb"*+=(?!=)")
_IMPORT: Final = re.compile(rb"[ \t\f]++(import|from)" + END_OF_WORD)
_OPENING: Final = re.compile(BREAK + rb"*+\(")
_KINDS: Final = {b"": "TypeVar", b"*": "TypeVarTuple", b"**": "ParamSpec"}


class TypeParam(Struct, frozen=True):
    """One type parameter; ``kind`` is ``TypeVar``, ``TypeVarTuple`` or ``ParamSpec``, the spans are in the source."""

    name: str
    kind: str
    bound: Span | None
    default: Span | None


class TypeParams(Struct, frozen=True):
    """The type parameters that a class, function or type alias lost; ``line`` is where the statement begins."""

    line: int
    name: str
    params: tuple[TypeParam, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters in order."""
        return tuple(param.name for param in self.params)


class Expression(Struct, frozen=True):
    """An expression that stands alone, with the f-strings in it."""

    span: Span
    formatted: tuple[Formatted, ...]


class ParameterList(Struct, frozen=True):
    """What stands between the brackets that open at ``start`` and close at ``end - 1``."""

    start: int
    end: int
    params: tuple[TypeParam, ...]
    expressions: tuple[Expression, ...]


class Header(Struct, frozen=True):
    """A rewritten statement: what to replace, where reading goes on, and the bracket that is open there, if any."""

    edits: tuple[Edit, ...]
    resume: int
    name: str = ""
    parameters: ParameterList | None = None
    opened: int | None = None


def definition(source: bytes, position: int, *, is_class: bool) -> Header | None:
    """Rewrite ``def f[T](`` or ``class A[T](`` or ``class A[T]:``; the position is behind the keyword.

    The parenthesis takes the place of the bracket, and blank space that of the parameters: ``def f   (`` would break
    where the parameters run over several rows.
    """
    found = _NAME_AND_BRACKET.match(source, position)
    if found is None:
        return None
    parameters = _parameter_list(source, found.end() - 1)
    start, end = parameters.start, parameters.end
    name = found.group(1).decode()
    opening = _OPENING.match(source, end)
    if opening is not None:
        blank = b"(" + blanked(source[start + 1 : opening.end()])
        return Header((Edit(start, opening.end(), blank),), opening.end(), name, parameters, opening.end() - 1)
    if not is_class:
        raise LoweringError.at("expected '('", source, end)
    blank = b"(" + blanked(source[start + 1 : end - 1]) + b")"
    return Header((Edit(start, end, blank),), end, name, parameters)


def type_alias(source: bytes, keyword_start: int, position: int) -> Header | None:
    """Rewrite ``type X[T] = value`` to ``(    X   )= value``; the position is behind the keyword."""
    found = _ALIAS.match(source, position)
    if found is None or keyword.iskeyword(found.group(1).decode("utf-8", "replace")):
        return None
    name, (name_start, name_end) = found.group(1).decode(), found.span(1)
    opening = Edit(keyword_start, name_start, b"(" + blanked(source[keyword_start + 1 : name_start]))
    if found.group(2) == b"[":
        parameters = _parameter_list(source, found.end() - 1)
        if _ASSIGNMENT.match(source, parameters.end) is None:
            raise LoweringError.at("expected '='", source, parameters.end)
        closing = Edit(name_end, parameters.end, blanked(source[name_end : parameters.end - 1]) + b")")
        return Header((opening, closing), parameters.end, name, parameters)
    room = source[name_end : name_end + 1] in {b" ", b"\t"}
    return Header((opening, Edit(name_end, name_end + room, b")")), name_end + room, name)


def lazy_import(source: bytes, keyword_start: int, position: int) -> Header | None:
    """Rewrite ``lazy import x`` to ``import x``; the position is behind the keyword."""
    found = _IMPORT.match(source, position)
    if found is None:
        return None
    # The statement begins at ``lazy``, and so it does after the way back: the first word is one segment.
    return Header((Edit(keyword_start, found.end(), found.group(1)),), found.end())


def except_clause(source: bytes, position: int) -> Header | None:
    """Put ``except A, B:`` and ``except* A, B:`` into parentheses; the position is behind the keyword.

    ``except A, B as e`` stays as it is: no version of Python allows it.
    """
    depth = lambdas = 0
    first: Token | None = None
    last: Token | None = None
    has_comma = False
    for token in tokens(source, position, []):
        if first is None and last is None and token.text == b"*":
            last = token
            continue
        if token.kind is Kind.NEWLINE and depth == 0:
            return None
        if depth == 0 and token.text == b":":
            if lambdas == 0:
                break
            lambdas -= 1
        if depth == 0 and token.text in {b"as", b"*", b":="}:
            return None
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        lambdas += depth == 0 and token.text == b"lambda"
        has_comma |= depth == 0 and token.text == b"," and lambdas == 0
        first = first or token
        last = token
    else:
        return None
    if not has_comma or first is None or last is None or first.text == b",":
        return None
    return Header((Edit(first.start, first.start, b"("), Edit(last.end, last.end, b")")), position)


def _parameter_list(source: bytes, start: int) -> ParameterList:
    """Read type parameters from the opening bracket to the closing one."""
    params: list[TypeParam] = []
    expressions: list[Expression] = []
    formatted: list[Formatted] = []
    current: list[Token] = []
    depth = 0
    for token in tokens(source, start + 1, formatted):
        if token.kind is Kind.NEWLINE:
            continue
        if depth == 0 and token.kind is Kind.CLOSE:
            if token.text != b"]":
                raise LoweringError.at(f"'{token.text.decode()}' does not close '['", source, token.start)
            if current or not params:
                params.append(_parameter(source, current, token, formatted, expressions))
            return ParameterList(start, token.end, tuple(params), tuple(expressions))
        if depth == 0 and token.text == b",":
            params.append(_parameter(source, current, token, formatted, expressions))
            formatted.clear()
            current = []
            continue
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        current.append(token._replace(text=token.text if depth == 0 else b""))
    raise LoweringError.at("'[' was never closed", source, start)


def _parameter(
    source: bytes, current: list[Token], end: Token, formatted: list[Formatted], expressions: list[Expression]
) -> TypeParam:
    """Read ``T: bound = default`` from its tokens; those inside brackets have no text."""
    stars = current[0].text if current and current[0].text in {b"*", b"**"} else b""
    name = current[bool(stars)] if len(current) > bool(stars) else end
    if name.kind is not Kind.NAME or keyword.iskeyword(name.text.decode("utf-8", "replace")):
        raise LoweringError.at("expected the name of a type parameter", source, name.start)
    rest = current[bool(stars) + 1 :]
    equals = next((index for index, token in enumerate(rest) if token.text == b"="), len(rest))
    bound, default = rest[:equals], rest[equals:]
    if bound and (bound[0].text != b":" or stars):
        raise LoweringError.at("invalid syntax", source, bound[0].start)

    def expression(introduced: list[Token]) -> Span | None:
        if not introduced:
            return None
        if len(introduced) == 1:
            raise LoweringError.at("expected an expression", source, introduced[0].end)
        is_unpacked = stars == b"*" and introduced[1].text == b"*"
        if is_unpacked and len(introduced) == 2:
            raise LoweringError.at("expected an expression", source, introduced[1].end)
        span = Span(introduced[1 + is_unpacked].start, introduced[-1].end)
        inside = tuple(item for item in formatted if span.start <= item.start < span.end)
        expressions.append(Expression(span, inside))
        return span

    return TypeParam(name.text.decode(), _KINDS[stars], expression(bound), expression(default))
