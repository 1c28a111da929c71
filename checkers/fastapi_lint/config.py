"""The settings of a run: frozen values, read from ``[tool.fastapi-lint]`` or ``fastapi-lint.toml``.

An unknown key or a value of the wrong type is an error that names the file, the key and the nearest right key.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from fastapi_lint.discovery import DEFAULT_EXCLUDE
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.small_files import read_small_file

CONFIG_NAMES: Final = (".fastapi-lint.toml", "fastapi-lint.toml", "pyproject.toml")
SECTION: Final = "fastapi-lint"
_Choice = TypeVar("_Choice", Severity, Confidence)
_Value = TypeVar("_Value")
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


class Selection(Struct, frozen=True):
    """One layer of rule selection: a config file, or the command line. ``select`` of ``None`` keeps what is below."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    origin: Path | None = None


class Config(Struct, frozen=True):
    """All settings of a run.

    ``selections`` go from the config file to the command line. ``base`` is the directory that ``exclude``,
    ``per_file_ignores`` and ``layers`` are relative to. ``severity`` maps selectors to severities.
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
    session_providers: tuple[str, ...] = ()
    layers: Mapping[str, tuple[str, ...]] = {}
    app_only: tuple[str, ...] = APP_ONLY_FAMILIES
    versions: Mapping[str, str] = {}
    baseline: Path | None = None
    cache_dir: Path | None = None

    @property
    def excluded(self) -> tuple[str, ...]:
        """Return every exclude pattern."""
        return self.exclude + self.extend_exclude


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


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of an error message: the known word nearest to a wrong one, or all when none is near."""
    candidates = sorted(known)
    close = difflib.get_close_matches(word.replace("_", "-"), candidates, n=1, cutoff=0.5)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; expected one of {', '.join(f'`{item}`' for item in candidates)}"


def _said(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _string(value: object, _base: Path) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be a string, not {_said(value)}")
    return value


def _boolean(value: object, _base: Path) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {_said(value)}")
    return value


def _path(value: object, base: Path) -> Path:
    return base / _string(value, base)


def _path_inside(value: object, base: Path) -> Path:
    """Return a path that is written to: what a project's config says stays inside the project."""
    path = Path(os.path.realpath(_path(value, base)))
    if path == base or not path.is_relative_to(base):
        raise TypeError("must lie inside the directory of this file; `--cache-dir` takes any directory")
    return path


def _strings(value: object, _base: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"must be an array of strings, not {_said(value)}")
    for item in value:
        if not isinstance(item, str):
            raise TypeError(f"must be an array of strings, but holds {_said(item)}")
    return tuple(value)


def _dotted_names(value: object, base: Path) -> tuple[str, ...]:
    names = _strings(value, base)
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise TypeError(f"must hold dotted names such as `package.module.function`, not `{name}`")
    return names


def _choice(choices: type[_Choice]) -> Callable[[object, Path], _Choice]:
    def read(value: object, base: Path) -> _Choice:
        name = _string(value, base)
        names = [item.value for item in choices]
        if name not in names:
            raise TypeError(f"must be one of {', '.join(f'`{item}`' for item in names)}, not `{name}`")
        return choices(name)

    return read


def _table(reader: Callable[[object, Path], _Value]) -> Callable[[object, Path], Mapping[str, _Value]]:
    def read(value: object, base: Path) -> Mapping[str, _Value]:
        if not isinstance(value, dict):
            raise TypeError(f"must be a table, not {_said(value)}")
        result = {}
        for key, item in value.items():
            try:
                result[key] = reader(item, base)
            except TypeError as error:
                raise TypeError(f"entry `{key}` {error}") from None
        return result

    return read


def _one_or_more(value: object, base: Path) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else _strings(value, base)


_READERS: Final[Mapping[str, Callable[[object, Path], Any]]] = {
    "app-only": _strings,
    "baseline": _path,
    "cache-dir": _path_inside,
    "exclude": _strings,
    "extend-exclude": _strings,
    "extend-select": _strings,
    "ignore": _strings,
    "known-blocking": _dotted_names,
    "known-offload": _dotted_names,
    "layers": _table(_one_or_more),
    "min-confidence": _choice(Confidence),
    "per-file-ignores": _table(_strings),
    "preview": _boolean,
    "select": _strings,
    "session-providers": _dotted_names,
    "severity": _table(_choice(Severity)),
    "versions": _table(_string),
}
CONFIG_KEYS: Final = tuple(_READERS)
