"""A baseline holds the findings that a project has accepted, so that only new ones fail.

It is JSON that reads well in a review: for each file the code and the text of the row, so that moved code stays known.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.atomic import replace_files
from fastapi_lint.engine import ALWAYS_REPORTED
from fastapi_lint.findings import Finding
from fastapi_lint.fingerprints import Identity, identify
from fastapi_lint.small_files import read_small_file

VERSION: Final = 1
BASELINE_NAME: Final = "fastapi-lint-baseline.json"


class BaselineError(ValueError):
    """A baseline file that cannot be used; the message is one line for the user."""


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """Findings of one code on rows with one text, in one file."""

    code: str
    line: str
    count: int = 1


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    findings: dict[str, list[Entry]]


class Baseline:
    """The accepted findings; paths in it are relative to ``base``."""

    def __init__(self, base: Path, accepted: Counter[Identity]) -> None:
        self._base = base
        self._left = accepted

    def accepts(self, finding: Finding, path: Path, row_text: str) -> bool:
        """Return whether a finding is accepted; each entry accepts as many findings as it counts."""
        if finding.code in ALWAYS_REPORTED:
            return False
        identity = identify(finding, _relative(path, self._base), row_text)
        if not self._left[identity]:
            return False
        self._left[identity] -= 1
        return True

    @property
    def stale(self) -> int:
        """Return how many accepted findings did not occur."""
        return sum(self._left.values())


def baseline_base(file: Path, root: Path) -> Path:
    """Return the directory that paths in a baseline are relative to: its own when it belongs to the project."""
    directory = file.parent
    related = directory.is_relative_to(root) or root.is_relative_to(directory)
    return directory if related and directory != Path(directory.anchor) else root


def read_baseline(file: Path, root: Path) -> Baseline:
    """Return the accepted findings of a file.

    Raises:
        BaselineError: it cannot be read, or is no baseline of a version that is understood.

    """
    try:
        document = msgspec.json.decode(read_small_file(file), type=_Document)
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror}; --write-baseline writes one") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise BaselineError(f"{file}: is not a baseline: {error}; restore it, or name another file") from None
    if document.version != VERSION:
        raise BaselineError(f"{file}: has version {document.version}, expected {VERSION}; write it again")
    accepted: Counter[Identity] = Counter()
    for path, entries in document.findings.items():
        for entry in entries:
            accepted[Identity(path, entry.code, entry.line)] += entry.count
    return Baseline(baseline_base(file, root), accepted)


def write_baseline(file: Path, root: Path, findings: Iterable[tuple[Finding, Path, str]]) -> int:
    """Write findings, each with its absolute path and the text of its row, and return how many were accepted.

    Raises:
        BaselineError: the file cannot be written.

    """
    if file.exists() and not _is_baseline(file):
        raise BaselineError(f"{file}: is no baseline and is not replaced by one")
    base = baseline_base(file, root)
    accepted = Counter(
        identify(finding, _relative(path, base), row_text)
        for finding, path, row_text in findings
        if finding.code not in ALWAYS_REPORTED
    )
    document: dict[str, list[dict[str, object]]] = {}
    for identity in sorted(accepted):
        entry = {"code": identity.code, "line": identity.line, "count": accepted[identity]}
        document.setdefault(identity.path, []).append(entry)
    text = json.dumps({"version": VERSION, "findings": document}, indent=2, ensure_ascii=False) + "\n"
    try:
        replace_files({file: text.encode()})
    except OSError as error:
        raise BaselineError(f"{file}: cannot be written: {error.strerror}") from None
    return accepted.total()


def _is_baseline(file: Path) -> bool:
    """Return whether a file is empty or a baseline: nothing else is overwritten by a slip on the command line."""
    try:
        data = read_small_file(file)
        return not data.strip() or bool(msgspec.json.decode(data, type=_Document).version)
    except (OSError, msgspec.DecodeError, RecursionError):
        return False


def _relative(path: Path, base: Path) -> Path:
    return Path(os.path.relpath(path, base))
