"""FL901: for a table whose model Alembic's environment does not import, autogenerate writes a DROP."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fastapi_lint.rules.project.alembic_models_not_imported_examples import EXAMPLES
from tests.proofs.running import titled, write

TABLES = {"users": "id INTEGER NOT NULL", "orders": "id INTEGER NOT NULL"}


def _dropped(title: str, root: Path, tables: dict[str, str]) -> set[str]:
    """Let Alembic compare a database that has all tables with the models; return what it wants to drop."""
    write(titled(EXAMPLES, title), root)
    (root / "alembic/versions").mkdir()
    with closing(sqlite3.connect(root / "app.db")) as connection:
        for table, columns in tables.items():
            connection.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY (id))")
    subprocess.run(
        [sys.executable, "-m", "alembic", "revision", "--autogenerate", "-m", "compare"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (revision,) = (root / "alembic/versions").glob("*.py")
    upgrade = revision.read_text().split("def upgrade")[1].split("def downgrade")[0]
    return {table for table in tables if f"op.drop_table('{table}')" in upgrade}


@pytest.mark.parametrize(
    ("title", "tables", "dropped"),
    [
        ("the environment imports the base and no model", TABLES, {"users", "orders"}),
        ("one model of two", TABLES, {"orders"}),
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
def test_autogenerate(tmp_path: Path, title: str, tables: dict[str, str], dropped: set[str]) -> None:
    assert _dropped(title, tmp_path, tables) == dropped
