"""What is made from rules is written between its markers, and drift is an error."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastapi_lint_dev.generated.command import generate
from fastapi_lint_dev.generated.targets import BEGIN, END
from fastapi_lint_dev.places import CORPUS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\nthe rest\n")
    (tmp_path / "checkers").mkdir()
    tables = tmp_path / "tests" / "corpus"
    tables.mkdir(parents=True)
    (tables / "cases.tsv").write_bytes((CORPUS / "cases.tsv").read_bytes())
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "7.8.9"\n')
    (tmp_path / ".claude-plugin").mkdir()
    (tmp_path / ".claude-plugin" / "plugin.json").write_text('{"name": "x", "version": "0.0.1"}')
    (tmp_path / ".claude-plugin" / "marketplace.json").write_text('{"plugins": [{"name": "x"}]}')
    return tmp_path


def run(root: Path, *options: str) -> Result:
    return CliRunner().invoke(generate, [*options, "--root", str(root)])


def test_generating_twice_changes_nothing(root: Path) -> None:
    assert "wrote README.md" in run(root).output
    assert (run(root).output, run(root, "--check").exit_code) == ("", 0)


def test_text_around_the_markers_stays(root: Path) -> None:
    run(root)
    readme = (root / "README.md").read_text()
    assert readme.startswith(f"# Title\n\n{BEGIN}\n| Code |")
    assert readme.endswith(f"{END}\n\nthe rest\n")


def test_every_rule_has_its_row_and_its_page(root: Path) -> None:
    run(root)
    assert "| FL001 | `unreadable-file` |" in (root / "README.md").read_text()
    assert "\n## FL001: unreadable-file\n" in (root / "checkers" / "RULES.md").read_text()


def test_the_plugin_has_the_version_of_the_distribution(root: Path) -> None:
    run(root)
    plugin = json.loads((root / ".claude-plugin" / "plugin.json").read_text())
    catalogue = json.loads((root / ".claude-plugin" / "marketplace.json").read_text())
    assert plugin == {"name": "x", "version": "7.8.9"}
    assert catalogue == {"plugins": [{"name": "x", "version": "7.8.9"}]}


def test_drift_is_shown_and_fails_without_writing(root: Path) -> None:
    run(root)
    readme = root / "README.md"
    drifted = readme.read_text().replace("unreadable-file", "another-name")
    readme.write_text(drifted)
    result = run(root, "--check")
    assert result.exit_code == 1
    assert "-| FL001 | `another-name`" in result.output
    assert readme.read_text() == drifted


def test_a_readme_without_markers_is_an_error(root: Path) -> None:
    (root / "README.md").write_text("# Title\n")
    result = run(root)
    assert (result.exit_code, "README.md needs the lines" in result.output) == (1, True)
