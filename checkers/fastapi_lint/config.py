"""The settings of a run: frozen values, read from ``[tool.fastapi-lint]`` or ``fastapi-lint.toml``.

An unknown key or a value of the wrong type is an error that names the file, the key and the nearest right key.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.config_values import (
    boolean,
    choice,
    dotted_names,
    layer_names,
    nearest,
    path_inside,
    path_value,
    string,
    strings,
    table_of,
)
from fastapi_lint.discovery import DEFAULT_EXCLUDE
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.small_files import read_small_file

CONFIG_NAMES: Final = (".fastapi-lint.toml", "fastapi-lint.toml", "pyproject.toml")
SECTION: Final = "fastapi-lint"
_TOML_ROW: Final = re.compile(r"at line (\d+)")
FAMILIES: Final = (
    "engine",
    "pydantic",
    "async",
    "transactions",
    "queries",
    "orm",
    "api",
    "architecture",
    "security",
    "project",
)
"""The families that a selector may name, also when none of their rules is there."""
APP_ONLY_FAMILIES: Final = ("async", "transactions", "queries")


class ConfigError(ValueError):
    """A config that cannot be resolved: the message names the file and the key. ``row`` counts from 1."""

    def __init__(self, message: str, path: Path | None = None, row: int = 1) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.message = message
        self.path = path
        self.row = row


class SessionKind(StrEnum):
    """What a session provider gives: a session of SQLAlchemy's asynchronous or of its synchronous side."""

    ASYNC = "async"
    SYNC = "sync"


class Selection(Struct, frozen=True):
    """One layer of rule selection: a config file, or the command line. ``select`` of ``None`` keeps what is below."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    origin: Path | None = None


class Config(Struct, frozen=True):
    """All settings of a run.

    ``selections`` go from the config file to the command line. ``base`` is the directory that ``exclude``,
    ``per_file_ignores`` are relative to. ``severity`` maps selectors to severities. ``session_providers`` are callables
    from outside the project, by qualified name, that give a session where no type says so. ``layers`` are the names of
    modules and packages that make each layer, the highest first.
    """

    path: Path | None = None
    base: Path | None = None
    selections: tuple[Selection, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    preview: bool = False
    min_confidence: Confidence = Confidence.INFERRED
    severity: Mapping[str, Severity] = {}
    known_blocking: tuple[str, ...] = ()
    known_offload: tuple[str, ...] = ()
    session_providers: Mapping[str, SessionKind] = {}
    layers: tuple[tuple[str, ...], ...] = ()
    app_only: tuple[str, ...] = APP_ONLY_FAMILIES
    versions: Mapping[str, str] = {}
    baseline: Path | None = None
    cache_dir: Path | None = None

    @property
    def excluded(self) -> tuple[str, ...]:
        """Return every exclude pattern."""
        return self.exclude + self.extend_exclude

    @property
    def knowledge(self) -> "Config":
        """Return what the settings say about the code, and nothing of what is read, reported or kept."""
        return Config(
            known_blocking=self.known_blocking,
            known_offload=self.known_offload,
            session_providers=dict(self.session_providers),
            layers=self.layers,
            versions=dict(self.versions),
        )


class Overrides(Struct, frozen=True):
    """What the command line says above the config file; ``None`` and empty values say nothing."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    preview: bool | None = None
    min_confidence: Confidence | None = None
    baseline: Path | None = None
    cache_dir: Path | None = None

    def apply(self, config: Config) -> Config:
        """Return a config with these settings on top."""
        selection = Selection(self.select, self.extend_select, self.ignore)
        return replace(
            config,
            selections=config.selections if selection == Selection() else (*config.selections, selection),
            exclude=config.exclude if self.exclude is None else self.exclude,
            extend_exclude=config.extend_exclude + self.extend_exclude,
            preview=config.preview if self.preview is None else self.preview,
            min_confidence=self.min_confidence or config.min_confidence,
            baseline=self.baseline or config.baseline,
            cache_dir=self.cache_dir or config.cache_dir,
        )


