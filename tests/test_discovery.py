"""Discovery: the root of a project, its files, what is left out, and what each file is for."""

import os
import subprocess
from pathlib import Path

import pytest

from fastapi_lint.discovery import LARGEST_SOURCE, FileKind, Tree, discover
from fastapi_lint.roots import PathError, find_project_root
from fastapi_lint.source import SourceError
from tests.conftest import MakeTree


def tree_of(*paths: Path, exclude: tuple[str, ...] | None = None) -> Tree:
    project = find_project_root(paths)
    return discover(project, paths) if exclude is None else discover(project, paths, exclude=exclude)


def keys(tree: Tree) -> list[str]:
    return [file.key for file in tree.files]


def git_init(root: Path) -> None:
    subprocess.run(["git", "init", "-q", root], check=True)


# the root


@pytest.mark.parametrize("marker", ["pyproject.toml", "setup.cfg", "requirements.txt", "requirements-dev.txt"])
def test_the_nearest_directory_with_a_project_file_is_the_root(make_tree: MakeTree, marker: str) -> None:
    root = make_tree({f"backend/{marker}": "", "backend/app/api/users.py": ""})
    assert find_project_root([root / "backend/app/api"]).root == root / "backend"


def test_a_git_work_tree_is_a_root(make_tree: MakeTree) -> None:
    root = make_tree({"app/main.py": ""})
    git_init(root)
    assert find_project_root([root / "app/main.py"]).root == root


def test_a_directory_without_any_project_file_is_its_own_root(make_tree: MakeTree) -> None:
    root = make_tree({"app/main.py": ""})
    assert find_project_root([root / "app"]).root == root / "app"


def test_a_root_is_never_inside_a_package(make_tree: MakeTree) -> None:
    root = make_tree({"app/__init__.py": "", "app/api/__init__.py": "", "app/api/requirements.txt": ""})
    assert find_project_root([root / "app/api"]).root == root


def test_requirements_in_an_import_package_belong_to_the_directory_above(make_tree: MakeTree) -> None:
    root = make_tree({"app/requirements.txt": "", "app/main.py": "import os\nfrom app.models import User\n"})
    git_init(root)
    assert find_project_root([root / "app"]).root == root


def test_services_side_by_side_are_projects_of_their_own(make_tree: MakeTree) -> None:
    files = {
        f"{name}/{file}": "from app import x\n" for name in ("orders", "users") for file in ("main.py", "app/x.py")
    }
    root = make_tree({**files, "orders/requirements.txt": "", "users/requirements.txt": ""})
    git_init(root)
    assert find_project_root([root / "orders/app"]).root == root / "orders"
    assert find_project_root([root / "orders", root / "users"]).root == root


def test_requirements_of_tests_make_no_project(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "tests/requirements.txt": "", "tests/test_a.py": ""})
    assert find_project_root([root / "tests"]).root == root


def test_a_workspace_member_belongs_to_its_workspace(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
            "packages/core/pyproject.toml": "",
            "packages/api/pyproject.toml": "",
        }
    )
    assert find_project_root([root / "packages/core"]).root == root


def test_a_project_that_is_no_member_is_its_own_root(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
            "examples/shop/pyproject.toml": "",
        }
    )
    assert find_project_root([root / "examples/shop"]).root == root / "examples/shop"


def test_a_dependency_by_path_in_the_repository_is_read_too(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            "libs/db/pyproject.toml": "",
            "libs/db/db/models.py": "",
            "libs/other/other.py": "",
            "apps/api/pyproject.toml": '[tool.uv.sources]\ndb = { path = "../../libs/db" }\n',
            "apps/api/main.py": "",
        }
    )
    git_init(root)
    assert keys(tree_of(root / "apps/api")) == ["apps/api/main.py", "libs/db/db/models.py"]


def test_several_paths_share_the_root_above_them(make_tree: MakeTree) -> None:
    root = make_tree({"a/pyproject.toml": "", "b/pyproject.toml": "", "c/x.py": ""})
    git_init(root)
    assert find_project_root([root / "a", root / "b"]).root == root


def test_unrelated_projects_are_read_side_by_side(make_tree: MakeTree) -> None:
    root = make_tree({"a/pyproject.toml": "", "a/x.py": "", "b/pyproject.toml": "", "b/y.py": "", "c/z.py": ""})
    assert keys(tree_of(root / "a", root / "b")) == ["a/x.py", "b/y.py"]


def test_a_path_that_does_not_exist_is_said(make_tree: MakeTree) -> None:
    with pytest.raises(PathError, match="no such file"):
        find_project_root([make_tree({}) / "nothing"])


def test_any_path_in_a_project_gives_the_same_files(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "app/__init__.py": "", "app/main.py": "", "tests/test_main.py": ""})
    whole = keys(tree_of(root))
    assert whole == ["app/__init__.py", "app/main.py", "tests/test_main.py"]
    assert keys(tree_of(root / "app/main.py")) == whole
    assert keys(tree_of(root / "tests")) == whole


