"""Checks the frontmatter of an agent or a skill: its fields, their values, and the tools and skills that it names."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from fastapi_lint.config_values import near
from fastapi_lint.findings import Finding, Severity
from fastapi_lint.integrations.agent_files.document import Document
from fastapi_lint.integrations.agent_files.finding_files import AgentFile, skills_beside
from fastapi_lint.integrations.agent_files.rules import (
    INVALID_VALUE,
    UNKNOWN_FIELD,
    UNKNOWN_SKILL,
    UNKNOWN_TOOL,
    problem,
)
from fastapi_lint.knowledge.agent_files import Field, FileKind, Values, known_fields, known_tools

_SKILL_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOOL: Final = re.compile(r"[^,\s(]+(?:\([^)]*\))?")
_LONGEST: Final = {"name": 64, "description": 1024, "compatibility": 500}
_MCP: Final = "mcp__"
_LIKENESS: Final = 0.75
"""Names of fields and tools are short: what is less alike is another word."""


def check_fields(file: AgentFile, document: Document) -> Iterator[Finding]:
    """Yield what is wrong with the frontmatter; the fields of other runners' agents are theirs."""
    if file.has_own_fields:
        yield from _required(document, ("description",))  # some are called by the name of their file
        return
    yield from _required(document, ("name", "description"))
    known = known_fields(file.kind)
    for name, value in document.fields.items():
        field = known.get(name)
        if field is None:
            yield problem(
                UNKNOWN_FIELD,
                document.field(name),
                f"`{name}` is no field of {_a(file.kind)}{near(name, known, likeness=_LIKENESS)}",
            )
            continue
        yield from _value(document, field, value)
    match file.kind:
        case FileKind.SKILL:
            yield from _skill(document)
        case FileKind.AGENT:
            yield from _agent(file, document)
        case _:
            assert_never(file.kind)


def names_in(value: object) -> tuple[str, ...]:
    """Return the names in a list, or in a string with commas or blanks; what is in parentheses stays together."""
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return tuple(_TOOL.findall(value)) if isinstance(value, str) else ()


def _required(document: Document, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        if not document.fields.get(name):
            yield problem(
                INVALID_VALUE, document.field(name), f"`{name}` is missing", "runners skip the file without it"
            )


def _value(document: Document, field: Field, value: object) -> Iterator[Finding]:
    if field.note:
        message = f"`{field.name}` {field.note}"
        yield problem(UNKNOWN_FIELD, document.field(field.name), message, severity=Severity.INFO)
    if not _fits(field, value):
        wanted = " or ".join(f"`{choice}`" for choice in field.choices) or _wanted(field.values)
        yield problem(INVALID_VALUE, document.field(field.name), f"`{field.name}` is {value!r}, not {wanted}")


def _fits(field: Field, value: object) -> bool:
    match field.values:
        case Values.STRING:
            return isinstance(value, str)
        case Values.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Values.BOOLEAN:
            return isinstance(value, bool)
        case Values.MAPPING:
            return isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair)
        case Values.NAMES:
            return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
        case Values.CHOICE:
            return value in field.choices
        case Values.ANY:
            return True
        case _:
            assert_never(field.values)


def _wanted(values: Values) -> str:
    return {
        Values.STRING: "a string",
        Values.INTEGER: "a number",
        Values.BOOLEAN: "true or false",
        Values.MAPPING: "a mapping of strings to strings",
        Values.NAMES: "a list of names",
    }.get(values, "anything")


def _skill(document: Document) -> Iterator[Finding]:
    name = document.fields.get("name")
    if isinstance(name, str) and name:
        if not _SKILL_NAME.fullmatch(name):
            message = f"`{name}` is no skill name: lower-case letters, digits and single hyphens"
            yield problem(INVALID_VALUE, document.field("name"), message)
        elif name != document.path.parent.name:
            message = f"the skill `{name}` lies in the folder `{document.path.parent.name}`"
            yield problem(INVALID_VALUE, document.field("name"), message, "give both the same name")
    for field, most in _LONGEST.items():
        value = document.fields.get(field)
        if isinstance(value, str) and len(value) > most:
            message = f"`{field}` has {len(value)} characters, at most {most} are allowed"
            yield problem(INVALID_VALUE, document.field(field), message)
    description = document.fields.get("description")
    if isinstance(description, str) and {"<", ">"} & set(description):
        message = "`description` has angle brackets, which claude.ai refuses"
        yield problem(INVALID_VALUE, document.field("description"), message)


def _agent(file: AgentFile, document: Document) -> Iterator[Finding]:
    name = document.fields.get("name")
    if isinstance(name, str) and (":" in name or name.startswith("-")):
        message = f"`{name}` has a colon or starts with a hyphen: the file is skipped"
        yield problem(INVALID_VALUE, document.field("name"), message)
    for field in ("tools", "disallowedTools"):
        yield from _tools(document, field, known_tools())
    yield from _skills(file, document)


def _tools(document: Document, field: str, known: Mapping[str, str]) -> Iterator[Finding]:
    for name in names_in(document.fields.get(field)):
        tool = name.partition("(")[0]
        if tool.startswith(_MCP):
            continue
        if tool not in known:
            message = f"there is no tool `{tool}` that is known{near(tool, known, likeness=_LIKENESS)}"
            yield problem(UNKNOWN_TOOL, document.field(field), message, severity=Severity.WARNING)
        elif known[tool]:
            yield problem(UNKNOWN_TOOL, document.field(field), f"`{tool}` is {known[tool]}")


def _skills(file: AgentFile, document: Document) -> Iterator[Finding]:
    beside = skills_beside(file.path)
    loaded = names_in(document.fields.get("skills"))
    for name in loaded:
        if ":" not in name and name not in beside:
            message = f"there is no skill `{name}` beside the agent{near(name, beside, likeness=_LIKENESS)}"
            yield problem(UNKNOWN_SKILL, document.field("skills"), message)
    if "tools" in document.fields and "Skill" not in names_in(document.fields["tools"]):
        yield from _out_of_reach(document, beside - {name.rpartition(":")[2] for name in loaded})


def _out_of_reach(document: Document, skills: frozenset[str]) -> Iterator[Finding]:
    """Yield the first mention of each skill that the agent is told of and cannot call."""
    for name in sorted(skills):
        mention = re.compile(rf"`(?:[\w-]+:)?{re.escape(name)}`")
        for row in range(document.body_row, len(document.lines) + 1):
            if mention.search(document.lines[row - 1]):
                message = f"the agent is told of the skill `{name}` and cannot call it"
                yield problem(
                    UNKNOWN_SKILL, document.row(row), message, "add `Skill` to its tools, or name it in `skills`"
                )
                break


def _a(kind: FileKind) -> str:
    return "an agent" if kind is FileKind.AGENT else "a skill"
