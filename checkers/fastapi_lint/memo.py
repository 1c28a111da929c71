"""Keeps what the analysis of a project came to, so that a run over the same project need not analyse it again.

A memo holds for one state: the same files with the same content, manifests and settings, read by the same analyser. It
keeps what rules found before anybody selects, suppresses or accepts, so that all of these may differ from run to run
(I2). It is data that a stranger may have written: checked against its schema and against the files that there are.
"""

import logging
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from fastapi_lint.cache_files import Stamp, cache_path, digest_of, read_checked, stamp_of, version_of, write_checked
from fastapi_lint.config import Config
from fastapi_lint.directives import Directive
from fastapi_lint.discovery import SourceFile, Tree
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.identities import identity
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.findings import RuleInfo
from fastapi_lint.terminal import clean_lines
from fastapi_lint.violations import Violation

_log = logging.getLogger(__name__)
LARGEST: Final = 64 << 20
"""A memo of more bytes is not kept: reading it would take longer than it is worth."""
LARGEST_MANIFEST: Final = 64 << 20
"""Nobody reads a manifest of more bytes; it is known by what the file system says."""


class Analysis(Struct, frozen=True, array_like=True):
    """What the analysis of a whole project came to, before anybody selects or suppresses.

    ``violations`` are by the code of each rule that ran; ``directives`` are the suppression comments by file.
    """

    violations: Mapping[str, tuple[Violation, ...]] = {}
    directives: Mapping[str, tuple[Directive, ...]] = {}
    failures: tuple[ParseFailure, ...] = ()
    notices: tuple[str, ...] = ()
    uses_framework: bool = False


class Content(Struct, frozen=True, array_like=True, gc=False):
    """What a file was when it was analysed; ``stamp`` is None when only the digest can tell."""

    key: str
    kind: FileKind
    stamp: Stamp | None
    digest: bytes


class _Memo(Struct, frozen=True, array_like=True):
    version: bytes
    settings: bytes
    files: tuple[Content, ...]
    manifests: tuple[tuple[str, bytes], ...]
    rules: tuple[RuleInfo, ...]
    analysis: Analysis


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Memo)


class Memos:
    """The memo of one project: what is known from an earlier run, and where to keep what this one learns."""

    def __init__(self, directory: Path, tree: Tree, settings: Config) -> None:
        self._path = cache_path(directory, tree.root, "findings")
        self._tree = tree
        manifests = [str(path.relative_to(tree.root)) for path in tree.manifests]
        self._settings = digest_of(_encoder.encode((settings, manifests)))
        self._version = own_version()
        self._memo = self._read()

    @property
    def rules(self) -> tuple[RuleInfo, ...]:
        """Return what all rules say of themselves, or nothing when that is not known."""
        return self._memo.rules if self._memo else ()

    def recall(self) -> Analysis | None:
        """Return the analysis of the project as it is now, or None when there is none."""
        memo = self._memo
        if memo is None or memo.settings != self._settings:
            return None
        now = _unchanged(memo.files, self._tree.files)
        if now is None or memo.manifests != _states(self._tree.root, [name for name, _ in memo.manifests]):
            return None
        if now != memo.files:
            self._memo = msgspec.structs.replace(memo, files=now)
            self._write()
        return memo.analysis

    def keep(
        self,
        analysis: Analysis,
        *,
        digests: Mapping[str, bytes],
        manifests: Sequence[Path],
        rules: tuple[RuleInfo, ...],
    ) -> None:
        """Keep an analysis for the next run.

        Args:
            analysis: what is kept.
            digests: the contents that were analysed, by key; when one is unknown, nothing is kept.
            manifests: all files beside the Python files that the analysis read or would have read.
            rules: what all rules say of themselves.

        """
        files = self._tree.files
        if self._version is None or any(file.key not in digests or file.content is not None for file in files):
            return
        root = self._tree.root
        self._memo = _Memo(
            version=self._version,
            settings=self._settings,
            files=tuple([Content(file.key, file.kind, file.stamp, digests[file.key]) for file in files]),
            manifests=_states(root, [os.path.relpath(path, root) for path in manifests]),
            rules=rules,
            analysis=analysis,
        )
        self._write()

    def _read(self) -> _Memo | None:
        content = read_checked(self._path, LARGEST)
        if not content:
            return None
        try:
            memo = _decoder.decode(content)
        except (msgspec.DecodeError, RecursionError):
            return None
        return memo if memo.version == self._version and _is_sound(memo) else None

    def _write(self) -> None:
        """Write the memo; where that fails the next run is slower, no more."""
        content = _encoder.encode(self._memo)
        try:
            if len(content) <= LARGEST:
                write_checked(self._path, content)
        except OSError as error:
            _log.info("the memo cannot be written: %s", error)


@cache
def own_version() -> bytes | None:
    """Return a hash of all that an analysis depends on beside the project, or None when the source is not there."""
    try:
        return version_of(_sources(str(Path(__file__).parent)))
    except OSError as error:
        _log.info("the version of the analyser is unknown: %s", error)
        return None


def _sources(directory: str) -> Iterator[Path]:
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith((".py", ".tsv")):
                yield Path(folder, name)


def _unchanged(known: Sequence[Content], files: Sequence[SourceFile]) -> tuple[Content, ...] | None:
    """Return the files as they are now if all have the content that is known, else None."""
    if len(known) != len(files):
        return None
    now = []
    for old, file in zip(known, files, strict=True):
        if old.key != file.key or old.kind is not file.kind:
            return None
        if old.stamp is not None and old.stamp == file.stamp:
            now.append(old)
        elif identity(file) == old.digest:
            now.append(old if file.content is not None else Content(old.key, old.kind, file.stamp, old.digest))
        else:
            return None
    return tuple(now)


def _states(root: Path, names: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
    """Return for each manifest, by its path from the root, what identifies where it leads and what it holds."""
    return tuple((name, _state(root, root / name)) for name in names)


def _state(root: Path, path: Path) -> bytes:
    try:
        target = os.path.realpath(path)
        where = os.path.relpath(target, root).encode("utf-8", "surrogateescape")
        if Path(target).is_relative_to(root):
            where += b"\0" + _content(Path(target))
    except (OSError, ValueError) as error:
        return digest_of(f"\0{error}".encode("utf-8", "surrogateescape"))
    return digest_of(where)


def _content(path: Path) -> bytes:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_MANIFEST:
        return repr(stamp_of(status)).encode()
    return path.read_bytes()


def _is_sound(memo: _Memo) -> bool:
    """Return whether a memo speaks of nothing but its files, and its rules can be shown as they are."""
    keys = {file.key for file in memo.files}
    analysis = memo.analysis
    named = {item.module for found in analysis.violations.values() for item in found}
    named |= {step.module for found in analysis.violations.values() for item in found for step in item.evidence}
    named |= {*analysis.directives, *(failure.key for failure in analysis.failures)}
    return named <= keys and all(_is_plain(rule) for rule in memo.rules)


def _is_plain(rule: RuleInfo) -> bool:
    texts = (rule.code, rule.name, rule.family, rule.summary, rule.since, rule.status, *rule.sections.values())
    return all(clean_lines(text) == text for text in texts)
