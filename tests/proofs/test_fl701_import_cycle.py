"""FL701: in a cycle a module is read before it is complete: importing the application fails."""

import pytest

from fastapi_lint.rules.architecture.import_cycle_examples import EXAMPLES
from fastapi_lint.rules.base import Example, ExampleKind
from tests.proofs.conftest import OpenProject
from tests.proofs.running import titled


@pytest.mark.parametrize(
    ("title", "incomplete"),
    [
        ("two features need a name of each other", "app.users"),
        ("a package re-exports its router, and a dependency needs the package's models", "app.features.users"),
    ],
)
def test_the_application_cannot_be_imported(open_project: OpenProject, title: str, incomplete: str) -> None:
    project = open_project(titled(EXAMPLES, title))
    with pytest.raises(
        ImportError, match=f"cannot import name 'User' from partially initialized module '{incomplete}'"
    ):
        project.module("app.main")


def test_a_module_that_both_import_is_finished_when_they_need_it(open_project: OpenProject) -> None:
    example = titled(EXAMPLES, "both features import what they share")
    asks = "\nimport sys\n\nFINISHED = hasattr(sys.modules['app.models'], 'User')\n"
    files = {**example.files, "app/orders.py": example.files["app/orders.py"] + asks}
    project = open_project(Example(example.kind, example.title, files))
    project.module("app.main")
    assert project.module("app.orders").FINISHED is True


@pytest.mark.parametrize("title", [example.title for example in EXAMPLES if example.kind is not ExampleKind.BAD])
def test_the_application_is_imported(open_project: OpenProject, title: str) -> None:
    assert open_project(titled(EXAMPLES, title)).module("app.main").app is not None
