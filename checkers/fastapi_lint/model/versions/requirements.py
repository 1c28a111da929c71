"""What versions of a package the code of one module may meet: the answer that version gates of rules rest on."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Struct, field
from packaging.version import InvalidVersion

from fastapi_lint.model.versions.declarations import normalised
from fastapi_lint.model.versions.ranges import EVERY_VERSION, NO_VERSION, VersionRange, exactly, specified

ASSUMED: Final[Mapping[str, str]] = {
    "fastapi": ">=0.121",
    "pydantic": ">=2",
    "pydantic-settings": ">=2",
    "python": ">=3.10",
    "sqlalchemy": ">=2",
    "sqlmodel": ">=0.0.14",
    "starlette": ">=1",
}
"""What a project that declares nothing is taken to use: the current major; of FastAPI the releases of the last year."""

_IMPLIED: Final = (
    # versions of a package, and what they need: from Requires-Dist of the releases on either side of the border
    ("fastapi", "<0.100", "pydantic", "<2"),
    ("fastapi", ">=0.126", "pydantic", ">=2.7"),
    ("fastapi", "<0.133", "starlette", "<1"),
    ("fastapi", ">=0.112.4", "starlette", ">=0.37.2"),
    ("sqlmodel", "<0.0.14", "pydantic", "<2"),
    ("sqlmodel", "<0.0.12", "sqlalchemy", "<2"),
    ("sqlmodel", ">=0.0.12", "sqlalchemy", ">=2"),
    ("pydantic-settings", ">=2", "pydantic", ">=2"),
)


class Folder(Struct, frozen=True):
    """What the manifests of one directory say together.

    ``locked`` is None where there is no lock; a package that a lock does not list is not installed.
    """

    wanted: Mapping[str, VersionRange]
    limited: Mapping[str, VersionRange]
    locked: Mapping[str, tuple[str, ...]] | None = None


class Requirements(Struct, frozen=True, eq=False):
    """The packages of one module: the manifests of the nearest directory first, then of those above it.

    The version of a package is what the nearest directory that names it says: exactly one from a lock, a range from a
    requirement. A lock further up (of a workspace) makes a range exact when it agrees with it. What another package
    needs narrows it (FastAPI below 0.100 cannot run with Pydantic 2); where nothing is known at all, the current major
    is assumed (``ASSUMED``). What the user stated in the config goes before everything.
    """

    folders: tuple[Folder, ...] = ()
    stated: Mapping[str, VersionRange] = {}
    _answers: dict[str, VersionRange] = field(default_factory=dict)
    """What ``versions`` has found out; rules ask the same for every function of a module."""

    def may_be(self, name: str, specifiers: str) -> bool:
        """Say whether a version as ``specifiers`` (``">=0.118"``) is possible.

        Ask this before reporting what is wrong with such versions. Any overlap of the allowed range is enough, so an
        unpinned package may be everything.
        """
        return self.versions(name).intersects(specified(specifiers))

    def must_be(self, name: str, specifiers: str) -> bool:
        """Say whether every version that the project allows is as ``specifiers``.

        Ask this before staying silent (Pydantic 1 is pinned), or before a fix that older versions do not understand. An
        unpinned package must be nothing.
        """
        return self.versions(name).within(specified(specifiers))

    def declares(self, name: str) -> bool:
        """Say whether a manifest here or above asks for the package itself; a lock's indirect packages do not count."""
        key = normalised(name)
        return any(key in folder.wanted for folder in self.folders)

    def installs(self, name: str) -> bool:
        """Say whether the package is asked for or locked, directly or because another needs it."""
        key = normalised(name)
        return any(key in folder.wanted or key in (folder.locked or {}) for folder in self.folders)

    @property
    def empty(self) -> bool:
        """Say whether there is no manifest with requirements at all, so that ``declares`` proves nothing."""
        return not any(folder.wanted or folder.locked for folder in self.folders)

    def versions(self, name: str) -> VersionRange:
        """Return the versions that the class says; never an empty range."""
        found = self._answers.get(name)
        if found is None:
            found = self._answers[name] = self._versions(normalised(name))
        return found

    def _versions(self, key: str) -> VersionRange:
        stated = self.stated.get(key)
        if stated is not None:
            return stated
        known, implied = self._known(key), self._implied(key)
        if known is None:
            return specified(ASSUMED.get(key, "")) if implied == EVERY_VERSION else implied
        both = known.intersection(implied)
        return both if both.spans else known

    def _known(self, key: str) -> VersionRange | None:
        wanted: VersionRange | None = None
        for folder in self.folders:
            if wanted is None:
                wanted = _limited(key, folder)
            if folder.locked is None:
                continue
            locked = _locked(folder.locked.get(key, ()))
            if locked.spans:
                agreed = locked if wanted is None else locked.intersection(wanted)
                return agreed if agreed.spans else wanted
            break
        return wanted

    def _implied(self, key: str) -> VersionRange:
        implied = EVERY_VERSION
        for cause, versions, follower, its_versions in _IMPLIED:
            known = (self.stated.get(cause) or self._known(cause)) if follower == key else None
            if known is not None and known.within(specified(versions)):
                narrowed = implied.intersection(specified(its_versions))
                implied = narrowed if narrowed.spans else implied
        return implied


def _limited(key: str, folder: Folder) -> VersionRange | None:
    """Return what a directory allows of a package: what it asks for, within its constraints if they agree."""
    wanted, limit = folder.wanted.get(key), folder.limited.get(key)
    if wanted is None or limit is None:
        return wanted or limit
    both = wanted.intersection(limit)
    return both if both.spans else wanted


@cache
def _locked(versions: tuple[str, ...]) -> VersionRange:
    found = NO_VERSION
    for version in versions:
        try:
            found = found.union(exactly(version))
        except InvalidVersion:
            return EVERY_VERSION
    return found
