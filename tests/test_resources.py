"""Resources: the folders beside the code, in a checkout and in a wheel."""

from pathlib import Path

import pytest

from fastapi_lint import resources
from fastapi_lint.resources import Resource, resource_directory
from tests.conftest import MakeTree


def test_a_wheel_carries_its_resources_and_a_checkout_has_them_at_the_top(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree({"wheel/_data/agents/a.md": "", "checkout/agents/a.md": "", "checkout/skills/b.md": ""})
    monkeypatch.setattr(resources, "_IN_WHEEL", root / "wheel/_data")
    monkeypatch.setattr(resources, "_CHECKOUT", root / "checkout")
    assert resource_directory(Resource.AGENTS) == root / "wheel/_data/agents"
    assert resource_directory(Resource.SKILLS) == root / "checkout/skills"
    with pytest.raises(FileNotFoundError, match="lacks its templates"):
        resource_directory(Resource.TEMPLATES)


def test_the_top_of_the_checkout_is_found() -> None:
    assert (resources._CHECKOUT / "pyproject.toml").is_file()
    assert Path(__file__).is_relative_to(resources._CHECKOUT)
