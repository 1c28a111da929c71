"""Reads the values of a config: each reader returns a value of the right type, or says what it should have been."""

import os
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of an error message: the known word nearest to a wrong one, or all when none is near."""
    candidates = sorted(known)
    return near(word.replace("_", "-"), candidates) or f"; expected one of {', '.join(f'`{it}`' for it in candidates)}"


def near(word: str, known: Iterable[str], *, likeness: float = 0.5) -> str:
    """Return the end of an error message that names the known word nearest to a wrong one; empty when none is near."""
    import difflib  # noqa: PLC0415 - only where something is wrong

    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=likeness)
    return f"; did you mean `{close[0]}`?" if close else ""


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


def string(value: object, _base: Path) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be a string, not {_said(value)}")
    return value


def boolean(value: object, _base: Path) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be true or false, not {_said(value)}")
    return value


def path_value(value: object, base: Path) -> Path:
    return base / string(value, base)


def path_inside(value: object, base: Path) -> Path:
    """Return a path that is written to: what a project's config says stays inside the project."""
    path = Path(os.path.realpath(path_value(value, base)))
    if path == base or not path.is_relative_to(base):
        raise TypeError("must lie inside the directory of this file; `--cache-dir` takes any directory")
    return path


def strings(value: object, _base: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"must be an array of strings, not {_said(value)}")
    for item in value:
        if not isinstance(item, str):
            raise TypeError(f"must be an array of strings, but holds {_said(item)}")
    return tuple(value)


def dotted_names(value: object, base: Path) -> tuple[str, ...]:
    names = strings(value, base)
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise TypeError(f"must hold dotted names such as `package.module.function`, not `{name}`")
    return names


def layer_names(value: object, base: Path) -> tuple[tuple[str, ...], ...]:
    found = [tuple(name.strip() for name in item.split("|")) for item in strings(value, base)]
    seen: set[str] = set()
    for names in found:
        for name in names:
            if not name.isidentifier():
                raise TypeError(f"must hold names of modules such as `api`, or `services | service`, not `{name}`")
            if name in seen:
                raise TypeError(f"must name each layer once, but names `{name}` twice")
            seen.add(name)
    return tuple(found)


def choice(choices: type[_Choice]) -> Callable[[object, Path], _Choice]:
    def read(value: object, base: Path) -> _Choice:
        name = string(value, base)
        names = [item.value for item in choices]
        if name not in names:
            raise TypeError(f"must be one of {', '.join(f'`{item}`' for item in names)}, not `{name}`")
        return choices(name)

    return read


def table_of(reader: Callable[[object, Path], _Value]) -> Callable[[object, Path], Mapping[str, _Value]]:
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
