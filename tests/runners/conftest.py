"""Projects for agents to work on, and a home that holds nothing of the user's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from fastapi_lint.integrations.hook import wire
from tests.conftest import MakeTree

REPOSITORY: Final = Path(__file__).parents[2]
INSTALL_S: Final = 600

CLEAN: Final = """\
import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

engine = create_async_engine("sqlite+aiosqlite:///shop.db")
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(AsyncAttrs, DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)


class Customer(Base):
    __tablename__ = "customers"
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


@app.get("/orders")
async def orders(session: Annotated[AsyncSession, Depends(get_session)]) -> list[int]:
    await asyncio.sleep(0)
    found = (await session.scalars(select(Order))).all()
    return [order.id for order in found]
"""
SLEEP: Final = ("    await asyncio.sleep(0)\n", "    time.sleep(1)\n")
NAMES: Final = (
    "    return [order.id for order in found]\n",
    "    return [(await order.awaitable_attrs.customer).id for order in found]\n",
)
DEFECTIVE: Final = CLEAN.replace("import asyncio\n", "import time\n").replace(*SLEEP).replace(*NAMES)
"""FL201 in its sleep, and FL402 in its loop."""


@pytest.fixture
def project(make_tree: MakeTree) -> Path:
    """Return a project without a module of its own yet."""
    return make_tree({"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi>=0.128"]\n'})


@pytest.fixture
def environment(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mapping[str, str]]:
    """Return the environment of a runner: a home of its own, and the linter of this environment on the path."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    yield {"HOME": str(home), "PATH": programs, "XDG_RUNTIME_DIR": str(home), "LANG": "C.UTF-8"}
    wire.stop_server()


@pytest.fixture(scope="session")
def from_npm(pytestconfig: pytest.Config) -> Callable[[str, str, str], str]:
    """Install a program of an npm package, kept between runs of the tests; skip where that is not to be had."""

    def install(package: str, version: str, program: str) -> str:
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"{program} cannot be installed: there is no npm")
        directory = pytestconfig.cache.mkdir(f"{program}-{version}")
        found = directory / "node_modules/.bin" / program
        if not (directory / "complete").exists():
            command = [npm, "install", "--no-audit", "--no-fund", f"--prefix={directory}", f"{package}@{version}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALL_S)
            if done.returncode != 0:
                pytest.skip(f"{program} cannot be installed from npm: {done.stderr.strip()[-200:]}")
            (directory / "complete").touch()
        return str(found)

    return install
