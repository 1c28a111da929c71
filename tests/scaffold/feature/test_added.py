"""Features that were added by command pass all that the project's README names, on both databases."""

import shutil
from pathlib import Path

import pytest

from fastapi_lint_dev.trial.postgres import Postgres, through_asyncpg
from fastapi_lint_dev.trial.workspace import Workspace
from tests.conftest import RunCli, write_tree
from tests.scaffold.conftest import POSTGRESQL, SQLITE_BARE, Rendered
from tests.scaffold.feature.conftest import renamed, tree

EVERY_KIND = (
    *("name:str(80):unique", "code:str(20)?:index", "notes:text?", "size:int=3", "ratio:float", "active:bool=true"),
    *("budget:decimal(10,2)?", "starts:date", "opens:time?", "token:uuid?", "extra:json", "at:datetime"),
    "status:enum(draft,in_review,published)=draft",
)
IN_OURS = {
    "projects": (EVERY_KIND, ("users",)),
    "tasks": (("title:str", "due:datetime?"), ("projects", "items?")),
    "time_entries": (("minutes:int", "day:date:unique"), ("tasks",)),
    "tags": (("label:str(30):unique",), ()),
}
IN_OTHERS = {
    "orders": (("reference:uuid:unique", "placed:datetime"), ("users",)),
    "order_lines": (("article:str", "price:decimal", "options:json?"), ("orders",)),
}

Features = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


@pytest.fixture(params=[(POSTGRESQL, IN_OURS, False), (SQLITE_BARE, IN_OTHERS, True)], ids=["ours", "other names"])
def extended(request: pytest.FixtureRequest, rendered: Rendered, tmp_path: Path, run_cli: RunCli) -> Workspace:
    """Add features to a copy of a rendered project that shares the environment of the original."""
    options, features, has_other_names = request.param
    project = copied(rendered(options), tmp_path / "copy", has_other_names=has_other_names)
    for name, (fields, parents) in features.items():
        arguments = [*(f"--field={field}" for field in fields), *(f"--belongs-to={parent}" for parent in parents)]
        run = run_cli("add", "feature", name, *arguments, cwd=project.root)
        assert run.code == 0, run.err
    return project


def copied(original: Workspace, root: Path, *, has_other_names: bool) -> Workspace:
    shutil.copytree(original.root, root, ignore=shutil.ignore_patterns(".venv", "*cache*", ".fastapi-lint"))
    if has_other_names:
        files = tree(root)
        shutil.rmtree(root)
        write_tree(root, renamed(files))
    (root / ".venv").symlink_to(original.root / ".venv")
    return Workspace(root)


def test_added_features_pass_what_the_project_passes(
    extended: Workspace, postgres: Postgres, run_cli: RunCli, tmp_path: Path
) -> None:
    extended.run("ruff", "check")
    extended.run("ruff", "format", "--check")
    extended.run("mypy", "--strict")
    found = run_cli("--preview", "--no-cache", extended.root, cwd=extended.root)
    assert (found.code, found.err) == (0, ""), found.out
    for environment in ({}, {"TEST_DATABASE_URL": through_asyncpg(postgres.create_database())}):
        # The migrations are applied, compared with the models, undone and applied again by the project's own tests.
        said = extended.run(
            *("python", "-W", "error", "-m", "pytest", "--no-cov", "-p", "no:cacheprovider"),
            *("tests/features", "tests/integration/test_migrations.py"),
            *("--deselect", "tests/features/auth", "--deselect", "tests/features/users"),
            PYTHONPATH=str(extended.root / "src"),
            **environment,
        )
        assert " passed" in said
