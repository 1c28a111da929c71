"""What is made from rules is written between its markers, and drift is an error."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastapi_lint.knowledge.pydantic_v1 import Behaviour, idiom_table
from fastapi_lint_dev.generated.command import generate
from fastapi_lint_dev.generated.targets import BEGIN, END
from fastapi_lint_dev.places import CORPUS, ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\nthe rest\n")
    (tmp_path / "checkers").mkdir()
    tables = tmp_path / "tests" / "corpus"
    tables.mkdir(parents=True)
    (tables / "cases.tsv").write_bytes((CORPUS / "cases.tsv").read_bytes())
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "7.8.9"\n')
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / ".claude-plugin").mkdir()
    (tmp_path / ".claude-plugin" / "plugin.json").write_text('{"name": "x", "version": "0.0.1"}')
    (tmp_path / ".claude-plugin" / "marketplace.json").write_text('{"plugins": [{"name": "x"}]}')
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "launch.sh").write_text("#!/bin/sh\nversion=0.0.1\nrun $version\n")
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
    references = root / "skills" / "fastapi-lint-review" / "references"
    assert "\n## FL001 unreadable-file (error)\n" in (references / "rules-engine.md").read_text()
    assert "\n## FL402 n-plus-one-relationship (warning)\n" in (references / "rules-queries.md").read_text()


def test_every_silent_change_of_pydantic_is_in_the_reference(root: Path) -> None:
    run(root)
    names = (root / "skills" / "fastapi-lint-pydantic-v2" / "references" / "names.md").read_text()
    silent, _, _ = names.partition("## Raises when the line runs")
    assert all(f"\n| `{idiom.name}` |" in silent for idiom in idiom_table() if idiom.behaviour is Behaviour.SILENT)


def test_the_feature_is_the_one_of_the_template(root: Path) -> None:
    run(root)
    page = (root / "skills" / "fastapi-lint-build" / "references" / "feature.md").read_text()
    service = root / "templates" / "project" / "items" / "src" / "app" / "features" / "items" / "services.py"
    assert f"```python file=app/features/items/services.py\n{service.read_text()}```" in page


def test_the_plugin_has_the_version_of_the_distribution(root: Path) -> None:
    run(root)
    plugin = json.loads((root / ".claude-plugin" / "plugin.json").read_text())
    catalogue = json.loads((root / ".claude-plugin" / "marketplace.json").read_text())
    assert plugin == {"name": "x", "version": "7.8.9"}
    assert catalogue == {"plugins": [{"name": "x", "version": "7.8.9"}]}
    assert (root / "hooks" / "launch.sh").read_text() == "#!/bin/sh\nversion=7.8.9\nrun $version\n"


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