# what is left out


def test_ignore_files_count_at_all_levels(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            "pyproject.toml": "",
            ".gitignore": "generated/\n*_pb2.py\n!keep_pb2.py\n",
            "app/.gitignore": "/local.py\n",
            "app/a.py": "",
            "app/local.py": "",
            "app/b_pb2.py": "",
            "app/keep_pb2.py": "",
            "app/deep/local.py": "",
            "app/generated/x.py": "",
        }
    )
    assert keys(tree_of(root)) == ["app/a.py", "app/deep/local.py", "app/keep_pb2.py"]


def test_ignore_files_above_the_root_count_in_a_repository(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            ".gitignore": "backend/secret.py\ntmp/\n",
            "backend/pyproject.toml": "",
            "backend/secret.py": "",
            "backend/a.py": "",
        }
    )
    git_init(root)
    (root / ".git/info/exclude").write_text("local_*.py\n")
    (root / "backend/local_x.py").write_text("")
    assert keys(tree_of(root / "backend")) == ["a.py"]


def test_a_project_in_an_ignored_directory_is_still_read(make_tree: MakeTree) -> None:
    root = make_tree({".gitignore": "tmp/\n", "tmp/p/pyproject.toml": "", "tmp/p/a.py": ""})
    git_init(root)
    assert keys(tree_of(root / "tmp/p")) == ["a.py"]


@pytest.mark.parametrize("name", [".venv", "venv", "node_modules", "__pycache__", ".tox", "site-packages", "dist"])
def test_the_usual_directories_are_left_out(make_tree: MakeTree, name: str) -> None:
    root = make_tree({"pyproject.toml": "", f"{name}/x.py": "", f"app/{name}/y.py": "", "app/z.py": ""})
    assert keys(tree_of(root)) == ["app/z.py"]


def test_a_virtual_environment_of_any_name_is_left_out(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "my-env/pyvenv.cfg": "", "my-env/lib/x.py": "", "a.py": ""})
    assert keys(tree_of(root)) == ["a.py"]


def test_a_project_inside_its_own_virtual_environment_is_read(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "pyvenv.cfg": "", "a.py": "", "lib/python3.12/site-packages/x.py": ""})
    assert keys(tree_of(root)) == ["a.py"]


def test_other_work_trees_are_left_out_and_submodules_are_not(make_tree: MakeTree) -> None:
    root = make_tree(
        {
            "pyproject.toml": "",
            "a.py": "",
            ".worktrees/fix/.git": "gitdir: /repo/.git/worktrees/fix\n",
            ".worktrees/fix/a.py": "",
            "vendor/lib/.git": "gitdir: ../../.git/modules/lib\n",
            "vendor/lib/b.py": "",
        }
    )
    assert keys(tree_of(root)) == ["a.py", "vendor/lib/b.py"]


def test_exclude_takes_names_paths_and_patterns(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": "", "a.py": "", "gen/b.py": "", "app/gen/c.py": "", "app/old/d.py": "", "e_pb2.py": ""}
    root = make_tree(files)
    assert keys(tree_of(root, exclude=("gen", "app/old", "*_pb2.py"))) == ["a.py"]


def test_exclude_is_relative_to_the_config_that_says_it(make_tree: MakeTree) -> None:
    root = make_tree({"backend/pyproject.toml": "", "backend/old/a.py": "", "backend/b.py": ""})
    project = find_project_root([root / "backend"])
    tree = discover(project, exclude=("backend/old",), exclude_base=root)
    assert keys(tree) == ["b.py"]


def test_a_file_or_directory_that_was_asked_for_is_read_although_it_is_left_out(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "build/a.py": "", "build/b.py": "", "app.py": "", "venv/lib/c.py": ""})
    assert keys(tree_of(root / "build/a.py")) == ["app.py", "build/a.py"]
    assert keys(tree_of(root / "venv")) == ["app.py", "venv/lib/c.py"]


# hostile trees


def test_links_out_of_the_tree_are_not_followed_and_said(make_tree: MakeTree) -> None:
    outside = make_tree({"secret.py": ""})
    root = make_tree({"pyproject.toml": "", "a.py": ""})
    (root / "link").symlink_to(outside)
    (root / "secret.py").symlink_to(outside / "secret.py")
    tree = tree_of(root)
    assert keys(tree) == ["a.py"]
    assert [item.key for item in tree.skipped] == ["link", "secret.py"]
    assert all(item.harmless for item in tree.skipped)


def test_a_cycle_of_links_ends(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "a/b.py": ""})
    (root / "a/up").symlink_to(root)
    (root / "a/self.py").symlink_to(root / "a/self.py")
    (root / "a/loop").symlink_to(root / "a/loop")
    assert keys(tree_of(root)) == ["a/b.py"]