def find_config(start: Path, stop: Path) -> Path | None:
    """Return the nearest config file from ``start`` upwards to ``stop``, both directories included."""
    for directory in (start, *start.parents):
        for name in CONFIG_NAMES:
            path = directory / name
            if path.is_file() and is_config(path):
                return path
        if directory == stop:
            break
    return None


def is_config(path: Path) -> bool:
    """Return whether a file of one of the names of a config holds settings."""
    return path.name != "pyproject.toml" or _has_section(path)


def read_config(path: Path) -> Config:
    """Return the settings of a config file.

    Raises:
        ConfigError: the file cannot be read, is no TOML, has an unknown key or a value of the wrong type.

    """
    source = _read(path)
    table = _parse(source, path)
    if path.name == "pyproject.toml":
        tool = table.get("tool", {})
        table = tool.get(SECTION, {}) if isinstance(tool, dict) else {}
        if not isinstance(table, dict):
            raise ConfigError(f"[tool.{SECTION}] must be a table", path, _row_of(source, SECTION))
    base = path.parent
    config = Config(path=path, base=base)
    values: dict[str, Any] = {}
    for key, value in table.items():
        row = _row_of(source, key)
        reader = _READERS.get(key)
        if reader is None:
            raise ConfigError(f"unknown key `{key}`{nearest(key, CONFIG_KEYS)}", path, row)
        try:
            values[key.replace("-", "_")] = reader(value, base)
        except TypeError as error:
            raise ConfigError(f"`{key}` {error}", path, row) from None
    selection = Selection(
        select=values.pop("select", None),
        extend_select=values.pop("extend_select", ()),
        ignore=values.pop("ignore", ()),
        origin=path,
    )
    return replace(config, selections=(selection,), **values)


def _read(path: Path) -> str:
    try:
        return read_small_file(path).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path) from None
    except UnicodeDecodeError:
        raise ConfigError("is not valid UTF-8", path) from None


def _parse(source: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_ROW.search(str(error))
        row = int(place.group(1)) if place else len(source.splitlines())
        raise ConfigError(f"is not valid TOML: {error}", path, max(1, row)) from None
    except RecursionError:
        raise ConfigError("is nested too deeply", path) from None


def _has_section(path: Path) -> bool:
    """Return whether a pyproject is ours to read: a broken one is, when it names our section, so that it is said."""
    try:
        source = read_small_file(path)
    except OSError:
        return False
    if SECTION.encode() not in source:
        return False
    try:
        tool = tomllib.loads(source.decode("utf-8-sig")).get("tool", {})
    except (ValueError, RecursionError):
        return f"tool.{SECTION}".encode() in source
    return isinstance(tool, dict) and SECTION in tool


def _row_of(source: str, key: str) -> int:
    """Return the row that most likely sets a key."""
    for row, line in enumerate(source.splitlines(), 1):
        stripped = line.strip().lstrip("[").lstrip("\"'")
        if stripped.startswith((key, f"tool.{SECTION}.{key}")):
            return row
    return next((row for row, line in enumerate(source.splitlines(), 1) if key in line), 1)


_READERS: Final[Mapping[str, Callable[[object, Path], Any]]] = {
    "app-only": strings,
    "baseline": path_value,
    "cache-dir": path_inside,
    "exclude": strings,
    "extend-exclude": strings,
    "extend-select": strings,
    "ignore": strings,
    "known-blocking": dotted_names,
    "known-offload": dotted_names,
    "layers": layer_names,
    "min-confidence": choice(Confidence),
    "per-file-ignores": table_of(strings),
    "preview": boolean,
    "select": strings,
    "session-providers": table_of(choice(SessionKind)),
    "severity": table_of(choice(Severity)),
    "versions": table_of(string),
}
CONFIG_KEYS: Final = tuple(_READERS)
