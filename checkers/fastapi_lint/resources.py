"""Finds the agents, skills and templates that come with the package, in a wheel and in a checkout alike."""

from enum import StrEnum
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_IN_WHEEL: Final = _PACKAGE / "_data"
_SKILLS_IN_WHEEL: Final = _PACKAGE / ".agents"
"""Where ``library-skills`` looks for the skills of installed packages: ``.agents/skills`` in a package."""
_CHECKOUT: Final = _PACKAGE.parents[1]


class Resource(StrEnum):
    """A folder of files that are not Python modules; the value is its name."""

    AGENTS = "agents"
    HOOKS = "hooks"
    SKILLS = "skills"
    TEMPLATES = "templates"


def resource_directory(resource: Resource) -> Path:
    """Return the directory of a resource.

    Raises:
        FileNotFoundError: the installation is damaged.

    """
    for parent in (_SKILLS_IN_WHEEL if resource is Resource.SKILLS else _IN_WHEEL, _CHECKOUT):
        directory = parent / resource.value
        if directory.is_dir():
            return directory
    raise FileNotFoundError(f"the installation lacks its {resource.value}")
