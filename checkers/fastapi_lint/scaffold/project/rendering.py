"""Renders a project: the base, and on top of it one layer for each example that was asked for."""

import tomllib

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fastapi_lint.resources import Resource, resource_directory
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.project.answers import Answers
from fastapi_lint.scaffold.rendering import render_tree
from fastapi_lint.version import own_version


def render_project(answers: Answers) -> dict[str, bytes]:
    """Return the files of a project by their paths.

    Raises:
        ScaffoldError: a dependency of the project has the project's name.

    """
    layers = resource_directory(Resource.TEMPLATES) / "project"
    context = {**msgspec.structs.asdict(answers), "version": own_version()}
    files = render_tree(layers / "base", context)
    if answers.items:
        files |= render_tree(layers / "items", context)
    _refuse_to_depend_on_itself(answers.name, files["pyproject.toml"])
    return files


def _refuse_to_depend_on_itself(name: str, pyproject: bytes) -> None:
    data = tomllib.loads(pyproject.decode())
    required = [*data["project"]["dependencies"], *data["dependency-groups"]["dev"]]
    if name in {canonicalize_name(Requirement(item).name) for item in required}:
        raise ScaffoldError(f"{name!r} cannot be the name of a project that depends on {name}; choose another")
