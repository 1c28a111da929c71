"""Decides what ignore files say about a path, as Git does: the deepest file that says something wins."""

import codecs
import re
from collections.abc import Iterable, Sequence
from functools import cache
from os import fsdecode
from pathlib import Path

from fastapi_lint.ignore_patterns import parse_line
from fastapi_lint.small_files import read_small_file


class IgnoreRules:
    """The patterns of one ignore file (or of one exclude list).

    Patterns are relative to the file's own directory. ``below`` is that directory's key when it lies below the root,
    ``above`` is the way from it down to the root when it lies above; both end in a slash, or are empty.
    """

    def __init__(self, lines: Iterable[str], *, below: str = "", above: str = "") -> None:
        self._cut = len(below)
        self._above = above
        patterns = [pattern for line in lines if (pattern := parse_line(line)) is not None]
        # One alternation answers "no pattern speaks of this path" for nearly every path.
        self._any = _compiled("|".join(pattern.expression for pattern in patterns)) if patterns else None
        self._patterns = tuple(reversed(patterns))

    def decide(self, key: str) -> bool | None:
        """Return whether ``key`` is ignored, or ``None`` when no pattern speaks of it; a directory ends in a slash."""
        return self._decide(self._above + key[self._cut :])

    def _decide(self, relative: str) -> bool | None:
        if self._any is None or not self._any.match(relative):
            return None
        return next(item.include for item in self._patterns if _compiled(item.expression).match(relative))

    def covers(self, key: str) -> bool:
        """Return whether ``key`` or a directory that it lies in is ignored."""
        relative = self._above + key
        ends = [position + 1 for position, character in enumerate(relative) if character == "/"]
        return any(self._decide(relative[self._cut : end]) for end in [*ends, len(relative)] if end > self._cut)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL)


IgnoreChain = tuple[IgnoreRules, ...]


def is_ignored(chain: IgnoreChain, key: str) -> bool:
    """Return whether the innermost rules that speak of ``key`` ignore it; ``chain`` goes from the outside in."""
    for rules in reversed(chain):
        decision = rules.decide(key)
        if decision is not None:
            return decision
    return False


def read_ignore_file(path: Path, *, below: str = "", above: str = "") -> IgnoreChain:
    """Return the rules of an ignore file as a chain of one, or an empty chain when it cannot be read or has none."""
    try:
        data = read_small_file(path)
    except OSError:
        return ()
    lines = fsdecode(data.removeprefix(codecs.BOM_UTF8)).split("\n")
    return (IgnoreRules(lines, below=below, above=above),)


def rebased_patterns(patterns: Sequence[str], base: Path, root: Path) -> list[str]:
    """Return exclude patterns of a config in ``base`` as patterns for keys below ``root``."""
    if base == root or not (base.is_relative_to(root) or root.is_relative_to(base)):
        return list(patterns)
    rebased = []
    for pattern in patterns:
        body = pattern.removeprefix("!")
        sign = pattern[: len(pattern) - len(body)]
        if "/" not in body.rstrip("/"):
            rebased.append(pattern)
        elif base.is_relative_to(root):
            rebased.append(f"{sign}/{base.relative_to(root).as_posix()}/{body.lstrip('./')}")
        else:
            above = f"{root.relative_to(base).as_posix()}/"
            stripped = body.lstrip("./")
            rebased.append(f"{sign}/{stripped.removeprefix(above)}" if stripped.startswith(above) else body)
    return rebased
