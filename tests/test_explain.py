"""Explaining rules: what a docstring says, in three formats."""

import json
import re

import pytest

from fastapi_lint.config import APP_ONLY_FAMILIES, FAMILIES
from fastapi_lint.engine import ENGINE_RULES
from fastapi_lint.explain import (
    SECTIONS,
    ExplainFormat,
    UnknownRuleError,
    all_rules,
    explain_all,
    explain_rule,
    parse_docstring,
)
from fastapi_lint.integrations.agent_files.rules import AGENT_RULES
from fastapi_lint.rules.base import Family
from tests.conftest import RunCli

_SECTIONS = {"What it does": "Finds it.\n\nAll of it.", "Why is this bad": "It is slow."}


@pytest.mark.parametrize("style", ["{}\n----", "*{}*", "## {}", "**{}**", "{}:", "{}"])
def test_sections_are_found_in_any_style(style: str) -> None:
    docstring = "\n\n".join(["One line.", *(f"{style.format(name)}\n{body}" for name, body in _SECTIONS.items())])
    assert parse_docstring(docstring) == ("One line.", _SECTIONS)


def test_a_summary_of_two_rows_is_one_sentence() -> None:
    assert parse_docstring("One\nline.\n\nMore.") == ("One line.", {})


def test_the_families_of_selectors_are_those_of_the_rules() -> None:
    assert set(FAMILIES) == {str(family) for family in Family}
    assert set(APP_ONLY_FAMILIES) < set(FAMILIES)


def test_codes_and_names_are_unique_with_those_of_the_engine() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)
    assert [rule.code for rule in rules] == sorted(rule.code for rule in rules)
    assert [rule for rule in rules if rule.family == "engine"] == list(ENGINE_RULES)


def test_every_rule_says_what_it_does_and_why() -> None:
    for rule in all_rules():
        assert rule.summary.endswith("."), rule.code
        assert set(SECTIONS[:2]) <= set(rule.sections), rule.code


@pytest.mark.usefixtures("shell_rules_only")
def test_a_rule_is_found_by_code_and_by_name() -> None:
    text = explain_rule("FL290", ExplainFormat.TEXT)
    assert explain_rule("async-function", ExplainFormat.TEXT) == explain_rule("fl290", ExplainFormat.TEXT) == text
    assert text.startswith("FL290 async-function\nFamily async, severity warning, stable since 0.1.0\n")
    assert "What it does\nFinds each ``async def``." in text
    assert "Bad: an async function\n  app.py\n    async def f(): ..." in text


def test_text_repeats_no_file_and_fits_a_terminal() -> None:
    described, *examples = re.split(
        r"^(?=Bad|Good|Looks)", explain_rule("FL404", ExplainFormat.TEXT), flags=re.MULTILINE
    )
    assert all(len(line) <= 80 for line in described.splitlines())
    assert described.count("\n- ") == 2
    files = [re.findall(r"^  (app/\w+\.py)$", example, re.MULTILINE) for example in examples]
    assert files[1] == ["app/repositories.py"]
    assert "  app/models.py, app/schemas.py, app/database.py, app/services.py, app/main.py: as above\n" in examples[1]
    assert "app/models.py" in files[0]


@pytest.mark.usefixtures("shell_rules_only")
def test_an_unknown_rule_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UnknownRuleError, match="there is no rule `asinc-function`; did you mean `async-function`"):
        explain_rule("asinc-function", ExplainFormat.TEXT)


@pytest.mark.usefixtures("shell_rules_only")
def test_json_holds_everything() -> None:
    described = json.loads(explain_rule("FL290", ExplainFormat.JSON))
    assert described["sections"]["What it does"] == "Finds each ``async def``."
    assert described["examples"][0]["files"] == {"app.py": "async def f(): ...  # expect: FL290\n"}
    listed = json.loads(explain_all(ExplainFormat.JSON))
    assert [rule["code"] for rule in listed] == ["FL001", "FL002", "FL003", "FL004", "FL290", "FL291", "FL690", "FL691"]


@pytest.mark.usefixtures("shell_rules_only")
def test_markdown_has_headings_and_code() -> None:
    text = explain_rule("FL290", ExplainFormat.MARKDOWN)
    assert text.startswith("# FL290: async-function\n")
    assert "## What it does\n\nFinds each" in text
    assert "```python\nasync def f(): ...\n```" in text
    assert "| FL291 | `async-function-preview` | async | warning |" in explain_all(ExplainFormat.MARKDOWN)


@pytest.mark.usefixtures("shell_rules_only")
def test_the_command_lists_and_explains(run_cli: RunCli, tmp_path_factory: pytest.TempPathFactory) -> None:
    cwd = tmp_path_factory.mktemp("cwd")
    listed = run_cli("rule", "--all", cwd=cwd)
    assert (listed.code, len(listed.out.splitlines())) == (0, 8)
    assert run_cli("rule", "FL290", cwd=cwd).out == explain_rule("FL290", ExplainFormat.TEXT)
    assert json.loads(run_cli("rule", "FL290", "--output-format", "json", cwd=cwd).out)["name"] == "async-function"


def test_the_command_explains_the_codes_of_agent_check(
    run_cli: RunCli, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cwd = tmp_path_factory.mktemp("cwd")
    for rule in AGENT_RULES:
        run = run_cli("rule", rule.code.lower(), cwd=cwd)
        assert (run.code, run.out.splitlines()[0]) == (0, f"{rule.code} {rule.name}")
        assert rule.sections["Why is this bad"] in " ".join(run.out.split())
        assert run_cli("rule", rule.name, cwd=cwd).out == run.out
    assert "did you mean `AF00" in run_cli("rule", "AF010", cwd=cwd).err


def test_the_command_wants_one_rule_or_all(run_cli: RunCli, tmp_path_factory: pytest.TempPathFactory) -> None:
    cwd = tmp_path_factory.mktemp("cwd")
    for arguments in (["rule"], ["rule", "--all", "FL001"], ["rule", "FL000"]):
        run = run_cli(*arguments, cwd=cwd)
        assert (run.code, run.out) == (2, "")
        assert "Error: " in run.err
