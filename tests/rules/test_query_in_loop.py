"""FL405: which loops query once for each item, and which cannot help it, are short, or ask for batches."""

from pathlib import Path

import pytest

from fastapi_lint.rules.queries.query_in_loop import QueryInLoop
from tests.projects import build_project

SOURCE = """\
import contextlib
from enum import Enum
from itertools import batched
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
class Color(Enum):
    RED = 1
KINDS = ("a", "b")

async def find(session: AsyncSession, key): return await session.scalar(select(User).where(User.id == key))
async def save(session: AsyncSession, key):
    await session.get(User, key)
    session.add(User())
    await session.commit()

async def case(session: AsyncSession, ids: list[int], unknown):
{body}
"""
GET = "await session.get(User, one)"


def _messages(root: Path, body: str) -> list[str]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    project = build_project(root, {"app.py": SOURCE.replace("{body}", lines)})
    return [violation.message.partition(" once")[0] for violation in QueryInLoop().check(project)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"for one in ids: {GET}", "a query runs"),
        (f"return [{GET} for one in ids]", "a query runs"),
        ("for one in ids: found = await find(session, one)", "`find` queries"),
        (f"for one in ids:\n    {GET}\n    await session.get_one(User, one)", "2 queries run"),
        ("for one in ids:\n    key = one\n    await session.get(User, key)", "a query runs"),
        ("for one in ids:\n    if (key := one): await session.get(User, key)", "a query runs"),
        ("for one in ids:\n    with unknown(one) as key: await session.get(User, key)", "a query runs"),
        (f"for one in range(len(ids)): {GET}", "a query runs"),
        (f"for one in [1, 2, 3, 4, 5, 6]: {GET}", "a query runs"),
        ("for one in ids:\n    for two in (1, 2): await session.get(User, one + two)", "a query runs"),
    ],
)
def test_a_loop_that_queries_for_each_item_is_found(tmp_path: Path, body: str, expected: str) -> None:
    assert _messages(tmp_path, body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        f"for one in [1, 2]: {GET}",
        f"for one in {{'a': 1, 'b': 2}}: {GET}",
        f"for one in range(3): {GET}",
        f"for one in KINDS: {GET}",
        f"for one in Color: {GET}",
        f"for one in enumerate((1, 2)): {GET}",
        "for one in ids: await save(session, one)",
        "for one in ids: await find(session, one)",
        "for one in ids: await session.get(User, 1)",
        "for one in (await session.scalars(select(User))).all(): one.name",
        "while unknown: await session.get(User, 1)",
        "for one in ids: lambda: session.get(User, one)",
        "for one in range(0, len(ids), 100): await session.scalars(select(User).where(User.id.in_(ids[one:])))",
        "for one in batched(ids, 9): await session.scalars(select(User).where(User.id.in_(one)))",
        "for one in ids:\n    try: unknown(one)\n    except ValueError: await session.get(User, one)",
        "for one in ids:\n    if one == 1: await session.get(User, one)",
    ],
)
def test_a_loop_that_is_short_or_asks_for_many_at_once_is_left_alone(tmp_path: Path, body: str) -> None:
    assert _messages(tmp_path, body) == []
