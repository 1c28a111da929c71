"""Sets of versions as intervals, so that "may be" and "must be" are intersection and inclusion."""

import re
from functools import cache
from typing import Final

from msgspec import Struct
from packaging.version import InvalidVersion, Version

_SPECIFIER: Final = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s,]+)\s*")
_CARET_OR_TILDE: Final = re.compile(r"([\^~])(?!=)\s*([^\s,]+)")

Cut = tuple[Version, int]
"""A place between versions: 0 is just before the version, 1 just behind it."""
_Span = tuple[Cut | None, Cut | None]


class InvalidSpecifierError(ValueError):
    """Text that is no version specifier or constraint."""


class VersionRange(Struct, frozen=True):
    """A set of versions: disjoint spans in ascending order, each from a cut to a cut; None stands for no end."""

    spans: tuple[_Span, ...]

    def intersection(self, other: "VersionRange") -> "VersionRange":
        """Return the versions in both."""
        common = (_overlap(mine, its) for mine in self.spans for its in other.spans)
        return VersionRange(tuple(span for span in common if span is not None))

    def union(self, other: "VersionRange") -> "VersionRange":
        """Return the versions in either."""
        return self.complement().intersection(other.complement()).complement()

    def complement(self) -> "VersionRange":
        """Return the versions that are not in it."""
        spans: list[_Span] = []
        start: Cut | None = None
        for low, high in self.spans:
            if low is not None:
                spans.append((start, low))
            if high is None:
                return VersionRange(tuple(spans))
            start = high
        return VersionRange((*spans, (start, None)))

    def intersects(self, other: "VersionRange") -> bool:
        """Say whether a version is in both."""
        return bool(self.intersection(other).spans)

    def within(self, other: "VersionRange") -> bool:
        """Say whether every version in it is in the other too."""
        return not self.intersects(other.complement())


EVERY_VERSION: Final = VersionRange(((None, None),))
NO_VERSION: Final = VersionRange(())


def _overlap(mine: _Span, its: _Span) -> _Span | None:
    lows = [span[0] for span in (mine, its) if span[0] is not None]
    highs = [span[1] for span in (mine, its) if span[1] is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low >= high else (low, high)


@cache
def exactly(version: str) -> VersionRange:
    """Return the range of one version, without its local part; ``InvalidVersion`` for what is none."""
    point = Version(Version(version).public)
    return VersionRange((((point, 0), (point, 1)),))


@cache
def specified(specifiers: str) -> VersionRange:
    """Return the versions that PEP 440 specifiers (``>=1.4,<2``) allow; ``InvalidSpecifierError`` for what are none.

    ``<2`` and ``==2.*`` leave out pre-releases of 2, as installers do. Not ``packaging.specifiers``: it costs twenty
    milliseconds to import.
    """
    allowed = EVERY_VERSION
    for text in specifiers.split(","):
        match = _SPECIFIER.fullmatch(text)
        if match is not None:
            allowed = allowed.intersection(_single(match[1], match[2]))
        elif text.strip():
            raise InvalidSpecifierError(specifiers)
    return allowed


def poetry_range(constraint: str) -> VersionRange:
    """Return the versions that a Poetry constraint allows: carets, tildes, wildcards, bare versions, alternatives.

    ``InvalidSpecifierError`` for what is none.
    """
    allowed = NO_VERSION
    for alternative in re.split(r"\|\|?", constraint):
        expanded = _CARET_OR_TILDE.sub(_expanded, alternative.strip())
        parts = [part for part in re.split(r"\s*,\s*|(?<=[\w*])\s+", expanded) if part]
        allowed = allowed.union(specified(",".join(_with_operator(part) for part in parts)))
    return allowed


def _single(operator: str, text: str) -> VersionRange:
    """Return what one operator and version allow."""
    series = text.endswith(".*") and operator in {"==", "!="}
    try:
        version = Version(Version(text.removesuffix(".*") if series else text).public)
    except InvalidVersion as error:
        if operator == "===":
            return EVERY_VERSION
        raise InvalidSpecifierError(f"{operator}{text}") from error
    match operator:
        case "==" | "===":
            return _series(version) if series else exactly(text)
        case "!=":
            return (_series(version) if series else exactly(text)).complement()
        case ">=":
            return VersionRange((((version, 0), None),))
        case ">":
            return VersionRange((((version, 1), None),))
        case "<=":
            return VersionRange(((None, (version, 1)),))
        case "<":
            return VersionRange(((None, _start(version)),))
        case _:  # "~=", the last one
            if len(version.release) == 1:
                raise InvalidSpecifierError(f"{operator}{text}")
            series_start = Version(f"{version.epoch}!{'.'.join(map(str, version.release[:-1]))}")
            return VersionRange((((version, 0), None),)).intersection(_series(series_start))


def _series(version: Version) -> VersionRange:
    """Return all versions of a series: ``1.4`` holds 1.4 and 1.4.2, without pre-releases of 1.4 and of 1.5."""
    release = (*version.release[:-1], version.release[-1] + 1)
    following = Version(f"{version.epoch}!{'.'.join(map(str, release))}")
    return VersionRange((((version, 0), _start(following)),))


def _start(version: Version) -> Cut:
    """Return the cut before a version and, when it is no pre-release itself, before its pre-releases."""
    return (version if version.is_prerelease else Version(f"{version.public}.dev0"), 0)


def _expanded(match: re.Match[str]) -> str:
    """Write a caret or tilde requirement of Poetry as two specifiers."""
    sign, text = match.groups()
    try:
        version = Version(text)
    except InvalidVersion as error:
        raise InvalidSpecifierError(match[0]) from error
    release = version.release
    if sign == "~":
        fixed = min(2, len(release))
    else:
        fixed = next((index for index, number in enumerate(release, 1) if number), len(release))
    upper = (*release[: fixed - 1], release[fixed - 1] + 1)
    return f">={text},<{'.'.join(map(str, upper))}"


def _with_operator(part: str) -> str:
    if part == "*":
        return ""
    return part if part[0] in "<>=!~" else f"=={part}"
