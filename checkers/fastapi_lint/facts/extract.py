"""Turns the bytes of one file into its facts (invariant I1), or says where and why it has none."""

import ast
import warnings
from typing import Final

from fastapi_lint.collector import collector_off
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.lowering import lower
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.facts.walking.module import module_facts
from fastapi_lint.recursion import frames

_FRAMES: Final = 400
"""How many frames the walk over one file may take: of 17,000 real files none takes more than 200. What is nested more
deeply is said to be so by every process and under every command (I5), and the model can follow what is not."""


def extract(source: bytes, key: str) -> ModuleFacts | ParseFailure:
    """Return the facts of a file, or where and why it cannot be parsed.

    Args:
        source: the text in UTF-8 without byte order mark.
        key: the module's key; it only names the file in a failure.

    """
    with frames(_FRAMES), collector_off(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser's own warnings: as errors they would change the facts
        return _extract(source, key)


def _extract(source: bytes, key: str) -> ModuleFacts | ParseFailure:
    parameters: dict[int, tuple[str, ...]] = {}
    try:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            lowered = lower(source)
            tree = lowered.tree()
            parameters = {item.line: item.names for item in lowered.type_params}
        return module_facts(tree, source, parameters)
    except SyntaxError as error:
        return _failure(key, error)
    except (RecursionError, MemoryError):
        return ParseFailure(key, 1, 1, "the code is nested too deeply to be analysed")
    except ValueError as error:
        return ParseFailure(key, 1, 1, str(error))


def _failure(key: str, error: SyntaxError) -> ParseFailure:
    return ParseFailure(key, error.lineno or 1, max(error.offset or 1, 1), error.msg or "invalid syntax")
