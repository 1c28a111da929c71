"""Edits of the router and of the registry: in their place, once, and nothing else changes."""

import pytest

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.edits import include_router, register_model
from fastapi_lint.scaffold.feature.shapes import ImportedName

ROUTER = '''\
"""The API."""  # kept

from fastapi import APIRouter

# ours
from app.features.items.api import router as items_router
from app.features.users.api import router as users_router  # last

api = APIRouter( prefix = "/v1" )
api.include_router(items_router)  # first
api.include_router(
    users_router,
    tags=["users"],
)

extra = 1
'''


def included(source: str, feature: str) -> str:
    return include_router(source, f"app.features.{feature}.api", "api", f"{feature}_router")


def added(before: str, after: str) -> list[str]:
    """Return the lines that were added; all others are there, in their order."""
    rest = before.splitlines()
    new = []
    for line in after.splitlines():
        if rest and line == rest[0]:
            rest.pop(0)
        else:
            new.append(line)
    assert not rest
    return new


@pytest.mark.parametrize(
    ("feature", "above"),
    [("alarms", "items"), ("orders", "users"), ("zebras", "\n")],
)
def test_a_router_is_imported_in_its_place_and_included_last(feature: str, above: str) -> None:
    edited = included(ROUTER, feature)
    line = f"from app.features.{feature}.api import router as {feature}_router"
    assert added(ROUTER, edited) == [line, f"api.include_router({feature}_router)"]
    following = edited.split(f"{line}\n")[1]
    assert following.startswith("\n" if above == "\n" else f"from app.features.{above}")
    assert edited.index("tags=") < edited.index(f"api.include_router({feature}") < edited.index("extra = 1")


@pytest.mark.parametrize("source", [ROUTER, ROUTER.replace("\n", "\r\n")])
def test_an_edit_made_twice_is_made_once(source: str) -> None:
    once = included(source, "orders")
    assert included(once, "orders") == once
    assert included(source, "users") == source
    assert ("\r\n" in once) == ("\r\n" in source)
    assert "\n" not in once.replace("\r\n", "") or "\r\n" not in source


def test_an_import_without_its_inclusion_is_completed() -> None:
    half = ROUTER.replace("api.include_router(items_router)  # first\n", "")
    assert added(half, included(half, "items")) == ["api.include_router(items_router)"]


def test_imports_out_of_order_get_the_new_one_at_their_end() -> None:
    lines = ROUTER.splitlines(keepends=True)
    lines[5], lines[6] = lines[6], lines[5]
    edited = included("".join(lines), "alarms").splitlines()
    assert edited[7] == "from app.features.alarms.api import router as alarms_router"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (ROUTER.replace("extra", "orders_router"), "the name `orders_router` is taken"),
        (ROUTER.replace("api.include", "other.include"), "`api` includes no router"),
        ("api.include_router(x)\n", "imports nothing of `app`"),
    ],
)
def test_a_router_without_a_place_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ScaffoldError, match=problem):
        included(source, "orders")


ORDER = ImportedName("app.features.orders.models", "Order")
CLASSES = """\
from app.features.items.models import Item
from app.features.users.models import Role, User
from app.models.base import Base

__all__ = [
    "Base",
    "Item",  # an item
    "Role",
    "User",
]
"""


def registered(source: str) -> str:
    return register_model(source, ORDER, "app.features")


def test_a_class_is_imported_and_exported_in_its_place() -> None:
    edited = registered(CLASSES)
    assert added(CLASSES, edited) == ["from app.features.orders.models import Order", '    "Order",']
    assert edited.index('"Item",  # an item') < edited.index('"Order"') < edited.index('"Role"')
    assert registered(edited) == edited


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["Item"]', '["Item", "Order"]'),
        ('["Item", "User"]', '["Item", "Order", "User"]'),
        ('["User", "Item"]', '["User", "Item", "Order"]'),
        ("[]", '["Order"]'),
        ('["Zebra"]', '["Order", "Zebra"]'),
        ('["Item",]', '["Item", "Order",]'),
        ('[\n    "Item",\n]', '[\n    "Item",\n    "Order",\n]'),
        ('[\n    "Zebra"  # last\n]', '[\n    "Order",\n    "Zebra"  # last\n]'),
        ('[\n    "A",  # a\n    # b\n    "B",  # b\n]', '[\n    "A",  # a\n    # b\n    "B",  # b\n    "Order",\n]'),
    ],
)
def test_a_list_of_exports_keeps_its_form(before: str, after: str) -> None:
    start = "from app.features.items.models import Item\n"
    edited = registered(f"{start}__all__ = {before}  # public\n")
    assert edited == f"{start}from app.features.orders.models import Order\n__all__ = {after}  # public\n"


@pytest.mark.parametrize(
    ("line", "new"),
    [
        ("import app.features.items.models", "import app.features.orders.models"),
        ("import app.features.items.models  # noqa: F401", "import app.features.orders.models  # noqa: F401"),
        (
            "from app.features.items import models as items_models  # noqa: F401",
            "from app.features.orders import models as orders_models  # noqa: F401",
        ),
    ],
)
def test_modules_are_imported_as_others_are(line: str, new: str) -> None:
    assert registered(f"{line}\n") == f"{line}\n{new}\n"
    assert registered(f"{line}\n{new}\n") == f"{line}\n{new}\n"


def test_a_registry_of_another_form_is_refused() -> None:
    with pytest.raises(ScaffoldError, match=r"imports none of them from app\.features"):
        registered("import importlib\n")
