"""FL101: Pydantic 2 warns that ``class Config`` goes away in version 3."""

import warnings

import pytest
from pydantic import PydanticDeprecatedSince20

from fastapi_lint.rules.base import ExampleKind
from fastapi_lint.rules.pydantic.pydantic_v1_config_class_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, titled

SETTINGS = "the project's base model, settings and SQLModel"


def _import_all(project: RunningProject, files: list[str]) -> None:
    for name in files:
        project.module(name.removesuffix(".py").replace("/", "."))


@pytest.mark.parametrize(
    ("title", "module", "classes"),
    [("a response schema", "app.schemas", 1), (SETTINGS, "app.orders", 2), (SETTINGS, "app.settings", 1)],
)
def test_each_class_is_deprecated(open_project: OpenProject, title: str, module: str, classes: int) -> None:
    project = open_project(titled(EXAMPLES, title))
    with pytest.warns(PydanticDeprecatedSince20, match="class-based `config` is deprecated") as caught:
        project.module(module)
    assert len(caught) == classes


@pytest.mark.parametrize(
    "title",
    [
        "model_config",
        "Config of a class that is no Pydantic model",
        "a model that is called Config",
        "the Pydantic 1 that Pydantic 2 carries",
    ],
)
def test_nothing_is_deprecated(open_project: OpenProject, title: str) -> None:
    example = titled(EXAMPLES, title)
    assert example.kind is not ExampleKind.BAD
    project = open_project(example)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _import_all(project, sorted(example.files))
