"""Every example of every rule: bad code is reported exactly at its markers, all other code is left alone."""

import re
from pathlib import Path

import pytest

from fastapi_lint.rules.base import Example, ExampleKind, Rule
from fastapi_lint.rules.registry import load_rules
from tests.projects import build_project

_MARKER = re.compile(r"# expect: (?P<codes>[A-Z0-9, ]+)")
_CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{example.kind}-{example.title}")
    for rule in load_rules()
    for example in rule.examples
]


def _expected(example: Example, code: str) -> set[tuple[str, int]]:
    return {
        (key, row)
        for key, text in example.files.items()
        for row, line in enumerate(text.splitlines(), start=1)
        if (marker := _MARKER.search(line)) and code in marker["codes"].split(", ")
    }


@pytest.mark.parametrize(("rule", "example"), _CASES)
def test_example_is_judged_as_it_says(rule: Rule, example: Example, tmp_path: Path) -> None:
    project = build_project(tmp_path, example.files)
    found = {
        (violation.module, example.files[violation.module].encode()[: violation.span.start].count(b"\n") + 1)
        for violation in rule.check(project)
    }
    assert found == _expected(example, rule.code)


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.code)
def test_rule_shows_bad_and_good_code(rule: Rule) -> None:
    kinds = {example.kind for example in rule.examples}
    assert {ExampleKind.BAD, ExampleKind.GOOD} <= kinds
    for example in rule.examples:
        assert bool(_expected(example, rule.code)) == (example.kind is ExampleKind.BAD), example.title
