"""FL303: when concurrent tasks share a session, and when they take turns."""

from pathlib import Path

import pytest

from fastapi_lint.rules.transactions.session_shared_across_tasks import SessionSharedAcrossTasks
from tests.projects import build_project

SOURCE = """\
import asyncio
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

async def count(session: AsyncSession): return await session.scalar(select(User))
async def logged(session): return await session.scalar(select(User))

async def case(session: AsyncSession, ids: list[int], engine: AsyncEngine, unknown):
    {body}
"""
TOGETHER = "await asyncio.gather(*[one(item) for item in ids])"


def _lines(root: Path, body: str) -> int:
    indented = "\n    ".join(body.splitlines())
    project = build_project(root, {"app.py": SOURCE.replace("{body}", indented)})
    return len(list(SessionSharedAcrossTasks().check(project)))


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.gather(count(session), count(session))",
        "await asyncio.gather(*(count(session), count(session)))",
        "tasks = [asyncio.create_task(count(session)) for item in ids]\nawait asyncio.gather(*tasks)",
        "one = asyncio.create_task(count(session))\nawait asyncio.gather(one, count(session))",
        f"async def one(item): await count(session)\n{TOGETHER}",
        f"lock = asyncio.Lock()\nasync def one(item):\n    async with lock: pass\n    await count(session)\n{TOGETHER}",
        f"gate = asyncio.Semaphore(3)\nasync def one(item):\n    async with gate: await count(session)\n{TOGETHER}",
    ],
)
def test_tasks_that_may_use_one_session_at_the_same_time_are_found(tmp_path: Path, body: str) -> None:
    assert _lines(tmp_path, body) == 1


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.gather(count(session))",
        "await asyncio.gather(count(session), count(AsyncSession(engine)))",
        "await asyncio.gather(*[count(AsyncSession(engine)) for item in ids])",
        "for item in ids:\n    session = AsyncSession(engine)\n    asyncio.create_task(count(session))",
        "await asyncio.gather(logged(unknown), logged(unknown))",
        "await asyncio.gather(*[unknown(item) for item in ids])",
        f"lock = asyncio.Lock()\nasync def one(item):\n    async with lock: await count(session)\n{TOGETHER}",
        f"lock = asyncio.Lock()\nasync def one(item):\n    await lock.acquire()\n    await count(session)\n{TOGETHER}",
        f"gate = asyncio.Semaphore()\nasync def one(item):\n    async with gate: await count(session)\n{TOGETHER}",
        f"gate = asyncio.Semaphore(1)\nasync def one(item):\n    async with gate: await count(session)\n{TOGETHER}",
    ],
)
def test_tasks_that_do_not_share_a_session_or_take_turns_are_left_alone(tmp_path: Path, body: str) -> None:
    assert _lines(tmp_path, body) == 0
