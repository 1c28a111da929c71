"""Every example of every rule is a program: all of its modules import."""

import pkgutil
import warnings
from collections.abc import Iterator
from importlib import import_module

import pytest

import fastapi_lint.rules
from fastapi_lint.rules.base import Example
from tests.proofs.conftest import OpenProject

SUFFIX = "_examples"
BREAKS_AT_IMPORT = {
    ("import_cycle", "two features need a name of each other"),
    ("import_cycle", "a package re-exports its router, and a dependency needs the package's models"),
}


def _examples() -> Iterator[tuple[str, Example]]:
    for info in pkgutil.walk_packages(fastapi_lint.rules.__path__, "fastapi_lint.rules."):
        if info.name.endswith(SUFFIX):
            rule = info.name.rpartition(".")[2].removesuffix(SUFFIX)
            for example in import_module(info.name).EXAMPLES:
                yield rule, example


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(rule, example, id=f"{rule}: {example.title}")
        for rule, example in _examples()
        if (rule, example.title) not in BREAKS_AT_IMPORT
    ],
)
def test_every_module_of_the_example_imports(open_project: OpenProject, rule: str, example: Example) -> None:
    project = open_project(example)
    for name in sorted(example.files):
        if name.endswith(".py") and not name.endswith("alembic/env.py"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # deprecated code is what some rules are about
                project.module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
