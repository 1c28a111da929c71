"""Describes rules for people and programs, from the one file that each rule is."""

import inspect
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, assert_never

from msgspec.structs import replace

from fastapi_lint.config_values import near
from fastapi_lint.engine import ENGINE_RULES
from fastapi_lint.findings import RuleInfo
from fastapi_lint.rules import registry
from fastapi_lint.rules.base import Example, Rule
from fastapi_lint.terminal import SEVERITY_STYLE, Painter, Style

SECTIONS: Final = ("What it does", "Why is this bad", "Known limits", "Fix safety", "References")
_HEADING: Final = re.compile(rf"^[#*\s]*({'|'.join(SECTIONS)})[:?*]*[ \t]*$", re.MULTILINE | re.IGNORECASE)
_MARKER: Final = re.compile(r"[ \t]*# expect: [\w, ]+$", re.MULTILINE)
_TEXT_WIDTH: Final = 80


class ExplainFormat(StrEnum):
    """How a description is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class UnknownRuleError(ValueError):
    """A rule that was asked for and does not exist; the message is one line for the user."""


def describe_rule(rule: Rule) -> RuleInfo:
    """Return what a rule says of itself."""
    summary, sections = parse_docstring(inspect.getdoc(type(rule)) or "")
    return RuleInfo(
        code=rule.code,
        name=rule.name,
        family=str(rule.family),
        severity=rule.severity,
        summary=summary,
        since=rule.since,
        status=str(rule.status),
        sections=sections,
    )


def parse_docstring(docstring: str) -> tuple[str, Mapping[str, str]]:
    """Return a rule's first sentence and its sections by heading, in their order."""
    summary, _, rest = docstring.partition("\n\n")
    parts = _HEADING.split(rest)
    titles = {title.lower(): title for title in SECTIONS}
    bodies = (re.sub(r"\A\s*[-=~]{3,}[ \t]*\n", "", body).strip() for body in parts[2::2])
    return " ".join(summary.split()), {
        titles[head.lower()]: body for head, body in zip(parts[1::2], bodies, strict=True)
    }


def all_rules() -> tuple[RuleInfo, ...]:
    """Return what every rule says of itself, the engine's own included, ordered by code."""
    described = [*ENGINE_RULES, *(describe_rule(rule) for rule in registry.load_rules())]
    return tuple(sorted(described, key=lambda rule: rule.code))


def explain_all(output_format: ExplainFormat, *, color: bool = False) -> str:
    """Return a list of all rules."""
    rules = all_rules()
    match output_format:
        case ExplainFormat.TEXT:
            return "".join(_row(rule, Painter(color=color), max(len(item.name) for item in rules)) for rule in rules)
        case ExplainFormat.JSON:
            return json.dumps([_as_json(rule) for rule in rules], indent=2, ensure_ascii=False) + "\n"
        case ExplainFormat.MARKDOWN:
            head = "| Code | Name | Family | Severity | What it finds |\n| --- | --- | --- | --- | --- |\n"
            return head + "".join(_table_row(rule) for rule in rules)
        case _:
            assert_never(output_format)


def explain_rule(
    selector: str, output_format: ExplainFormat, *, color: bool = False, others: Iterable[RuleInfo] = ()
) -> str:
    """Return the whole description of a rule, named by its code or its name; ``others`` are rules of other checks.

    Raises:
        UnknownRuleError: there is no such rule.

    """
    rules = {name: rule for rule in (*all_rules(), *others) for name in (rule.code, rule.name)}
    rule = rules.get(selector.upper()) or rules.get(selector.lower())
    if rule is None:
        hint = near(selector.upper() if selector[:2].upper() in {"FL", "AF"} else selector.lower(), rules)
        raise UnknownRuleError(f"there is no rule `{selector}`{hint}")
    examples = next((item.examples for item in registry.load_rules() if item.code == rule.code), ())
    match output_format:
        case ExplainFormat.TEXT:
            return _text(rule, examples, Painter(color=color))
        case ExplainFormat.JSON:
            listed = [
                {"kind": str(example.kind), "title": example.title, "files": dict(example.files)}
                for example in examples
            ]
            return json.dumps(_as_json(rule) | {"examples": listed}, indent=2, ensure_ascii=False) + "\n"
        case ExplainFormat.MARKDOWN:
            return _markdown(rule, examples)
        case _:
            assert_never(output_format)


