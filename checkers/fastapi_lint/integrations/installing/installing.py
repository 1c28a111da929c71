"""Plans and carries out an installation: everything is decided before the first file is written."""

import os
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path, PurePosixPath

from msgspec import Struct

from fastapi_lint.atomic import replace_files
from fastapi_lint.integrations.installing.ledger import LEDGER, Written, hash_of, key_of, read_ledger, render_ledger
from fastapi_lint.integrations.installing.pieces import InstallError, Piece, WholeFile
from fastapi_lint.integrations.installing.runners import Runner, pieces_for
from fastapi_lint.small_files import read_small_file


class Action(StrEnum):
    """What happens to a piece."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    KEPT = "kept"


class Change(Struct, frozen=True):
    """What happens to one piece, and why it stays where it stays."""

    action: Action
    path: PurePosixPath
    reason: str = ""


class Plan:
    """What is to happen below a directory; nothing is written until ``carry_out``."""

    def __init__(self, root: Path) -> None:
        """Read what was installed there before.

        Raises:
            InstallError: the ledger is damaged, or a link leads away from it.

        """
        self.changes: list[Change] = []
        self._root = root
        if self._leads_away(PurePosixPath(LEDGER)):
            raise InstallError(f"{LEDGER}: a symbolic link on its way leads out of here; put a directory in its place")
        self._ledger: Written = read_ledger(root)
        self._texts: dict[PurePosixPath, str] = {}

    def install(self, runner: Runner, pieces: Sequence[Piece]) -> None:
        """Plan that a runner has these pieces, and none that it had from another version.

        Raises:
            InstallError: a file cannot be read, or cannot hold its piece.

        """
        before = self._ledger.get(runner, {})
        after: dict[str, str] = {}
        for piece in pieces:
            key = key_of(piece)
            if self._put(piece, key):
                after[key] = hash_of(piece.content)
            elif key in before:
                after[key] = before[key]
        gone = [WholeFile(PurePosixPath(key), "") for key in before if key not in after and "#" not in key]
        self._ledger[runner] = {**after, **{key_of(piece): before[key_of(piece)] for piece in gone}}
        self._remove(runner, gone)

    def uninstall(self, runner: Runner, pieces: Iterable[Piece]) -> None:
        """Plan that a runner has nothing of ours; ``pieces`` are those of this version.

        Raises:
            InstallError: a file cannot be read.

        """
        known = {key_of(piece): piece for piece in pieces}
        before = self._ledger.get(runner, {})
        self._remove(runner, [known.get(key) or WholeFile(PurePosixPath(key), "") for key in before])

    def files(self) -> dict[str, bytes]:
        """Return the files that are to be written, the ledger among them; an empty one is to be deleted."""
        texts = {**self._texts, PurePosixPath(LEDGER): render_ledger(self._ledger)}
        return {str(path): text.encode("utf-8", "surrogateescape") for path, text in texts.items()}

    def carry_out(self) -> None:
        """Write and delete what was planned, and remember it.

        Raises:
            InstallError: a file cannot be written.

        """
        files = {self._root / path: content for path, content in self.files().items()}
        try:
            replace_files({target: content for target, content in files.items() if content})
            for target, content in files.items():
                if not content and target.exists():
                    target.unlink()
                    self._remove_empty(target.parent)
        except OSError as error:
            where = error.filename or self._root
            raise InstallError(f"{where}: cannot be written: {error.strerror}; run it again afterwards") from None

    def _put(self, piece: Piece, key: str) -> bool:
        """Plan one piece, and return whether it is ours."""
        if self._leads_away(piece.path):
            self._say(Action.KEPT, piece, "a symbolic link on its way leads out of here")
            return False
        text = self._read(piece.path)
        present = piece.find(text) if text else None
        if present is not None and hash_of(present) == hash_of(piece.content):
            self._say(Action.UNCHANGED, piece)
            return True
        if present is not None and hash_of(present) not in self._known(key):
            self._say(Action.KEPT, piece, "it has been changed, or is not from here")
            return False
        self._texts[piece.path] = piece.put(text)
        self._say(Action.CREATED if present is None else Action.UPDATED, piece)
        return True

    def _remove(self, runner: Runner, pieces: Iterable[Piece]) -> None:
        mine = self._ledger.get(runner, {})
        for piece in pieces:
            key = key_of(piece)
            known = self._known(key)
            mine.pop(key, None)
            if self._known(key) or self._leads_away(piece.path):
                continue  # another runner has it too, or it is not where it was put
            text = self._read(piece.path)
            present = piece.find(text) if text else None
            if present is None:
                continue
            if hash_of(present) not in known:
                self._say(Action.KEPT, piece, "it has been changed")
                continue
            self._texts[piece.path] = piece.drop(text)
            self._say(Action.REMOVED, piece)

    def _known(self, key: str) -> set[str]:
        """Return the hashes of a piece as it was written, for any runner: some share files."""
        return {pieces[key] for pieces in self._ledger.values() if key in pieces}

    def _read(self, path: PurePosixPath) -> str:
        """Return the text of a file as it is planned, empty when there is none."""
        if path in self._texts:
            return self._texts[path]
        try:
            return read_small_file(self._root / path).decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise InstallError(f"{path}: cannot be read: {error.strerror}; move it out of the way") from None

    def _leads_away(self, path: PurePosixPath) -> bool:
        """Return whether a symbolic link leads out of the project, or out of the home: nothing is ours there."""
        return not Path(os.path.realpath(self._root / path)).is_relative_to(os.path.realpath(self._root))

    def _remove_empty(self, directory: Path) -> None:
        while directory != self._root and not os.listdir(directory):  # noqa: PTH208 - one look is enough
            directory.rmdir()
            directory = directory.parent

    def _say(self, action: Action, piece: Piece, reason: str = "") -> None:
        self.changes.append(Change(action, piece.path, reason))


def plan_installation(root: Path, runners: Sequence[Runner], *, for_user: bool) -> Plan:
    """Return what installing for some runners comes to.

    Raises:
        InstallError: nothing can be written as it should be.

    """
    plan = Plan(root)
    for runner in runners:
        plan.install(runner, pieces_for(runner, for_user=for_user))
    return plan


def plan_removal(root: Path, runners: Sequence[Runner], *, for_user: bool) -> Plan:
    """Return what removing what was installed for some runners comes to.

    Raises:
        InstallError: nothing can be written as it should be.

    """
    plan = Plan(root)
    for runner in runners:
        plan.uninstall(runner, pieces_for(runner, for_user=for_user))
    return plan


def counts(changes: Iterable[Change]) -> Mapping[Action, int]:
    """Return how often each action is planned, in the order of the actions."""
    listed = [change.action for change in changes]
    return {action: listed.count(action) for action in Action if action in listed}
