"""Reads an agent or a skill: its frontmatter, links, headings and code blocks, each with its rows.

The document is parsed with markdown-it, so that an example of a fence inside a fence is no fence.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from fastapi_lint.findings import Location, Position
from fastapi_lint.small_files import read_small_file

_FRONTMATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD: Final = re.compile(r"^([\w-]+)[ \t]*:")
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")


class DocumentError(Exception):
    """A file that cannot be read as an agent or a skill; ``row`` is where."""

    def __init__(self, message: str, row: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.row = row


class Link(Struct, frozen=True):
    """A link or an image, and the first row of the paragraph that holds it."""

    target: str
    row: int


class CodeBlock(Struct, frozen=True):
    """A fenced code block: the words of its info string, its text, and the row of its first line of code."""

    language: str
    words: tuple[str, ...]
    text: str
    row: int


class Document(Struct, frozen=True):
    """One Markdown file; rows count from 1 in the whole file, the frontmatter included.

    ``path`` is absolute, ``shown`` is how reports name it. ``fields`` is empty without a frontmatter,
    ``mentions`` are the words in code style, which may be paths.
    """

    path: Path
    shown: Path
    lines: tuple[str, ...]
    fields: Mapping[str, object]
    field_rows: Mapping[str, int]
    body_row: int
    links: tuple[Link, ...]
    mentions: frozenset[str]
    anchors: frozenset[str]
    code: tuple[CodeBlock, ...]

    def row(self, row: int) -> Location:
        """Return a row as a place, without the blanks around its text."""
        text = self.lines[row - 1] if row <= len(self.lines) else ""
        first = len(text) - len(text.lstrip()) + 1
        return Location(self.shown, Position(row, first), Position(row, max(first, len(text.rstrip()) + 1)))

    def field(self, name: str) -> Location:
        """Return where a field of the frontmatter stands; the first row when it is missing."""
        return self.row(self.field_rows.get(name, 1))


def read_document(path: Path) -> Document:
    """Return a Markdown file with its frontmatter, if it has one.

    Raises:
        DocumentError: it cannot be read, is no UTF-8, or its frontmatter is no YAML mapping.

    """
    text = _text(path)
    found = _FRONTMATTER.match(text)
    head = found.group(1) if found else ""
    body_row = text[: found.end()].count("\n") + 1 if found else 1
    tokens = MarkdownIt().parse(text[found.end() :] if found else text)
    return Document(
        path=path,
        shown=_shown(path),
        lines=tuple(text.removesuffix("\n").split("\n")),
        fields=_fields(head),
        field_rows=_field_rows(head),
        body_row=body_row,
        links=tuple(_links(tokens, body_row)),
        mentions=frozenset(_mentions(tokens)),
        anchors=frozenset(_anchors(tokens)),
        code=tuple(_code(tokens, body_row)),
    )


def has_frontmatter(document: Document) -> bool:
    """Return whether the file starts with a frontmatter."""
    return document.body_row > 1


def _text(path: Path) -> str:
    try:
        return read_small_file(path).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise DocumentError(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise DocumentError("the file is no UTF-8", row) from None


def _shown(path: Path) -> Path:
    cwd = Path.cwd()
    return path.relative_to(cwd) if path.is_relative_to(cwd) else path


def _fields(head: str) -> Mapping[str, object]:
    try:
        fields = yaml.safe_load(head)
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 2 if error.problem_mark else 1
        raise DocumentError(f"the frontmatter is no YAML: {error.problem or 'it cannot be parsed'}", row) from None
    except yaml.YAMLError as error:
        raise DocumentError(f"the frontmatter is no YAML: {str(error).splitlines()[0]}") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise DocumentError("the frontmatter is no mapping of fields to values")
    return {str(name): value for name, value in fields.items()}


def _field_rows(head: str) -> Mapping[str, int]:
    rows = ((_FIELD.match(line), row) for row, line in enumerate(head.split("\n"), 2))
    return {match.group(1): row for match, row in rows if match}


def _links(tokens: list[Token], body_row: int) -> Iterator[Link]:
    for token in tokens:
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if isinstance(target, str) and token.map:
                yield Link(target, body_row + token.map[0])


def _mentions(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        yield from (child.content for child in token.children or () if child.type == "code_inline")


def _anchors(tokens: list[Token]) -> Iterator[str]:
    """Yield the anchors of the headings as GitHub makes them; a second heading of the same text is not told apart."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            yield _NOT_IN_ANCHORS.sub("", text.lower()).replace(" ", "-")


def _code(tokens: list[Token], body_row: int) -> Iterator[CodeBlock]:
    for token in tokens:
        if token.type == "fence" and token.map:
            language, *words = token.info.split() or [""]
            yield CodeBlock(language.lower(), tuple(words), token.content, body_row + token.map[0] + 1)