def _row(rule: RuleInfo, paint: Painter, longest: int) -> str:
    note = "" if rule.status == "stable" else f" ({rule.status})"
    severity = paint(f"{rule.severity.value:<9}", SEVERITY_STYLE[rule.severity])
    return f"{paint(rule.code, Style.CODE)}  {rule.name:<{longest}}  {severity}{rule.summary}{note}\n"


def _table_row(rule: RuleInfo) -> str:
    summary = rule.summary.replace("|", "\\|")
    status = "" if rule.status == "stable" else f" ({rule.status})"
    return f"| {rule.code} | `{rule.name}` | {rule.family} | {rule.severity.value} | {summary}{status} |\n"


def _as_json(rule: RuleInfo) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity.value,
        "since": rule.since,
        "status": rule.status,
        "summary": rule.summary,
        "sections": dict(rule.sections),
    }


def _facts_line(rule: RuleInfo) -> str:
    return f"Family {rule.family}, severity {rule.severity.value}, {rule.status} since {rule.since}"


def _text(rule: RuleInfo, examples: tuple[Example, ...], paint: Painter) -> str:
    lines = [paint(f"{rule.code} {rule.name}", Style.CODE), paint(_facts_line(rule), Style.DIM), ""]
    lines += textwrap.wrap(rule.summary, _TEXT_WIDTH)
    for heading, body in rule.sections.items():
        lines += ["", paint(heading, Style.CODE), *_wrapped(body)]
    shown: dict[str, str] = {}
    for example in _shown(examples):
        lines += ["", paint(f"{_kind_title(example)}: {example.title}", Style.CODE)]
        again = ", ".join(path for path, content in example.files.items() if shown.get(path) == content)
        lines += [paint(f"  {again}: as above", Style.DIM)] if again else []
        for path, content in example.files.items():
            if shown.get(path) != content:
                lines += [paint(f"  {path}", Style.PATH), textwrap.indent(content.strip("\n"), "    ")]
        shown |= example.files
    return "\n".join(lines) + "\n"


def _wrapped(body: str) -> Iterator[str]:
    """Yield the lines of paragraphs and of the items of lists, each filled anew."""
    for block in re.split(r"\n(?=- |\n)", body):
        if block.startswith("\n"):
            yield ""
        yield from textwrap.wrap(
            block.strip(),
            _TEXT_WIDTH,
            subsequent_indent="  " if block.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _markdown(rule: RuleInfo, examples: tuple[Example, ...]) -> str:
    parts = [f"# {rule.code}: {rule.name}", f"{_facts_line(rule)}.", rule.summary]
    parts += [f"## {heading}\n\n{body}" for heading, body in rule.sections.items()]
    for example in _shown(examples):
        parts.append(f"## {_kind_title(example)}: {example.title}")
        for path, content in example.files.items():
            language = "python" if path.endswith(".py") else "toml" if path.endswith(".toml") else "text"
            parts.append(f"`{path}`\n\n```{language}\n{content.strip(chr(10))}\n```")
    return "\n\n".join(parts) + "\n"


def _shown(examples: tuple[Example, ...]) -> list[Example]:
    """Return the first example of each kind, in their order, without the markers of the tests."""
    first: dict[str, Example] = {}
    for example in examples:
        files = {path: _MARKER.sub("", content) for path, content in example.files.items()}
        first.setdefault(str(example.kind), replace(example, files=files))
    return list(first.values())


def _kind_title(example: Example) -> str:
    return {"bad": "Bad", "good": "Good", "near-miss": "Looks bad and is right"}[str(example.kind)]
