"""What one manifest file says: packages that it wants, that it only limits, and that it locks."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from fastapi_lint.model.versions.ranges import (
    EVERY_VERSION,
    InvalidSpecifierError,
    VersionRange,
    poetry_range,
    specified,
)

_REQUIREMENT: Final = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)   # the distribution
    \s*(?:\[[^\]]*\])?                                           # extras
    \s*(?P<rest>@[^;]*|\(?[^;)]*\)?)                             # a URL or version specifiers
    \s*(?P<marker>;.*)?$""",
    re.VERBOSE,
)


class ManifestError(Exception):
    """A manifest that cannot be read, in one line."""


class Declaration(Struct, frozen=True):
    """A package and the versions that are allowed; ``conditional`` when it holds only under an environment marker."""

    name: str
    versions: VersionRange
    conditional: bool = False


class Contents(Struct, frozen=True):
    """Everything one file says.

    ``locked`` has one version for each package, more where they differ by platform or Python; it is None where the file
    is no lock. ``own`` are the distributions that the project itself builds. ``includes`` and ``limits`` are the files
    that it reads in, relative to it: as further requirements, and as constraints.
    """

    wanted: tuple[Declaration, ...] = ()
    limited: tuple[Declaration, ...] = ()
    locked: Mapping[str, tuple[str, ...]] | None = None
    own: frozenset[str] = frozenset()
    includes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Collector(Struct):
    """Gathers what a file says while it is read; what is malformed becomes a problem and the rest still counts."""

    wanted: list[Declaration] = field(default_factory=list)
    limited: list[Declaration] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    includes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def requirement(self, text: object, *, limit: bool = False) -> None:
        """Take a requirement as in PEP 508, or note that it is none."""
        match = _REQUIREMENT.match(text) if isinstance(text, str) else None
        if match is None:
            self.problems.append(f"{str(text)[:80]!r} is not a requirement")
            return
        rest = match["rest"].strip()
        marked = match["marker"] is not None
        self._take(
            match["name"], "" if rest.startswith("@") else rest.strip("()"), specified, marked=marked, limit=limit
        )

    def requirements(self, texts: object, *, limit: bool = False) -> None:
        """Take a list of requirements; what is no list counts for nothing."""
        for text in texts if isinstance(texts, list) else ():
            self.requirement(text, limit=limit)

    def poetry(self, name: str, constraint: object, *, marked: bool = False) -> None:
        """Take one entry of a Poetry or Pipfile table: a constraint, a table with one, or a list of such tables."""
        match constraint:
            case str():
                self._take(name, constraint, poetry_range, marked=marked)
            case list():
                for each in constraint:
                    self.poetry(name, each, marked=True)
            case dict():
                conditional = marked or bool({"python", "markers", "platform"} & constraint.keys())
                self.poetry(name, constraint.get("version", "*"), marked=conditional)
            case _:
                self.problems.append(f"{name}: {str(constraint)[:80]!r} is not a version constraint")

    def python(self, specifiers: object) -> None:
        """Take the supported Python versions."""
        if isinstance(specifiers, str):
            self._take("python", specifiers, poetry_range, marked=False)

    def contents(self, locked: Mapping[str, tuple[str, ...]] | None = None) -> Contents:
        """Return what was gathered."""
        return Contents(
            tuple(self.wanted),
            tuple(self.limited),
            locked,
            frozenset(self.own),
            tuple(self.includes),
            tuple(self.limits),
            tuple(self.problems),
        )

    def _take(
        self, name: str, text: str, parse: Callable[[str], VersionRange], *, marked: bool, limit: bool = False
    ) -> None:
        try:
            versions = parse(text)
        except InvalidSpecifierError:
            self.problems.append(f"{name}: {text[:80]!r} is not a version specifier")
            versions = EVERY_VERSION
        (self.limited if limit else self.wanted).append(Declaration(normalised(name), versions, marked))


def normalised(name: str) -> str:
    """Return a distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def combined(declarations: Iterable[Declaration]) -> dict[str, VersionRange]:
    """Return the versions that all declarations of a package allow.

    Declarations under markers, and such that contradict each other, are alternatives.
    """
    ranges: dict[str, VersionRange] = {}
    for each in declarations:
        before = ranges.get(each.name)
        if before is None:
            ranges[each.name] = each.versions
            continue
        both = before.intersection(each.versions)
        alternatives = each.conditional or not both.spans
        ranges[each.name] = before.union(each.versions) if alternatives else both
    return ranges
