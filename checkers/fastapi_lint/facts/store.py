"""Loads the facts of a whole project: from the cache where they still hold, else from the files.

Facts are a function of a file's content (I1), so that it does not matter where they come from: a warm run and a run
from scratch, with any number of processes, return the same (I2, I5). A file without facts is a failure that says why
(I6).
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.cache_files import cache_path
from fastapi_lint.collector import collector_off
from fastapi_lint.directives import Directive
from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts.cache import Entry, read_cache, write_cache
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.identities import identity
from fastapi_lint.facts.schema import ModuleFacts

if TYPE_CHECKING:
    from fastapi_lint.facts.extraction import Extracted

_ALONE_FILES: Final = 60
_ALONE_BYTES: Final = 400_000
"""Below this, the start of a second process costs more than it saves."""

_facts_decoder = msgspec.msgpack.Decoder(ModuleFacts)


class FactsResult(Struct, frozen=True):
    """What all files say, and the files that say nothing, both in the order of keys; ``notices`` are for the user.

    ``digests`` identify the content of each file; a file that may be analysed by the next try is not among them.
    ``directives`` are the suppression comments of the files that have some.
    """

    modules: dict[str, ModuleFacts]
    failures: tuple[ParseFailure, ...]
    notices: tuple[str, ...] = ()
    digests: Mapping[str, bytes] = {}
    directives: Mapping[str, tuple[Directive, ...]] = {}


class KnownFacts(Struct, frozen=True):
    """What a file said when it had the content of a digest: its facts, and its suppression comments."""

    digest: bytes
    facts: ModuleFacts
    directives: tuple[Directive, ...] = ()


_NOTHING_KNOWN: Final[Mapping[str, KnownFacts]] = {}


def load_facts(
    files: Sequence[SourceFile],
    *,
    cache_dir: Path | None,
    jobs: int,
    progress: Callable[[int], None] | None = None,
    known: Mapping[str, KnownFacts] = _NOTHING_KNOWN,
) -> FactsResult:
    """Return the facts of files that belong to one project.

    Args:
        files: what to read; a file with content of its own (standard input) is not kept in the cache.
        cache_dir: an existing directory, or None for no cache.
        jobs: how many processes may work; 0 means one for each core, 1 never starts another.
        progress: told how many files have been read.
        known: what files said before, by key; where one says the same, the result holds the same object.

    """
    with collector_off():
        return _Loading(files, cache_dir, jobs, progress or _ignore, known).run()


class _Loading:
    """One load: what is known of each file so far."""

    def __init__(
        self,
        files: Sequence[SourceFile],
        cache_dir: Path | None,
        jobs: int,
        progress: Callable[[int], None],
        known: Mapping[str, KnownFacts],
    ) -> None:
        self._files = sorted(files, key=lambda file: file.key)
        self._jobs = jobs or _cores()
        self._progress = progress
        self._known = known
        self._path = cache_path(cache_dir, _root(self._files[0]), "facts") if cache_dir and self._files else None
        self._cached: dict[str, Entry] = {}
        self._entries: dict[str, Entry] = {}
        self._notices: list[str] = []
        self._modules: dict[str, ModuleFacts] = {}
        self._failures: list[ParseFailure] = []
        self._digests: dict[str, bytes] = {}
        self._directives: dict[str, tuple[Directive, ...]] = {}

    def run(self) -> FactsResult:
        self._read()
        pending = list(self._not_cached())
        if pending:
            self._extract(pending)
        self._write()
        modules = {file.key: self._modules[file.key] for file in self._files if file.key in self._modules}
        failures = tuple(sorted(self._failures, key=lambda failure: failure.key))
        return FactsResult(modules, failures, tuple(self._notices), self._digests, self._directives)

    def _read(self) -> None:
        if self._path is None:
            return
        try:
            self._cached = read_cache(self._path)
        except OSError as error:
            self._notices.append(f"the cache is off: the version of the analyser is unknown: {error.strerror}")
            self._path = None

    def _not_cached(self) -> Iterator[SourceFile]:
        """Use what the cache knows, and yield the files of which it knows nothing."""
        by_digest: dict[bytes, Entry] = {}
        for file in self._files:
            entry = self._cached.get(file.key)
            if entry is None or file.stamp is None or entry.stamp != file.stamp:
                by_digest = by_digest or {entry.digest: entry for entry in self._cached.values()}
                known = by_digest.get(identity(file)) if by_digest else None
                entry = known and replace(known, key=file.key, stamp=file.stamp)
            if entry is not None and self._decode(entry):
                self._keep(file, entry)
            elif not self._is_known(file):
                yield file

    def _is_known(self, file: SourceFile) -> bool:
        """Use what is known without a cache, and return whether that is so."""
        known = self._known.get(file.key)
        if known is None or known.digest != identity(file):
            return False
        self._modules[file.key] = known.facts
        self._digests[file.key] = known.digest
        if known.directives:
            self._directives[file.key] = known.directives
        return True

    def _keep(self, file: SourceFile, entry: Entry) -> None:
        """Keep an entry for the next run; content that is not on the disk leaves the entry of the file as it was."""
        self._digests[file.key] = entry.digest
        if entry.directives:
            self._directives[file.key] = entry.directives
        kept = entry if file.content is None else self._cached.get(file.key)
        if kept is not None:
            self._entries[file.key] = kept

    def _decode(self, entry: Entry) -> bool:
        known = self._known.get(entry.key)
        if known is not None and known.digest == entry.digest:
            self._modules[entry.key] = known.facts
            return True
        try:
            self._modules[entry.key] = _facts_decoder.decode(entry.facts)
        except (msgspec.DecodeError, RecursionError):
            return False
        return True

    def _extract(self, pending: Sequence[SourceFile]) -> None:
        # A warm run needs nothing of this, and importing it takes as long as reading a cache.
        from fastapi_lint.facts.extraction import extract_file  # noqa: PLC0415

        known = len(self._files) - len(pending)
        ordered = sorted(pending, key=lambda file: (-file.size, file.key))
        processes = self._processes(ordered)
        if processes == 1:
            found = []
            for number, file in enumerate(ordered, known + 1):
                found.append(extract_file(file))
                self._progress(number)
        else:
            from fastapi_lint.facts.workers import extract_in_processes  # noqa: PLC0415

            found = extract_in_processes(ordered, processes, lambda number: self._progress(known + number))
        for file, result in zip(ordered, found, strict=True):
            if result.failure is None:
                entry = Entry(file.key, result.digest, file.stamp, memoryview(result.facts), result.directives)
                self._modules[file.key] = _facts_decoder.decode(entry.facts)
                self._keep(file, entry)
            else:
                self._fail(file, result)

    def _fail(self, file: SourceFile, result: "Extracted") -> None:
        assert result.failure is not None
        self._failures.append(result.failure)
        if result.digest:
            self._digests[file.key] = result.digest
        if result.directives:
            self._directives[file.key] = result.directives

    def _processes(self, files: Sequence[SourceFile]) -> int:
        size = sum(file.size for file in files)
        if len(files) < _ALONE_FILES or size < _ALONE_BYTES:
            return 1
        return min(self._jobs, size // (_ALONE_BYTES // 2))

    def _write(self) -> None:
        """Bring the cache up to date; files that are gone leave it. Without a cache the next run is slower, no more."""
        if self._path is None or self._entries == self._cached:
            return
        try:
            write_cache(self._path, [self._entries[key] for key in sorted(self._entries)])
        except OSError as error:
            self._notices.append(f"the cache cannot be written: {self._path.parent}: {error.strerror}")


def _root(file: SourceFile) -> Path:
    """Return the project's root: the path of a file without its key."""
    return file.path.parents[file.key.count("/")]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ignore(_count: int) -> None:
    """Tell nobody."""
