"""What is installed: a file of our own, or a part of a file that others write in as well.

Each kind finds its part in a file, puts it there and takes it out again, and leaves the rest as it is.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, Protocol

from msgspec import Struct

Json = Mapping[str, object]


class InstallError(ValueError):
    """Why nothing was written; the message is one line for the user, and names the file."""


class Piece(Protocol):
    """A part of a file that we own; ``path`` is relative to the project or to the home."""

    @property
    def path(self) -> PurePosixPath:
        """Return the file."""

    @property
    def part(self) -> str:
        """Return what the part is, empty for the whole file."""

    @property
    def content(self) -> str:
        """Return what we write, in the form in which ``find`` returns it."""

    def find(self, text: str) -> str | None:
        """Return our part of a file, None when it has none."""

    def put(self, text: str) -> str:
        """Return a file with our part as it should be."""

    def drop(self, text: str) -> str:
        """Return a file without our part; empty when nothing else is in it."""


class WholeFile(Struct, frozen=True):
    """A file that nobody but us writes."""

    path: PurePosixPath
    content: str
    part: str = ""

    def find(self, text: str) -> str | None:
        """Return the file."""
        return text

    def put(self, text: str) -> str:  # noqa: ARG002 - all of it is replaced
        """Return our file."""
        return self.content

    def drop(self, text: str) -> str:  # noqa: ARG002 - all of it goes
        """Return nothing."""
        return ""


_BEGIN: Final = "<!-- fastapi-lint: begin -->"
_END: Final = "<!-- fastapi-lint: end -->"
_SECTION: Final = re.compile(rf"{_BEGIN}\n(.*?){_END}\n?", re.DOTALL)


class Section(Struct, frozen=True):
    """A section of a Markdown file, between two comments."""

    path: PurePosixPath
    content: str
    part: str = "section"

    def find(self, text: str) -> str | None:
        """Return what stands between the comments."""
        found = _SECTION.search(text)
        return found.group(1) if found else None

    def put(self, text: str) -> str:
        """Return the file with our section, at its end when it had none."""
        section = f"{_BEGIN}\n{self.content}{_END}\n"
        if _SECTION.search(text):
            return _SECTION.sub(lambda _: section, text, count=1)
        blank = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{blank}{section}"

    def drop(self, text: str) -> str:
        """Return the file without our section."""
        rest = _SECTION.sub("", text, count=1)
        return f"{rest.rstrip()}\n" if rest.strip() else ""


class Hooks(Struct, frozen=True):
    """Hooks in a JSON file of settings: for each event, entries in a list; ours name ``mark`` in a command.

    ``frame`` is what the file has to hold beside them.
    """

    path: PurePosixPath
    events: Mapping[str, Sequence[Json]]
    mark: str
    frame: Json = {}
    part: str = "hooks"

    @property
    def content(self) -> str:
        """Return our entries as canonical JSON."""
        return _canonical(self.events)

    def find(self, text: str) -> str | None:
        """Return our entries as canonical JSON."""
        hooks = _mapping(self._read(text).get("hooks"))
        ours = {event: [entry for entry in _entries(value) if self._is_ours(entry)] for event, value in hooks.items()}
        return (
            _canonical({event: entries for event, entries in ours.items() if entries}) if any(ours.values()) else None
        )

    def put(self, text: str) -> str:
        """Return the settings with our entries behind those of others."""
        settings = dict(self.frame) | self._read(text)
        hooks = self._others(settings)
        for event, entries in self.events.items():
            hooks[event] = [*_entries(hooks.get(event)), *entries]
        return _written(settings | {"hooks": hooks}, text)

    def drop(self, text: str) -> str:
        """Return the settings without our entries."""
        settings = self._read(text)
        hooks = self._others(settings)
        rest = {name: value for name, value in settings.items() if name != "hooks"} | (
            {"hooks": hooks} if hooks else {}
        )
        return "" if rest == dict(self.frame) else _written(rest, text)

    def _others(self, settings: Json) -> dict[str, object]:
        """Return the hooks without our entries."""
        kept: dict[str, object] = {}
        for event, value in _mapping(settings.get("hooks")).items():
            entries = [entry for entry in _entries(value) if not self._is_ours(entry)]
            if entries or not _entries(value):
                kept[event] = entries if isinstance(value, list) else value
        return kept

    def _is_ours(self, entry: object) -> bool:
        return any(self.mark in command for command in _commands(entry))

    def _read(self, text: str) -> dict[str, object]:
        """Return the settings.

        Raises:
            InstallError: they are no JSON object.

        """
        try:
            found = json.loads(text) if text.strip() else {}
        except ValueError as error:
            raise InstallError(f"{self.path}: it is no JSON ({error}); correct it, or add the hooks yourself") from None
        if not isinstance(found, dict) or not isinstance(found.get("hooks", {}), dict):
            raise InstallError(f"{self.path}: it is no JSON object with an object of hooks; correct it first")
        return found


def _commands(entry: object) -> Iterator[str]:
    """Yield the commands of an entry, which may be a group of hooks."""
    if isinstance(entry, dict):
        command = entry.get("command")
        if isinstance(command, str):
            yield command
        for inner in _entries(entry.get("hooks")):
            yield from _commands(inner)


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _written(settings: Json, before: str) -> str:
    """Return settings as JSON, indented as they were before."""
    indent = re.search(r"^([ \t]+)\S", before, re.MULTILINE)
    return json.dumps(settings, indent=indent.group(1) if indent else 2, ensure_ascii=False) + "\n"
