"""Where a new migration goes: the chain is read as Alembic reads it, without running it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.revisions import Chain, next_id, read_chain, revision_file
from tests.projects import build_project

ENVIRONMENT = {"alembic/env.py": "from alembic import context\n"}


def migration(revision: str, follows: object, table: str = "") -> str:
    body = f'op.create_table("{table}", sa.Column("id", sa.Integer()))' if table else "pass"
    return (
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision: str = "{revision}"\ndown_revision = {follows!r}\n\n\ndef upgrade() -> None:\n    {body}\n'
    )


def chain_of(root: Path, **migrations: str) -> Chain:
    files = {f"alembic/versions/{name}.py": source for name, source in migrations.items()}
    return read_chain(build_project(root, {**ENVIRONMENT, **files}))


def test_the_head_is_what_nothing_follows(tmp_path: Path) -> None:
    chain = chain_of(
        tmp_path,
        b=migration("b", "a", "orders"),
        a=migration("a", None, "users"),
        d=migration("d", ("b", "c")),
        c=migration("c", "a"),
    )
    assert chain.head is not None
    assert chain.head.id == "d"
    creating = chain.creating("orders")
    assert creating is not None
    assert creating.key == "alembic/versions/b.py"
    assert chain.creating("d") is None


def test_there_is_a_first_migration(tmp_path: Path) -> None:
    chain = chain_of(tmp_path)
    assert chain.head is None
    assert len(next_id(chain, "orders")) == 12


@pytest.mark.parametrize(
    ("migrations", "problem"),
    [
        ({"a": migration("a", None), "b": migration("b", None)}, "2 heads, .*a.py, .*b.py: run `alembic merge heads`"),
        ({"b": migration("b", "a")}, "b.py: follows the revision `a`, which is not in alembic/versions"),
        ({"a": migration("a", None), "b": migration("a", None)}, "b.py: has the revision of .*a.py, `a`"),
        ({"a": migration("a", "b"), "b": migration("b", "a")}, "in a circle"),
        ({"a": "revision = make()\ndown_revision = None\n"}, "a.py: `revision` and `down_revision` are no literals"),
    ],
)
def test_a_chain_that_is_no_line_is_refused(tmp_path: Path, migrations: dict[str, str], problem: str) -> None:
    with pytest.raises(ScaffoldError, match=problem):
        chain_of(tmp_path, **migrations)


@pytest.mark.parametrize("files", [{}, {**ENVIRONMENT, "other/env.py": "import alembic\n"}])
def test_there_is_one_environment(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(ScaffoldError, match="one Alembic environment"):
        read_chain(build_project(tmp_path, files))


def test_numbers_are_counted_and_other_ids_are_the_same_each_time(tmp_path: Path) -> None:
    numbered = chain_of(tmp_path, a=migration("0009", None), b=migration("0010", "0009"))
    assert next_id(numbered, "orders") == "0011"
    hashed = chain_of(tmp_path, a=migration("3f1c", None))
    assert next_id(hashed, "orders") == next_id(hashed, "orders") != next_id(hashed, "users")


@pytest.mark.parametrize(
    "template", [None, "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s", "%%(epoch)s_%%(rev)s"]
)
def test_a_file_is_called_as_alembic_calls_it(tmp_path: Path, template: str | None) -> None:
    setting = f'file_template = "{template}"\n' if template else ""
    (tmp_path / "pyproject.toml").write_text(f'[tool.alembic]\nscript_location = "alembic"\n{setting}', "utf-8")
    created = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    theirs = ScriptDirectory(tmp_path, file_template=template.replace("%%", "%") if template else "%(rev)s_%(slug)s")
    for message in ("Order lines", "A name that is much longer than what Alembic takes of it", "x" * 50):
        expected = theirs._rev_path(tmp_path, "abc", message, created)
        assert revision_file(tmp_path, "abc", message, created) == expected.name


def test_an_ini_file_has_the_settings_too(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nfile_template = %%(slug)s-%%(rev)s\n", "utf-8")
    assert revision_file(tmp_path, "abc", "Orders", datetime.now(UTC)) == "orders-abc.py"


@pytest.mark.parametrize(
    ("ini", "problem"),
    [
        ("[alembic]\nfile_template = %%(author)s\n", "cannot be used"),
        ("[alembic]\nfile_template = ../%%(rev)s\n", "makes no name of a file"),
        ("file_template\n", "the settings of Alembic cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, ini: str, problem: str) -> None:
    (tmp_path / "alembic.ini").write_text(ini, "utf-8")
    with pytest.raises(ScaffoldError, match=problem):
        revision_file(tmp_path, "abc", "Orders", datetime.now(UTC))
