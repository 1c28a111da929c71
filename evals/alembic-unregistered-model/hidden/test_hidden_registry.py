"""What Alembic imports knows every table, whatever else was imported before."""

import subprocess
import sys

PROGRAM = "from app.models.registry import Base; print('tolls' in Base.metadata.tables)"


def test_the_registry_knows_the_table_of_tolls() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"
