"""Examples of FL901: which tables Alembic's environment knows."""

from fastapi_lint.rules.base import bad, good, near_miss

INI = """\
[alembic]
script_location = alembic
prepend_sys_path = .
path_separator = os
sqlalchemy.url = sqlite:///./app.db
"""

MAKO = '''\
"""${message}"""
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''

BASE = """\
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""

USERS = """\
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
"""

ORDERS = """\
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
"""

ENVIRONMENT = """\
from alembic import context
from sqlalchemy import engine_from_config

IMPORTS

config = context.config
TARGET


def run_migrations_offline() -> None:
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        target_metadata=PASSED
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    engine = engine_from_config(config.get_section("alembic", {}))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=MEANT
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"""


def _environment(
    imports: str, target: str = "target_metadata = Base.metadata", *, passed: str = "target_metadata,"
) -> dict[str, str]:
    return {
        "alembic.ini": INI,
        "alembic/script.py.mako": MAKO,
        "alembic/env.py": ENVIRONMENT.replace("IMPORTS", imports)
        .replace("TARGET", target)
        .replace("PASSED", passed)
        .replace("MEANT", passed.partition("  #")[0]),
    }


MODELS = {"app/models/base.py": BASE, "app/models/users.py": USERS, "app/models/orders.py": ORDERS}

EXAMPLES = (
    bad(
        "the environment imports the base and no model",
        {
            **MODELS,
            **_environment(
                "from app.models.base import Base",
                "target_metadata = Base.metadata  # expect: FL901",
            ),
        },
    ),
    bad(
        "one model of two",
        {
            **MODELS,
            "app/models/__init__.py": "from app.models.users import User\n\n__all__ = ['User']\n",
            **_environment(
                "import app.models  # noqa: F401\nfrom app.models.base import Base",
                "target_metadata = Base.metadata  # expect: FL901",
            ),
        },
    ),
    bad(
        "the metadata is an argument and has no name",
        {
            **MODELS,
            **_environment("from app.models.base import Base", "", passed="Base.metadata,  # expect: FL901"),
        },
    ),
    bad(
        "SQLModel keeps the metadata, the tables are elsewhere",
        {
            "app/tables.py": """\
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.tables import Hero

app = FastAPI()


@app.post("/heroes")
async def create(name: str) -> Hero:
    return Hero(name=name)
""",
            **_environment(
                "from sqlmodel import SQLModel",
                "target_metadata = SQLModel.metadata  # expect: FL901",
            ),
        },
    ),
    good(
        "the environment imports every module with models",
        {
            **MODELS,
            **_environment(
                "from app.models import orders, users  # noqa: F401\nfrom app.models.base import Base",
            ),
        },
    ),
    near_miss(
        "the package of the models imports them",
        {
            **MODELS,
            "app/models/__init__.py": """\
from app.models.base import Base
from app.models.orders import Order
from app.models.users import User

__all__ = ["Base", "Order", "User"]
""",
            **_environment("from app.models import Base"),
        },
    ),
    near_miss(
        "the models are found when the environment runs",
        {
            **MODELS,
            "app/models/__init__.py": """\
import importlib
import pkgutil

for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")
""",
            **_environment("import app.models  # noqa: F401\nfrom app.models.base import Base"),
        },
    ),
    near_miss(
        "the application imports the models",
        {
            **MODELS,
            "app/main.py": """\
from fastapi import FastAPI

from app.models.orders import Order
from app.models.users import User

app = FastAPI()


@app.get("/tables")
async def tables() -> list[str]:
    return [Order.__tablename__, User.__tablename__]
""",
            **_environment("import app.main  # noqa: F401\nfrom app.models.base import Base"),
        },
    ),
    near_miss(
        "a subclass that only tells type checkers more has no table",
        {
            **MODELS,
            "app/paid.py": """\
from typing import TYPE_CHECKING, Literal

from sqlalchemy.orm import Mapped

from app.models.orders import Order


class PaidOrder(Order):
    if TYPE_CHECKING:
        state: Mapped[Literal["paid"]]
""",
            **_environment("from app.models import orders, users  # noqa: F401\nfrom app.models.base import Base"),
        },
    ),
    near_miss(
        "an abstract model and a model of another metadata have no table here",
        {
            **MODELS,
            "app/models/mixins.py": """\
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Named(Base):
    __abstract__ = True

    name: Mapped[str] = mapped_column(default="")
""",
            "app/warehouse.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class WarehouseBase(DeclarativeBase):
    pass


class Fact(WarehouseBase):
    __tablename__ = "facts"

    id: Mapped[int] = mapped_column(primary_key=True)
""",
            **_environment("from app.models import orders, users  # noqa: F401\nfrom app.models.base import Base"),
        },
    ),
)
