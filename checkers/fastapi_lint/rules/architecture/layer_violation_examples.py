"""Examples of FL703: what is wrong, what is right, and what looks wrong and is right."""

from typing import Final

from fastapi_lint.rules.base import Example, bad, good, near_miss

PYPROJECT: Final = """\
[project]
name = "shop"
version = "0"
dependencies = ["fastapi", "sqlalchemy"]

[tool.fastapi-lint]
layers = ["api", "services | service", "repository"]
"""
API: Final = """\
from fastapi import APIRouter

from app.users.services import count_users

router = APIRouter()
PAGE_SIZE = 20


@router.get("/users/count")
async def read_count() -> int:
    return await count_users()
"""
SERVICES: Final = """\
from app.users.repository import select_users


async def count_users() -> int:
    return len(await select_users())
"""

EXAMPLES: Final[tuple[Example, ...]] = (
    bad(
        "a repository needs a constant of the routes",
        {
            "pyproject.toml": PYPROJECT,
            "app/users/api.py": API,
            "app/users/services.py": SERVICES,
            "app/users/repository.py": """\
async def select_users() -> list[str]:
    from app.users.api import (
        PAGE_SIZE,  # expect: FL703
        router,
    )

    return [*["ada"][:PAGE_SIZE], *router.tags]
""",
        },
    ),
    bad(
        "folders are layers too, and a submodule is imported from its package",
        {
            "pyproject.toml": PYPROJECT,
            "app/api/__init__.py": "",
            "app/api/paging.py": "PAGE_SIZE = 20\n",
            "app/service/__init__.py": "",
            "app/service/users.py": """\
from app.api import paging  # expect: FL703


def first_page() -> int:
    return paging.PAGE_SIZE
""",
        },
    ),
    good(
        "what both need is in a module of no layer",
        {
            "pyproject.toml": PYPROJECT,
            "app/users/paging.py": "PAGE_SIZE = 20\n",
            "app/users/api.py": API,
            "app/users/services.py": SERVICES,
            "app/users/repository.py": """\
from app.users.paging import PAGE_SIZE


async def select_users() -> list[str]:
    return ["ada"][:PAGE_SIZE]
""",
        },
    ),
    near_miss(
        "an import for type checkers alone, a test that imports downwards and up, and siblings of one layer",
        {
            "pyproject.toml": PYPROJECT,
            "app/users/api.py": API,
            "app/users/services.py": SERVICES,
            "app/users/service.py": "from app.users.services import count_users\n\n__all__ = ['count_users']\n",
            "app/users/repository.py": """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.users.api import router


async def select_users() -> list[str]:
    return ["ada"]
""",
            "app/repository/test_users.py": "from app.users.api import PAGE_SIZE\n\nassert PAGE_SIZE\n",
        },
    ),
    near_miss(
        "without the setting there are no layers",
        {
            "app/users/api.py": API,
            "app/users/services.py": SERVICES,
            "app/users/repository.py": """\
async def select_users() -> list[str]:
    from app.users.api import PAGE_SIZE

    return ["ada"][:PAGE_SIZE]
""",
        },
    ),
)
