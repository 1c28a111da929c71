"""A scaffolded rule is a module that parses, names itself, and never overwrites another."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastapi_lint_dev.new_rule import new_rule


def scaffold(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(new_rule, [*arguments, "--root", str(root)])


def test_the_files_of_a_rule_lie_where_rules_and_proofs_lie(tmp_path: Path) -> None:
    result = scaffold(tmp_path, "FL299", "loop-stands-still", "async")
    assert result.exit_code == 0
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")) == [
        "checkers/fastapi_lint/rules/asynchronous/loop_stands_still.py",
        "checkers/fastapi_lint/rules/asynchronous/loop_stands_still_examples.py",
        "tests/proofs/test_fl299_loop_stands_still.py",
    ]


def test_every_file_parses_and_the_rule_says_its_code_and_name(tmp_path: Path) -> None:
    scaffold(tmp_path, "FL299", "loop-stands-still", "async")
    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text())
    rule = (tmp_path / "checkers/fastapi_lint/rules/asynchronous/loop_stands_still.py").read_text()
    assert 'code: ClassVar = "FL299"' in rule
    assert "class LoopStandsStill(Rule):" in rule


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("FL1", "two-words", "async"), "FL1 is no code"),
        (("FL299", "Two_Words", "async"), "Two_Words is no name"),
        (("FL299", "two-words", "engine"), "'engine' is not one of"),
        (("FL299", "../../escape", "async"), "is no name"),
    ],
)
def test_a_wrong_word_is_refused_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    result = scaffold(tmp_path, *arguments)
    assert result.exit_code == 2
    assert complaint in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("second", [("FL299", "other-name"), ("FL298", "loop-stands-still")])
def test_a_code_or_a_name_is_never_given_twice(tmp_path: Path, second: tuple[str, str]) -> None:
    scaffold(tmp_path, "FL299", "loop-stands-still", "async")
    result = scaffold(tmp_path, *second, "async")
    assert result.exit_code == 2
    assert "exists" in result.output
