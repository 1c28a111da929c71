"""FL505: a default that is a value, not a callable, is the same for every row of the process."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fastapi_lint.rules.orm.column_default_evaluated_once_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import RunningProject, titled

GOOD = "callables and the database's clock"
TOKENS = "one token and one key for everybody"


def _two_rows(project: RunningProject, model: str, column: str, **values: object) -> list[object]:
    """Insert two rows and return what their column got by default."""
    models = project.module("app.models")
    made = getattr(models, model)
    engine = create_engine("sqlite:///./app.db")
    try:
        made.metadata.create_all(engine)
        for _ in range(2):
            with Session(engine) as session:
                session.add(made(**values))
                session.commit()
        with engine.connect() as connection:
            return list(connection.scalars(select(made.__table__.c[column])))
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("title", "model", "column", "values"),
    [
        ("the time of the import for every row", "Note", "created_at", {"text": "a"}),
        (TOKENS, "Invitation", "token", {}),
        ("a field of SQLModel", "Hero", "joined", {}),
    ],
)
def test_both_rows_have_the_same_value(
    open_project: OpenProject, title: str, model: str, column: str, values: dict[str, object]
) -> None:
    first, second = _two_rows(open_project(titled(EXAMPLES, title)), model, column, **values)
    assert first == second


def test_the_second_row_breaks_the_unique_constraint(open_project: OpenProject) -> None:
    with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: jobs\.key"):
        _two_rows(open_project(titled(EXAMPLES, TOKENS)), "Job", "key")


@pytest.mark.parametrize("column", ["id", "token", "created_at"])
def test_each_row_has_its_own_value(open_project: OpenProject, column: str) -> None:
    first, second = _two_rows(open_project(titled(EXAMPLES, GOOD)), "Note", column, text="a")
    assert first != second


def test_a_call_that_returns_the_callable_is_called_for_each_row(open_project: OpenProject) -> None:
    first, second = _two_rows(open_project(titled(EXAMPLES, "a call that returns the callable")), "Payment", "id")
    assert first != second
