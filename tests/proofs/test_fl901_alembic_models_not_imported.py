"""FL901: for a table whose model Alembic's environment does not import, autogenerate writes a DROP."""

import sqlite3
import sys
from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config

from fastapi_lint.rules.project.alembic_models_not_imported_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, titled

TABLES = {"users": "id INTEGER NOT NULL", "orders": "id INTEGER NOT NULL"}


def _dropped(project: RunningProject, tables: dict[str, str]) -> set[str]:
    """Let Alembic compare a database that has all tables with the models; return what it wants to drop."""
    (project.root / "alembic/versions").mkdir()
    with closing(sqlite3.connect(project.root / "app.db")) as connection:
        for table, columns in tables.items():
            connection.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY (id))")
    command.revision(Config("alembic.ini"), message="compare", autogenerate=True)
    (revision,) = (project.root / "alembic/versions").glob("*.py")
    upgrade = revision.read_text().split("def upgrade")[1].split("def downgrade")[0]
    return {table for table in tables if f"op.drop_table('{table}')" in upgrade}


@pytest.mark.parametrize(
    ("title", "tables", "dropped"),
    [
        ("the environment imports the base and no model", TABLES, {"users", "orders"}),
        ("one model of two", TABLES, {"orders"}),
        ("the metadata is an argument and has no name", TABLES, {"users", "orders"}),
        (
            "SQLModel keeps the metadata, the tables are elsewhere",
            {"hero": "id INTEGER NOT NULL, name VARCHAR NOT NULL"},
            {"hero"},
        ),
        ("the environment imports every module with models", TABLES, set()),
        ("the package of the models imports them", TABLES, set()),
        ("the models are found when the environment runs", TABLES, set()),
        ("the application imports the models", TABLES, set()),
        ("an abstract model and a model of another metadata have no table here", TABLES, set()),
    ],
)
def test_autogenerate(
    open_project: OpenProject,
    monkeypatch: pytest.MonkeyPatch,
    title: str,
    tables: dict[str, str],
    dropped: set[str],
) -> None:
    project = open_project(titled(EXAMPLES, title))
    monkeypatch.setattr(sys, "path", list(sys.path))  # Alembic adds to it
    assert _dropped(project, tables) == dropped
