"""Adding a feature to a rendered project: what is written, what is said, and what is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest

from fastapi_lint.scaffold.feature.layout import read_layout
from fastapi_lint.scaffold.feature.reading import read_project
from fastapi_lint.scaffold.feature.shapes import ImportedName
from tests.conftest import RunCli
from tests.scaffold.feature.conftest import MakeProject, tree

ITEMS = ("items", "--field", "title:str", "--field", "description:text?", "--belongs-to", "users")
TASKS = ("tasks", "--field", "title:str", "--field", "due:datetime?", "--belongs-to", "items")


def test_the_example_of_new_is_what_add_writes(make_project: MakeProject, run_cli: RunCli) -> None:
    added, whole = make_project(items=False), tree(make_project(items=True))
    assert run_cli("add", "feature", *ITEMS, cwd=added).code == 0
    differing = {name for name, content in tree(added).items() if whole.get(name) != content}
    # The tests of the example are written by hand, and the router lists what it includes in the order of adding.
    assert differing <= {"tests/features/items/test_items.py", "src/app/api/router.py", "README.md"}


def test_the_projects_own_names_are_used(make_project: MakeProject, run_cli: RunCli) -> None:
    ours, theirs = make_project(), make_project(other_names=True)
    layout = read_layout(read_project(theirs).project)
    assert layout.features.folder == "src/backend/features"
    assert layout.base.names == (
        ImportedName("backend.models.base", "TimestampMixin"),
        ImportedName("backend.models.base", "Model"),
    )
    assert layout.session == ImportedName("backend.database", "DbSession")
    assert layout.registry.key == "src/backend/models/registry.py"
    for root in (ours, theirs):
        assert run_cli("add", "feature", *TASKS, cwd=root).code == 0
    written = {name: content.decode() for name, content in tree(theirs).items() if "tasks" in name}
    assert written
    for name, content in written.items():
        assert "SessionDep" not in content
        assert "app." not in content, name
    service = (theirs / "src/backend/features/tasks/services.py").read_text()
    assert service.replace("backend.", "app.") == (ours / "src/app/features/tasks/services.py").read_text()
    assert "class Task(TimestampMixin, Model):" in written["src/backend/features/tasks/models.py"]


UUID_KEY = "    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)\n"


@pytest.mark.parametrize("is_inherited", [False, True], ids=["in each model", "in the base"])
def test_keys_are_those_of_the_project(make_project: MakeProject, run_cli: RunCli, *, is_inherited: bool) -> None:
    root = make_project()
    own = "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    for path in (root / "src/app").rglob("models.py"):
        text = path.read_text().replace(own, "" if is_inherited else UUID_KEY)
        path.write_text(f"from uuid import UUID, uuid4\n{text}")
    base, schemas = root / "src/app/models/base.py", root / "src/app/core/schemas.py"
    if is_inherited:
        text = base.read_text()
        metadata = "    metadata = MetaData(naming_convention=NAMING_CONVENTION)\n"
        assert metadata in text
        base.write_text(f"from uuid import UUID, uuid4\n{text.replace(metadata, metadata + UUID_KEY)}")
    parameter = "RowId = Annotated[int, Path(ge=1, le=MAX_INT)]"
    assert parameter in schemas.read_text()
    replaced = schemas.read_text().replace(parameter, "RowId = Annotated[UUID, Path()]")
    schemas.write_text(f"from uuid import UUID\n{replaced}")
    assert run_cli("add", "feature", *TASKS, cwd=root).code == 0
    files = {name: content.decode() for name, content in tree(root).items() if "task" in name}
    model = files["src/app/features/tasks/models.py"]
    assert (UUID_KEY in model) == (not is_inherited)
    assert "item_id: Mapped[UUID] = " in model
    assert "item_id: UUID\n" in files["src/app/features/tasks/schemas.py"]
    assert "task_id: UUID, user_id: UUID" in files["src/app/features/tasks/repository.py"]
    assert 'sa.Column("item_id", sa.Uuid(), nullable=False)' in files["alembic/versions/0003_tasks.py"]


def test_what_is_written_is_said(make_project: MakeProject, run_cli: RunCli) -> None:
    root = make_project()
    before = tree(root)
    run = run_cli("add", "feature", *TASKS, "--project", root / "src", cwd=root.parent)
    assert (run.code, run.err) == (0, "")
    after = tree(root)
    changed = {name for name in after if before.get(name) != after[name]}
    assert set(run.out.splitlines()[1:-1]) == {
        f"{'changed' if name in before else 'created'} {name}" for name in changed
    }
    assert run.out.startswith("Task, in the table tasks\n")


def test_a_second_time_changes_nothing(make_project: MakeProject, run_cli: RunCli) -> None:
    root = make_project()
    run_cli("add", "feature", *TASKS, cwd=root)
    before = tree(root)
    again = run_cli("add", "feature", *TASKS, cwd=root)
    assert (again.code, again.out) == (2, "")
    assert again.err == "Error: the feature `tasks` exists in src/app/features/tasks; --force writes it again\n"
    forced = run_cli("add", "feature", *TASKS, "--force", cwd=root)
    assert (forced.code, forced.out) == (0, "nothing to change\n")
    assert tree(root) == before


def test_force_writes_a_feature_again_with_its_migration(make_project: MakeProject, run_cli: RunCli) -> None:
    root = make_project()
    run_cli("add", "feature", *TASKS, cwd=root)
    before = tree(root)
    forced = run_cli("add", "feature", *TASKS, "--field", "done:bool=false", "--force", cwd=root)
    assert forced.code == 0
    after = tree(root)
    assert after.keys() == before.keys()
    migration = after["alembic/versions/0003_tasks.py"].decode()
    assert 'sa.Column("done", sa.Boolean(), nullable=False)' in migration
    assert 'revision: str = "0003"' in migration
    assert 'down_revision: str | None = "0002"' in migration


def test_force_spares_a_migration_that_does_more(make_project: MakeProject, run_cli: RunCli) -> None:
    root = make_project()
    run_cli("add", "feature", *TASKS, cwd=root)
    migration = root / "alembic/versions/0003_tasks.py"
    migration.write_text(f'{migration.read_text()}\n\ndef more() -> None:\n    op.create_table("others")\n')
    before = tree(root)
    forced = run_cli("add", "feature", *TASKS, "--force", cwd=root)
    assert forced.code == 2
    assert "0003_tasks.py does more than making `tasks`" in forced.err
    assert tree(root) == before


def test_line_ends_of_others_are_kept(make_project: MakeProject, run_cli: RunCli) -> None:
    root, plain = make_project(), make_project()
    edited = ("alembic/versions/0001_users.py", "src/app/api/router.py", "src/app/models/registry.py")
    for name in edited:
        (root / name).write_bytes((root / name).read_bytes().replace(b"\n", b"\r\n"))
    for project in (root, plain):
        assert run_cli("add", "feature", *TASKS, cwd=project).code == 0
    for name, content in tree(root).items():
        expected = (plain / name).read_bytes()
        assert content == (expected.replace(b"\n", b"\r\n") if name in edited else expected)


def test_a_diff_writes_nothing_and_is_what_would_be_written(make_project: MakeProject, run_cli: RunCli) -> None:
    root, other = make_project(), make_project()
    before = tree(root)
    shown = run_cli("add", "feature", *TASKS, "--diff", cwd=root)
    assert (shown.code, shown.err) == (0, "")
    assert tree(root) == before
    run_cli("add", "feature", *TASKS, cwd=other)
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "apply", "-"], cwd=root, input=shown.out, text=True, check=True)
    assert tree(root) == tree(other)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("orders",), "say what an order has, like `--field title:str`"),
        (("users", "--field", "a:str"), "the feature `users` exists in src/app/features/users"),
        (("Orders", "--field", "a:str"), "`Orders` cannot be the name of a feature"),
        (("pages", "--field", "a:str"), "`page` means something else in the code of a feature"),
        (("mappings", "--field", "a:str"), "`Mapping` is also collections.abc.Mapping"),
        (("refresh_tokens", "--field", "a:str"), "the model `RefreshToken` exists in src/app/features/auth/models.py"),
        (("tokens", "--singular", "refresh_token", "--field", "a:str"), "the model `RefreshToken` exists"),
        (("orders", "--field", "id:int"), "`id` is the primary key"),
        (("orders", "--field", "created_at:datetime"), "`created_at` is a column of all models"),
        (("orders", "--field", "user_id:int", "--belongs-to", "users"), "`user_id` is the reference to User"),
        (("orders", "--field", "a:money"), "unknown type `money`"),
        (("orders", "--field", "a:str", "--belongs-to", "shops"), "there is no model of `shops` to belong to"),
        (("orders", "--field", "a:str", "--belongs-to", "users", "--belongs-to", "User"), "belongs to User once only"),
        (("orders", "--field", "a:str", "--belongs-to", "items?"), "nobody would own an order without one"),
        (("orders", "--field", "a:str", "--belongs-to", "auth"), "no function that makes a refresh token"),
        (("orders", "--field", "a:str", "--project", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_added_is_refused_in_one_line(
    make_project: MakeProject, run_cli: RunCli, arguments: tuple[str, ...], problem: str
) -> None:
    root = make_project()
    before = tree(root)
    run = run_cli("add", "feature", *arguments, cwd=root)
    assert (run.code, run.out) == (2, "")
    assert problem in run.err
    assert run.err.splitlines()[-1].startswith("Error: ")
    assert tree(root) == before


def test_where_no_project_is_nothing_is_read(run_cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # as far as a search for the root of a project goes
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/broken.py").write_text("(")
    run = run_cli("add", "feature", "orders", "--field", "a:str", cwd=tmp_path / "shared")
    assert (run.code, run.out) == (2, "")
    assert f"{tmp_path}/shared: no project is here; run this in one, or name it with --project" in run.err


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "src/app/database.py",
            'Depends(get_session, scope="function")',
            "None",
            "no alias of `Annotated[AsyncSession",
        ),
        ("src/app/features/auth/dependencies.py", "Annotated[User,", "Annotated[object,", "no alias of who is logged"),
        ("src/app/core/schemas.py", "default_factory=_omitted", "default=None", "for what a PATCH may leave out"),
        ("src/app/core/exceptions.py", "HTTP_404_NOT_FOUND", "HTTP_410_GONE", "no exception for 404"),
        ("src/app/core/schemas.py", "Query()", "1", "no schema with `limit` and `offset`"),
        ("alembic/env.py", "from alembic import context", "", "one Alembic environment"),
        ("alembic/versions/0001_users.py", "= None", '= "0000"', "0001_users.py: follows the revision `0000`"),
        (
            "src/app/api/router.py",
            "api_router.include_router",
            "print",
            "no router that includes those of the features",
        ),
        ("tests/conftest.py", "-> AsyncClient", "-> object", "the tests need fixtures of httpx.AsyncClient"),
        ("src/app/features/items/api.py", 'prefix="/items"', 'prefix="/tasks"', "the path `/tasks` is that of"),
        ("src/app/main.py", "def create_app", "def def", "src/app/main.py:"),
        ("pyproject.toml", "line-length = ", "line-length = -", "cannot be formatted"),
    ],
)
def test_a_project_without_the_layout_is_told_what_it_lacks(
    make_project: MakeProject, run_cli: RunCli, file: str, old: str, new: str, problem: str
) -> None:
    root = make_project()
    source = (root / file).read_text()
    assert old in source
    (root / file).write_text(source.replace(old, new))
    before = tree(root)
    run = run_cli("add", "feature", *TASKS, cwd=root)
    assert run.code == 2
    assert problem in run.err
    assert run.err.count("\n") == 1
    assert tree(root) == before


def test_a_project_without_features_is_told_so(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "pyproject.toml").touch()
    run = run_cli("add", "feature", *TASKS, cwd=tmp_path)
    assert run.code == 2
    assert run.err.startswith("Error: found no folder of features")
