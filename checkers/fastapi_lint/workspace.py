"""What a process that stays keeps of the project that it checked last, so that the next check need not begin anew.

A check comes to the same with it and without it (I2).
"""

from collections.abc import Collection, Mapping
from pathlib import Path

from fastapi_lint.config import Config
from fastapi_lint.facts.store import FactsResult, KnownFacts
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.program import Program
from fastapi_lint.model.project import Project
from fastapi_lint.model.versions import Manifest


class Workspace:
    """The facts and the linked program of one project at a time."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._known: Mapping[str, KnownFacts] = {}
        self._program: Program | None = None

    def known_facts(self, root: Path) -> Mapping[str, KnownFacts]:
        """Return what the files of a project said at the last check, by key."""
        return self._known if root == self._root else {}

    def project(
        self,
        root: Path,
        facts: FactsResult,
        *,
        kinds: Mapping[str, FileKind],
        manifest: Manifest,
        settings: Config,
        near: Collection[str] | None,
    ) -> Project:
        """Return the project that files make, linked anew only where their edits can have changed anything anywhere."""
        # Whatever fails on the way leaves nothing to go on from.
        program, self._program = self._program, None
        if root != self._root or program is None or not program.is_of(facts.modules, kinds, manifest, settings):
            program = None
        if program is None or not program.take(facts.modules):
            program = Program(facts.modules, kinds=kinds, manifest=manifest, settings=settings)
        self._root = root
        self._known = {
            key: KnownFacts(facts.digests[key], found, facts.directives.get(key, ()))
            for key, found in facts.modules.items()
        }
        self._program = program
        return program.project(near)
