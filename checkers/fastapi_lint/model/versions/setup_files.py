"""Requirements in ``setup.cfg`` and, where they are literal, in ``setup.py``, which is read and never run."""

import configparser
import io
import tokenize
from collections.abc import Iterator
from typing import Final

from fastapi_lint.model.versions.declarations import Collector, Contents, ManifestError, normalised

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_SKIPPED: Final = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT})


def read_setup_cfg(text: str) -> Contents:
    """Return what a ``setup.cfg`` asks for."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ManifestError(f"cannot be parsed: {' '.join(str(error).split())}") from error
    collector = Collector()
    if parser.has_option("metadata", "name"):
        collector.own.add(normalised(parser.get("metadata", "name")))
    extras = parser.options("options.extras_require") if parser.has_section("options.extras_require") else []
    lists = [("options", "install_requires"), *(("options.extras_require", extra) for extra in extras)]
    for section, option in lists:
        for line in parser.get(section, option, fallback="").splitlines():
            if line.strip() and not line.startswith("#"):
                _line(line.strip(), collector)
    collector.python(parser.get("options", "python_requires", fallback=None))
    return collector.contents()


def read_setup_py(text: str) -> Contents:
    """Return what a ``setup.py`` asks for with string literals: in the call, or in a name that the call is given."""
    try:
        tokens = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in _SKIPPED]
    except (tokenize.TokenError, SyntaxError) as error:
        raise ManifestError(f"cannot be parsed: {error}") from error
    collector = Collector()
    for index in range(len(tokens) - 2):
        if tokens[index + 1].string != "=" or tokens[index].type != tokenize.NAME:
            continue
        value = tokens[index + 2]
        match tokens[index].string:
            case "install_requires" | "extras_require" if value.string in _OPENING:
                _take(tokens, index + 2, collector)
            case "install_requires" | "extras_require" if value.type == tokenize.NAME:
                _take_name(tokens, value.string, collector)
            case "python_requires" if value.type == tokenize.STRING:
                collector.python(_literal(value.string))
            case "name" if value.type == tokenize.STRING:
                collector.own.add(normalised(_literal(value.string)))
    return collector.contents()


def _line(line: str, collector: Collector) -> None:
    if line.startswith("file:"):
        collector.includes += [file.strip() for file in line.removeprefix("file:").split(",")]
    else:
        collector.requirement(line)


def _take_name(tokens: list[tokenize.TokenInfo], name: str, collector: Collector) -> None:
    for index in range(len(tokens) - 2):
        if tokens[index].string == name and tokens[index + 1].string == "=" and tokens[index + 2].string in _OPENING:
            _take(tokens, index + 2, collector)


def _take(tokens: list[tokenize.TokenInfo], start: int, collector: Collector) -> None:
    for text in _strings(tokens, start):
        collector.requirement(text)


def _strings(tokens: list[tokenize.TokenInfo], start: int) -> Iterator[str]:
    """Yield the string literals between a bracket and its partner; keys of a dict are names of extras."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.type == tokenize.OP:
            depth += (token.string in _OPENING) - (token.string in _CLOSING)
            if depth == 0:
                return
        elif token.type == tokenize.STRING and tokens[index + 1].string != ":":
            yield _literal(token.string)


def _literal(token: str) -> str:
    """Return the text of a plain string token; requirements need no escapes."""
    text = token.lstrip("rRbBuUfF")
    quote = text[:3] if text[:3] in {'"""', "'''"} else text[:1]
    return text.removeprefix(quote).removesuffix(quote)
