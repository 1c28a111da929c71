"""Decides what ignore files say about a path, as Git does: the deepest file that says something wins."""

import re
from collections.abc import Iterable, Sequence
from os import fsdecode
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from fastapi_lint.small_files import read_small_file

_NAMED_GROUP: Final = re.compile(r"\(\?P<\w+>")


class IgnoreRules:
    """The patterns of one ignore file (or of one exclude list).

    Patterns are relative to the file's own directory. ``below`` is that directory's key when it lies below the root,
    ``above`` is the way from it down to the root when it lies above; both end in a slash, or are empty.
    """

    def __init__(self, lines: Iterable[str], *, below: str = "", above: str = "") -> None:
        self._cut = len(below)
        self._above = above
        self._spec = _specification(list(lines))
        expressions = [_NAMED_GROUP.sub("(?:", regex.pattern) for regex in self._regexes()]
        # One alternation answers "no pattern speaks of this path" for nearly every path.
        self._any = re.compile("|".join(f"(?:{item})" for item in expressions), re.DOTALL) if expressions else None

    def _regexes(self) -> list[re.Pattern[str]]:
        compiled = (getattr(pattern, "regex", None) for pattern in self._spec.patterns)
        return [regex for regex in compiled if isinstance(regex, re.Pattern)]

    def decide(self, key: str) -> bool | None:
        """Return whether ``key`` is ignored, or ``None`` when no pattern speaks of it; a directory ends in a slash."""
        relative = self._above + key[self._cut :]
        if self._any is None or not self._any.match(relative):
            return None
        return self._spec.check_file(relative).include


def _specification(lines: Sequence[str]) -> GitIgnoreSpec:
    """Return the patterns; like Git, pass over those that mean nothing."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):
        return GitIgnoreSpec.from_lines([line for line in lines if _is_valid(line)])


def _is_valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


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
    lines = [line for line in fsdecode(data).splitlines() if line.strip() and not line.startswith("#")]
    return (IgnoreRules(lines, below=below, above=above),) if lines else ()


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
