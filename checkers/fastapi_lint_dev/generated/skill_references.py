"""The references of the skills that speak of rules and renamed names, made from the rules and the tables."""

from collections.abc import Sequence
from typing import Final

from fastapi_lint.explain import all_rules
from fastapi_lint.findings import RuleInfo
from fastapi_lint.knowledge.pydantic_v1 import Behaviour, Idiom, Kind, idiom_table
from fastapi_lint.rules.base import Family

_MADE: Final = "<!-- written by `python -m fastapi_lint_dev generate` -->"
_HOW_TO_READ: Final = """\
Look a name up with grep. `review` means that the replacement may mean something else: read the note. What raises at
import and has no replacement is not listed."""
_SECTIONS: Final = {
    "What it does": "",
    "Why is this bad": "**Harm.** ",
    "Known limits": "**Silent where.** ",
    "Fix safety": "**Repair.** ",
}
_BEHAVIOURS: Final = {
    Behaviour.SILENT: "Silent: another meaning or none, and no error",
    Behaviour.RAISES_AT_CALL: "Raises when the line runs",
    Behaviour.WARNS: "Warns, and still works",
    Behaviour.RAISES_AT_DEFINITION: "Raises at import",
}
_KINDS: Final = {
    Kind.CONFIG_KEY: "config key",
    Kind.MEMBER: "member of a model",
    Kind.INSTANCE_MEMBER: "member of an instance",
    Kind.MEMBER_ARGUMENT: "argument of a method",
    Kind.CLASS_NAME: "name in a model's body",
    Kind.FIELD_ARGUMENT: "argument of Field",
    Kind.CONSTRAINT_ARGUMENT: "argument of a constraint",
    Kind.DECORATOR_ARGUMENT: "argument of a decorator",
    Kind.VALIDATOR_PARAMETER: "parameter of a validator",
    Kind.PARAMETER_ARGUMENT: "argument of Query, Path, Body …",
    Kind.NAME: "name",
}


def reference_of(family: Family) -> str:
    """Return what the rules of a family say of themselves, without their examples."""
    rules = [rule for rule in all_rules() if rule.family == family]
    head = f"{_MADE}\n# Rules: {family.value}\n\n`fastapi-lint rule CODE` adds examples."
    return "\n\n".join([head, *(_rule(rule) for rule in rules)]) + "\n"


def pydantic_names() -> str:
    """Return what each name of Pydantic 1 does under Pydantic 2, the silent ones first."""
    parts = [
        f"{_MADE}\n# Names of Pydantic 1 under Pydantic 2",
        _HOW_TO_READ,
    ]
    for behaviour, title in _BEHAVIOURS.items():
        rows = [idiom for idiom in idiom_table() if idiom.behaviour is behaviour and _is_listed(idiom)]
        parts.append(f"## {title}\n\n{_table(rows)}")
    return "\n\n".join(parts) + "\n"


def _rule(rule: RuleInfo) -> str:
    parts = [f"## {rule.code} {rule.name} ({rule.severity.value})", rule.summary]
    parts += [f"{lead}{rule.sections[heading]}" for heading, lead in _SECTIONS.items() if heading in rule.sections]
    return "\n\n".join(parts)


def _is_listed(idiom: Idiom) -> bool:
    return idiom.behaviour is not Behaviour.RAISES_AT_DEFINITION or bool(idiom.replacement)


def _table(rows: Sequence[Idiom]) -> str:
    head = "| Name | What it is | Today | Fix | Note |\n| --- | --- | --- | --- | --- |\n"
    return head + "\n".join(_row(row) for row in rows)


def _row(idiom: Idiom) -> str:
    today = f"`{idiom.replacement}`" if idiom.replacement else "none"
    versions = "" if idiom.versions == ">=2" else f" ({idiom.package} {idiom.versions})"
    cells = (f"`{idiom.name}`", _KINDS[idiom.kind], f"{today}{versions}", idiom.fix.value, idiom.note)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
