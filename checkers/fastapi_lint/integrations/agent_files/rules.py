"""The rules for agent files: what is reported, how much it hurts, and why."""

from typing import Final

from fastapi_lint.findings import Confidence, Finding, Location, RuleInfo, Severity

FAMILY: Final = "agent-files"


def _rule(code: str, name: str, severity: Severity, summary: str, why: str) -> RuleInfo:
    return RuleInfo(code, name, FAMILY, severity, summary, sections={"Why is this bad": why})


UNREADABLE: Final = _rule(
    "AF001",
    "unreadable-agent-file",
    Severity.ERROR,
    "The file has no frontmatter that can be read.",
    "Runners skip an agent or a skill without a readable frontmatter and say nothing.",
)
UNKNOWN_FIELD: Final = _rule(
    "AF002",
    "unknown-field",
    Severity.WARNING,
    "A field of the frontmatter means nothing.",
    "Claude Code ignores unknown fields; the validator of the skill specification and claude.ai refuse them.",
)
INVALID_VALUE: Final = _rule(
    "AF003",
    "invalid-field-value",
    Severity.ERROR,
    "A field of the frontmatter is missing, or holds what the runner cannot use.",
    "The file is skipped, or the setting has no effect.",
)
UNKNOWN_TOOL: Final = _rule(
    "AF004",
    "unknown-tool",
    Severity.ERROR,
    "The agent names a tool that does not exist.",
    "Runners drop the name from the list without a word: the agent works without that tool.",
)
UNKNOWN_SKILL: Final = _rule(
    "AF005",
    "unknown-skill",
    Severity.ERROR,
    "The agent names a skill that does not exist, or cannot call the skills that it names.",
    "The skill is not loaded, and only a debug log says so.",
)
DEAD_LINK: Final = _rule(
    "AF006",
    "dead-link",
    Severity.ERROR,
    "A link leads nowhere.",
    "A model that follows the link wastes a turn and goes on without what it was told to read.",
)
NESTED_REFERENCE: Final = _rule(
    "AF007",
    "nested-reference",
    Severity.WARNING,
    "A file of the skill cannot be reached from SKILL.md in one step.",
    "Models read what SKILL.md links to; what lies behind a second link, or behind none, is seldom read.",
)
TOO_LONG: Final = _rule(
    "AF008",
    "too-long",
    Severity.WARNING,
    "The text is longer than a runner keeps or a model should carry.",
    "The skill specification recommends fewer than 500 lines; the rest belongs into references.",
)
BROKEN_CODE: Final = _rule(
    "AF009",
    "broken-code-block",
    Severity.ERROR,
    "A code block does not parse.",
    "Models copy samples as they are.",
)
AGENT_RULES: Final = (
    UNREADABLE,
    UNKNOWN_FIELD,
    INVALID_VALUE,
    UNKNOWN_TOOL,
    UNKNOWN_SKILL,
    DEAD_LINK,
    NESTED_REFERENCE,
    TOO_LONG,
    BROKEN_CODE,
)


def problem(
    rule: RuleInfo, location: Location, message: str, help_text: str = "", *, severity: Severity | None = None
) -> Finding:
    """Return a finding about an agent file."""
    return Finding(
        code=rule.code,
        name=rule.name,
        family=rule.family,
        severity=severity or rule.severity,
        confidence=Confidence.EXACT,
        message=message,
        location=location,
        help=help_text,
    )