def test_names_with_newlines_and_escape_sequences_are_files_like_others(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "a\nb.py": "", "c\x1b[31m.py": "", "d e.py": ""})
    assert keys(tree_of(root)) == ["a\nb.py", "c\x1b[31m.py", "d e.py"]


def test_a_name_that_is_not_utf8_is_said(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": ""})
    (root / os.fsdecode(b"b\xff.py")).write_text("")
    tree = tree_of(root)
    assert keys(tree) == ["a.py"]
    assert [item.reason for item in tree.skipped] == ["the file's name is not valid UTF-8"]
    assert not tree.skipped[0].harmless


def test_a_pipe_called_py_is_no_file(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": ""})
    os.mkfifo(root / "b.py")
    assert keys(tree_of(root)) == ["a.py"]


def test_a_huge_file_is_found_and_refuses_to_be_read(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": ""})
    with (root / "big.py").open("wb") as stream:
        stream.truncate(LARGEST_SOURCE + 1)
    (file,) = tree_of(root).files
    with pytest.raises(SourceError, match=r"over the limit of 4 MiB"):
        file.read()


def test_a_broken_ignore_file_ignores_nothing(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", ".gitignore": b"\xff\xfe\x00[\n!\n/\n[z-a]\n", "a.py": ""})
    assert keys(tree_of(root)) == ["a.py"]


def test_pipes_and_devices_in_place_of_settings_do_not_block(make_tree: MakeTree) -> None:
    root = make_tree({"requirements.txt": "", "app/pyproject.toml": "", "app/a.py": ""})
    os.mkfifo(root / "pyproject.toml")
    os.mkfifo(root / ".gitignore")
    (root / "app/.gitignore").symlink_to("/dev/zero")
    assert keys(tree_of(root)) == ["app/a.py"]
    assert keys(tree_of(root / "app")) == ["a.py"]


def test_a_file_of_another_kind_that_was_asked_for_is_said(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "README.md": "", "tool": "", "a.py": ""})
    tree = tree_of(root / "README.md", root / "tool")
    assert keys(tree) == ["a.py", "tool"]
    assert [(item.key, item.reason) for item in tree.skipped] == [("README.md", "it is no Python file")]


def test_a_file_that_went_away_says_so(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "a.py": ""})
    (file,) = tree_of(root).files
    file.path.unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        file.read()


# what files are for


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("app/main.py", FileKind.APP),
        ("app/latest.py", FileKind.APP),
        ("app/tools/search.py", FileKind.APP),
        ("tests/helpers.py", FileKind.TEST),
        ("app/users/tests/factories.py", FileKind.TEST),
        ("app/test_users.py", FileKind.TEST),
        ("app/users_test.py", FileKind.TEST),
        ("app/conftest.py", FileKind.TEST),
        ("alembic/versions/001.py", FileKind.MIGRATION),
        ("app/alembic/env.py", FileKind.MIGRATION),
        ("server/migrations/versions/001.py", FileKind.MIGRATION),
        ("app/database/revisions/versions/001.py", FileKind.MIGRATION),
        ("scripts/seed.py", FileKind.SCRIPT),
        ("app/scripts/seed.py", FileKind.SCRIPT),
        ("evals/run.py", FileKind.SCRIPT),
        ("docs/conf.py", FileKind.SCRIPT),
        ("examples/shop/main.py", FileKind.SCRIPT),
        ("setup.py", FileKind.SCRIPT),
        ("app/setup.py", FileKind.APP),
    ],
)
def test_a_path_says_what_a_file_is_for(make_tree: MakeTree, key: str, kind: FileKind) -> None:
    root = make_tree({"pyproject.toml": "", key: ""})
    assert {file.key: file.kind for file in tree_of(root).files}[key] is kind


def test_documents_inside_a_package_are_application_code(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "app/__init__.py": "", "app/docs/router.py": ""})
    assert {file.kind for file in tree_of(root).files} == {FileKind.APP}


def test_an_alembic_environment_is_known_by_its_template(make_tree: MakeTree) -> None:
    root = make_tree({"pyproject.toml": "", "db/script.py.mako": "", "db/env.py": "", "db/versions/001.py": ""})
    assert {file.kind for file in tree_of(root).files} == {FileKind.MIGRATION}


def test_files_that_say_versions_are_collected(make_tree: MakeTree) -> None:
    names = ["api/requirements-dev.txt", "pyproject.toml", "requirements/base.in", "uv.lock"]
    root = make_tree(dict.fromkeys([*names, "notes.txt", "a.py"], ""))
    os.mkfifo(root / "requirements.txt")
    assert [path.relative_to(root).as_posix() for path in tree_of(root).manifests] == names
