"""Requirements in ``pyproject.toml`` (standard tables, Poetry, uv, PDM, Hatch, pixi, setuptools) and ``Pipfile``."""

import tomllib
from collections.abc import Iterator
from typing import Final

from fastapi_lint.model.versions.declarations import Collector, Contents, ManifestError, normalised

_Table = dict[str, object]

_EMPTY: Final[_Table] = {}


def read_pyproject(text: str) -> Contents:
    """Return what a ``pyproject.toml`` asks for."""
    document = _load(text)
    collector = Collector()
    _standard(document, collector)
    tool = _table(document, "tool")
    _poetry(_table(tool, "poetry"), collector)
    _other_tools(tool, collector)
    return collector.contents()


def read_pipfile(text: str) -> Contents:
    """Return what a ``Pipfile`` asks for."""
    document = _load(text)
    collector = Collector()
    for group in ("packages", "dev-packages"):
        for name, constraint in _table(document, group).items():
            collector.poetry(name, constraint)
    python = _table(document, "requires").get("python_version")
    collector.python(f"=={python}.*" if isinstance(python, str) else None)
    return collector.contents()


def _load(text: str) -> _Table:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ManifestError(f"is not TOML: {error}") from error


def _table(table: _Table, *keys: str) -> _Table:
    for key in keys:
        value = table.get(key)
        table = value if isinstance(value, dict) else _EMPTY
    return table


def _tables(table: _Table) -> Iterator[_Table]:
    return (value for value in table.values() if isinstance(value, dict))


def _standard(document: _Table, collector: Collector) -> None:
    project = _table(document, "project")
    if isinstance(project.get("name"), str):
        collector.own.add(normalised(str(project["name"])))
    collector.requirements(project.get("dependencies"))
    for extra in _table(project, "optional-dependencies").values():
        collector.requirements(extra)
    collector.python(project.get("requires-python"))
    for group in _table(document, "dependency-groups").values():
        members = group if isinstance(group, list) else []
        collector.requirements([member for member in members if isinstance(member, str)])


def _poetry(poetry: _Table, collector: Collector) -> None:
    if isinstance(poetry.get("name"), str):
        collector.own.add(normalised(str(poetry["name"])))
    groups = [_table(group, "dependencies") for group in _tables(_table(poetry, "group"))]
    for table in (_table(poetry, "dependencies"), _table(poetry, "dev-dependencies"), *groups):
        for name, constraint in table.items():
            collector.poetry(name, constraint)


def _other_tools(tool: _Table, collector: Collector) -> None:
    uv = _table(tool, "uv")
    collector.requirements(uv.get("dev-dependencies"))
    for key in ("constraint-dependencies", "override-dependencies"):
        collector.requirements(uv.get(key), limit=True)
    for group in _table(tool, "pdm", "dev-dependencies").values():
        collector.requirements(group)
    for environment in _tables(_table(tool, "hatch", "envs")):
        collector.requirements(environment.get("dependencies"))
    pixi = _table(tool, "pixi")
    for table in (pixi, *_tables(_table(pixi, "feature"))):
        for name, constraint in _table(table, "pypi-dependencies").items():
            collector.poetry(name, constraint)
    dynamic = _table(tool, "setuptools", "dynamic")
    for entry in (dynamic.get("dependencies"), *_table(dynamic, "optional-dependencies").values()):
        files = entry.get("file") if isinstance(entry, dict) else None
        collector.includes += [files] if isinstance(files, str) else []
        collector.includes += [file for file in files if isinstance(file, str)] if isinstance(files, list) else []
