"""Distributions and the names they are imported by."""

import pytest

from fastapi_lint.knowledge.distributions import import_names


@pytest.mark.parametrize(
    ("distribution", "names"),
    [
        ("pyjwt", ("jwt",)),
        ("python-multipart", ("multipart", "python_multipart")),
        ("azure-storage-blob", ("azure",)),
        ("google-cloud-aiplatform", ("google", "vertexai")),
        ("google-cloud-storage", ("google",)),
        ("pydantic-settings", ("pydantic_settings",)),
        ("fastapi", ("fastapi",)),
    ],
)
def test_a_distribution_has_its_import_names(distribution: str, names: tuple[str, ...]) -> None:
    assert import_names(distribution) == names
