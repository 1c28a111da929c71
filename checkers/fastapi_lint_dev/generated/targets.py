"""What is generated, and from what; a target is a function from the text that is there to what should be there."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from fastapi_lint.explain import ExplainFormat, all_rules, explain_all, explain_rule
from fastapi_lint.rules.base import Family
from fastapi_lint_dev.cases.results import read_results, render_page
from fastapi_lint_dev.cases.table import read_cases
from fastapi_lint_dev.generated.eval_sets import sets_of_skills
from fastapi_lint_dev.generated.feature_reference import feature_reference
from fastapi_lint_dev.generated.skill_references import pydantic_names, reference_of

BEGIN = "<!-- rules: written by `python -m fastapi_lint_dev generate` -->"
END = "<!-- end of rules -->"
_REFERENCE_HEAD = """\
# Rules

Everything that the rules say of themselves, made from their files by `python -m fastapi_lint_dev generate`.

"""
_FENCE = re.compile(r"^```", re.MULTILINE)
_HEADING = re.compile(r"^(#+ )", re.MULTILINE)


class GenerationError(Exception):
    """A file that should hold generated text does not say where."""


class Target(Struct, frozen=True):
    """A generated file, relative to the root; ``render`` gets the root and the text that is there now."""

    path: str
    render: Callable[[Path, str], str]


def _readme(_root: Path, current: str) -> str:
    before, begin, rest = current.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise GenerationError(f"README.md needs the lines {BEGIN!r} and {END!r} around its table of rules")
    return f"{before}{BEGIN}\n{explain_all(ExplainFormat.MARKDOWN)}{END}{after}"


def _reference(_root: Path, _current: str) -> str:
    pages = [_demoted(explain_rule(rule.code, ExplainFormat.MARKDOWN)) for rule in all_rules()]
    return _REFERENCE_HEAD + "\n".join(pages)


def _cases(root: Path, _current: str) -> str:
    tables = root / "tests" / "corpus"
    return render_page(read_results(tables / "cases-result.tsv"), read_cases(tables / "cases.tsv"))


def _plugin(root: Path, current: str) -> str:
    return _as_json(json.loads(current) | {"version": _version(root)})


def _marketplace(root: Path, current: str) -> str:
    catalogue = json.loads(current)
    for entry in catalogue["plugins"]:
        entry["version"] = _version(root)
    return _as_json(catalogue)


def _launcher(root: Path, current: str) -> str:
    return re.sub(r"^version=.*$", f"version={_version(root)}", current, flags=re.MULTILINE)


def _version(root: Path) -> str:
    """Return the version of the distribution, which the plugin shares."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _demoted(page: str) -> str:
    """Return a page with each heading one level deeper; code between fences stays."""
    parts = _FENCE.split(page)
    return "```".join(_HEADING.sub(r"#\1", part) if number % 2 == 0 else part for number, part in enumerate(parts))


def _rules_of(family: Family) -> Target:
    path = f"skills/fastapi-lint-review/references/rules-{family.value}.md"
    return Target(path, lambda _root, _current: reference_of(family))


def _evals_of(skill: str, text: str) -> Target:
    return Target(f"evals/sets/{skill}.json", lambda _root, _current: text)


TARGETS = (
    Target(".claude-plugin/plugin.json", _plugin),
    Target(".claude-plugin/marketplace.json", _marketplace),
    Target("hooks/launch.sh", _launcher),
    Target("README.md", _readme),
    Target("checkers/RULES.md", _reference),
    Target("tests/corpus/CASES.md", _cases),
    Target("skills/fastapi-lint-pydantic-v2/references/names.md", lambda _root, _current: pydantic_names()),
    Target("skills/fastapi-lint-build/references/feature.md", lambda root, _current: feature_reference(root)),
    *(_rules_of(family) for family in Family),
    *(_evals_of(skill, text) for skill, text in sets_of_skills()),
)
