"""The migrations make what the models say, and can be undone."""

import pytest
from alembic import command
from alembic.config import Config


@pytest.mark.usefixtures("migrated")
def test_models_and_migrations_agree(alembic_config: Config) -> None:
    command.check(alembic_config)


@pytest.mark.usefixtures("migrated")
def test_migrations_can_be_undone_and_redone(alembic_config: Config) -> None:
    command.downgrade(alembic_config, "base")
    command.upgrade(alembic_config, "head")
    command.check(alembic_config)
