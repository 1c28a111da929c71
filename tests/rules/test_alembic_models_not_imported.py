"""FL901: what counts as a model that Alembic must see, and which environments are understood."""

from pathlib import Path

import pytest

from fastapi_lint.rules.project.alembic_models_not_imported import AlembicModelsNotImported
from tests.projects import build_project

BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
MODEL = """
from sqlalchemy.orm import Mapped, mapped_column
from app.base import Base
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def _messages(root: Path, environment: str, **files: str) -> list[str]:
    sources = {f"app/{name}.py": text for name, text in {"base": BASE, "users": MODEL, **files}.items()}
    sources["alembic/env.py"] = f"from alembic import context\n{environment}"
    project = build_project(root, sources)
    return [violation.message for violation in AlembicModelsNotImported().check(project)]


@pytest.mark.parametrize(
    "environment",
    [
        "from app.base import Base\ntarget_metadata = Base.metadata",
        "import app.base\ntarget_metadata = app.base.Base.metadata",
        "from app.base import Base\ntarget_metadata: object = Base.metadata",
        "from app.base import Base\ntarget_metadata = [Base.metadata]",
        "from app.base import Base\nmetadata = Base.metadata\ntarget_metadata = metadata",
    ],
)
def test_a_model_that_nobody_imports_is_named(tmp_path: Path, environment: str) -> None:
    (message,) = _messages(tmp_path, environment)
    assert "app/users.py" in message


@pytest.mark.parametrize(
    "environment",
    [
        "target_metadata = None",
        "target_metadata = make()",
        "from app.base import Base\ntarget_metadata = [Base.metadata, make()]",
        "from app.base import Base\nhelp(Base.metadata)",
        "from elsewhere import Base\ntarget_metadata = Base.metadata",
        "from app.base import Base\nimport app.users\ntarget_metadata = Base.metadata",
        "from app.base import Base\ntarget_metadata = Base.metadata\ndef run():\n    import app.users\n",
        "from app.base import Base\nfrom app.loading import load\nload()\ntarget_metadata = Base.metadata",
        "from app.base import Base\ntarget_metadata = Base.metadata\n__import__('app.users')",
        "from app.base import Base\nimport importlib\nimportlib.import_module('x')\ntarget_metadata = Base.metadata",
        "from app.base import Base\n(lambda: 1)()\nimport app.discovery\ntarget_metadata = Base.metadata",
    ],
)
def test_an_environment_that_sees_the_model_or_is_not_understood_is_silent(tmp_path: Path, environment: str) -> None:
    loading = "def load():\n    inner()\ndef inner():\n    from app import users\n    load()\n"
    discovery = "import pkgutil\ndef find():\n    return list(pkgutil.walk_packages())\n"
    assert _messages(tmp_path, environment, loading=loading, discovery=discovery) == []


OWN_METADATA = """
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase
meta = MetaData()
class Base(DeclarativeBase):
    metadata = meta
"""
GIVEN_METADATA = """
from sqlalchemy import MetaData
from sqlalchemy.orm import declarative_base
meta = MetaData()
Base = declarative_base(metadata=meta)
"""


@pytest.mark.parametrize("base", [OWN_METADATA, GIVEN_METADATA])
def test_a_metadata_object_of_its_own_belongs_to_the_base_that_is_given_it(tmp_path: Path, base: str) -> None:
    (message,) = _messages(tmp_path, "from app.base import meta\ntarget_metadata = meta", base=base)
    assert "app/users.py" in message


def test_another_metadata_object_is_of_no_concern(tmp_path: Path) -> None:
    other = "from sqlalchemy import MetaData\nmeta = MetaData()\n"
    assert _messages(tmp_path, "from app.other import meta\ntarget_metadata = meta", other=other) == []


def test_a_base_that_a_function_makes_is_known_by_its_name(tmp_path: Path) -> None:
    base = "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
    (message,) = _messages(tmp_path, "from app.base import Base\ntarget_metadata = Base.metadata", base=base)
    assert "app/users.py" in message


def test_a_subclass_that_only_narrows_types_has_no_table(tmp_path: Path) -> None:
    narrowed = """
from typing import TYPE_CHECKING
from sqlalchemy.orm import Mapped
from app.users import User
class Admin(User):
    if TYPE_CHECKING:
        name: Mapped[str]
"""
    environment = "from app.base import Base\nimport app.users\ntarget_metadata = Base.metadata"
    assert _messages(tmp_path, environment, narrowed=narrowed) == []


def test_the_models_of_a_plugin_are_its_own(tmp_path: Path) -> None:
    environment = "from alembic import context\nfrom app.base import Base\ntarget_metadata = Base.metadata\n"
    files = {"app/base.py": BASE, "alembic/env.py": environment, "plugins/shop/shop/models.py": MODEL}
    assert len(list(AlembicModelsNotImported().check(build_project(tmp_path, files)))) == 1
    plugin = {**files, "plugins/shop/setup.py": "setup()\n"}
    assert list(AlembicModelsNotImported().check(build_project(tmp_path, plugin))) == []


@pytest.mark.parametrize(("command", "count"), [("revision", 0), ("upgrade", 1)])
def test_a_command_that_makes_revisions_imports_for_the_environment(tmp_path: Path, command: str, count: int) -> None:
    cli = f"from alembic import command\ndef run():\n    from app import users\n    command.{command}(config)\n"
    environment = "from app.base import Base\ntarget_metadata = Base.metadata"
    assert len(_messages(tmp_path, environment, cli=cli)) == count


def test_many_modules_are_counted(tmp_path: Path) -> None:
    more = {
        f"model{number}": MODEL.replace("User", f"Model{number}").replace('"users"', f'"t{number}"')
        for number in range(4)
    }
    (message,) = _messages(tmp_path, "from app.base import Base\ntarget_metadata = Base.metadata", **more)
    assert "and 2 more" in message


def test_a_file_of_that_name_without_alembic_is_no_environment(tmp_path: Path) -> None:
    project = build_project(tmp_path, {"app/base.py": BASE, "env.py": "from app.base import Base\n"})
    assert list(AlembicModelsNotImported().check(project)) == []
