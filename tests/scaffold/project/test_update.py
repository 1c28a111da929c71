"""``fastapi-lint new --update``: a project and its templates have both gone on, and nothing is lost."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fastapi_lint import resources
from fastapi_lint.resources import Resource, resource_directory
from fastapi_lint.scaffold.project.record import BASE, RECORD
from tests.conftest import Run, RunCli

ROUTER = "src/app/api/router.py"
CONFIG = "src/app/config.py"
SCHEMAS = "src/app/features/items/schemas.py"


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Templates that the test may change, as a later version does."""
    later = tmp_path / "later"
    shutil.copytree(resource_directory(Resource.TEMPLATES), later / "templates")
    monkeypatch.setattr(resources, "_IN_WHEEL", later)
    return later / "templates/project"


@pytest.fixture
def shop(run_cli: RunCli, tmp_path: Path) -> Path:
    """Render a project."""
    assert run_cli("new", "shop", "--defaults", cwd=tmp_path).code == 0
    return tmp_path / "shop"


Update = Callable[[], Run]


@pytest.fixture
def update(run_cli: RunCli, shop: Path) -> Update:
    """Update the project."""
    return lambda: run_cli("new", "--update", cwd=shop)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_without_news_nothing_changes(shop: Path, update: Update) -> None:
    edit(shop / CONFIG, "minutes=15", "minutes=5")
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    done = update()
    assert (done.code, done.out) == (0, "up to date\n")
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before


def test_edits_of_both_sides_are_kept(shop: Path, templates: Path, update: Update) -> None:
    edit(shop / CONFIG, "minutes=15", "minutes=5")
    edit(templates / "base" / CONFIG, "once for each process", "a single time")
    edit(templates / "items" / SCHEMAS, "A new item.", "A new thing.")
    (templates / "base/docs").mkdir()
    (templates / "base/docs/new.md.jinja").write_text("# {{ name }}\n")
    done = update()
    assert (done.code, done.err) == (0, "")
    assert "merged   src/app/config.py" in done.out
    assert "updated  src/app/features/items/schemas.py" in done.out
    assert "added    docs/new.md" in done.out
    assert "minutes=5" in (shop / CONFIG).read_text()
    assert "a single time" in (shop / CONFIG).read_text()
    assert (shop / "docs/new.md").read_text() == "# shop\n"
    assert update().out == "up to date\n"


def test_a_conflict_is_marked_and_holds_both_sides(shop: Path, templates: Path, update: Update) -> None:
    edit(shop / CONFIG, "minutes=15", "minutes=5")
    edit(templates / "base" / CONFIG, "minutes=15", "minutes=30")
    done = update()
    assert done.code == 1
    assert "conflict src/app/config.py" in done.out
    text = (shop / CONFIG).read_text()
    assert "<<<<<<< yours" in text
    assert "minutes=5)" in text
    assert "minutes=30)" in text


def test_a_new_file_that_the_user_has_too_is_a_conflict(shop: Path, templates: Path, update: Update) -> None:
    (shop / "NOTES.md").write_text("mine\n")
    (templates / "base/NOTES.md").write_text("theirs\n")
    assert update().code == 1
    text = (shop / "NOTES.md").read_text()
    assert "mine" in text
    assert "theirs" in text


def test_what_the_template_drops_goes_unless_it_was_changed(shop: Path, templates: Path, update: Update) -> None:
    edit(shop / ".dockerignore", "!src/", "!src/\n!data/")
    (templates / "base/.dockerignore").unlink()
    (templates / "base/src/app/api/health.py").unlink()
    done = update()
    assert "kept     .dockerignore: you changed it" in done.out
    assert "deleted  src/app/api/health.py" in done.out
    assert "!data/" in (shop / ".dockerignore").read_text()
    assert not (shop / "src/app/api/health.py").exists()


def test_what_the_user_deleted_stays_away(shop: Path, templates: Path, update: Update) -> None:
    (shop / ".dockerignore").unlink()
    (shop / ROUTER).unlink()
    edit(templates / "base/.dockerignore", "!src/", "!src/\n!data/")
    done = update()
    assert done.out.splitlines()[0] == "kept     .dockerignore: you deleted it; the template has changed it"
    assert not (shop / ".dockerignore").exists()
    assert not (shop / ROUTER).exists()


def test_uncommitted_changes_are_refused(shop: Path, templates: Path, update: Update) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=shop, check=True, capture_output=True)

    git("init")
    git("add", "--all")
    git("commit", "-m", "new")
    edit(shop / CONFIG, "minutes=15", "minutes=5")
    edit(templates / "base" / CONFIG, "once for each process", "a single time")
    refused = update()
    assert refused.code == 2
    assert "not committed" in refused.err
    assert "a single time" not in (shop / CONFIG).read_text()
    git("commit", "--all", "-m", "mine")
    assert update().code == 0


def test_a_folder_that_was_not_rendered_is_refused(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("new", "--update", cwd=tmp_path)
    assert done.code == 2
    assert "only a project that `new` has made" in done.err


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": "9", "answers": {"name": "x", "later": true}}',
        b'{"version": "1", "answers": {"name": "x", "python": "2.7"}}',
        b'{"version": "1", "answers": {"name": "../x"}}',
    ],
)
def test_a_damaged_record_is_refused(shop: Path, update: Update, damage: bytes) -> None:
    (shop / RECORD).write_bytes(damage)
    done = update()
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_a_damaged_base_is_refused(shop: Path, update: Update) -> None:
    (shop / BASE).write_bytes((shop / BASE).read_bytes()[:1000])
    assert update().code == 2
    (shop / BASE).unlink()
    assert update().code == 2


def test_a_base_that_names_files_elsewhere_deletes_nothing(shop: Path, update: Update) -> None:
    outside = shop.parent / "outside.txt"
    outside.write_text("kept")
    with zipfile.ZipFile(shop / BASE, "a") as archive:
        archive.writestr("../outside.txt", "kept")
    assert update().code == 2
    assert outside.exists()


def test_a_link_that_leads_out_is_not_followed(shop: Path, templates: Path, update: Update) -> None:
    outside = shop.parent / "outside.py"
    shutil.move(shop / CONFIG, outside)
    (shop / CONFIG).symlink_to(outside)
    edit(templates / "base" / CONFIG, "once for each process", "a single time")
    before = outside.read_bytes()
    done = update()
    assert done.code == 2
    assert "a link leads out of the project" in done.err
    assert outside.read_bytes() == before
