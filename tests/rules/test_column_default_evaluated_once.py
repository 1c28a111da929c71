"""FL505 beyond its examples: where the call stands, and what the finding says."""

from pathlib import Path

import pytest

from fastapi_lint.findings import Confidence
from fastapi_lint.rules.base import Violation
from fastapi_lint.rules.orm.column_default_evaluated_once import ColumnDefaultEvaluatedOnce
from tests.projects import build_project

HEADER = """\
import random
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from sqlalchemy import Column, MetaData, Table, func
from sqlalchemy.orm import mapped_column, registry
from app.clock import later, maker, now, shifted

"""
CLOCK = """\
from datetime import UTC, datetime

def now():
    return datetime.now(UTC)

def shifted():
    return now()

def maker():
    return lambda: datetime.now(UTC)

def later():
    moment = datetime.now(UTC)
    return moment
"""


def _check(root: Path, column: str) -> list[Violation]:
    source = f"{HEADER}table = Table('t', MetaData(), {column})\n"
    project = build_project(root, {"app/models.py": source, "app/clock.py": CLOCK})
    return list(ColumnDefaultEvaluatedOnce().check(project))


@pytest.mark.parametrize(
    ("column", "help_"),
    [
        ("Column(default=uuid.uuid4())", "pass the function: default=uuid.uuid4"),
        ("Column(onupdate=datetime.utcnow())", "pass the function: onupdate=datetime.utcnow"),
        ("Column(insert_default=datetime.now(UTC))", "wrap it: insert_default=lambda: ..."),
        ("Column(default=uuid.uuid4().hex)", "wrap it: default=lambda: ..."),
        ("Column(default=datetime.now(UTC) + timedelta(days=7))", "wrap it: default=lambda: ..."),
        ("Column(default=f'{uuid.uuid4()}')", "wrap it: default=lambda: ..."),
    ],
)
def test_a_computed_default_is_reported_with_what_to_write(tmp_path: Path, column: str, help_: str) -> None:
    (found,) = _check(tmp_path, column)
    assert found.help == help_
    assert found.confidence is Confidence.EXACT
    assert found.evidence == ()


@pytest.mark.parametrize(
    "column",
    [
        "Column(default=later)",
        "Column(default=maker())",
        "Column(default=partial(uuid.uuid4))",
        "Column(default=lambda: uuid.uuid4())",
        "Column(default=func.coalesce(datetime.now(UTC), 1))",
        "Column(server_default=str(uuid.uuid4()))",
        "Column(default=uuid.UUID('00000000-0000-0000-0000-000000000000'))",
        "Column(default=unknown())",
    ],
)
def test_what_is_computed_later_or_once_on_purpose_is_silent(tmp_path: Path, column: str) -> None:
    assert _check(tmp_path, column) == []


@pytest.mark.parametrize("call", ["now()", "shifted()"])
def test_a_function_of_the_project_is_followed_to_the_call(tmp_path: Path, call: str) -> None:
    (found,) = _check(tmp_path, f"Column(default={call})")
    assert found.confidence is Confidence.INFERRED
    assert found.message.endswith(f"every row gets the same `{call}`")
    assert found.help == f"pass the function: default={call.removesuffix('()')}"
    (step,) = found.evidence
    assert step.module == "app/clock.py"
    assert CLOCK[step.span.start : step.span.end] == "datetime.now(UTC)"
