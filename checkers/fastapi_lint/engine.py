"""The findings that the engine makes itself: about files, suppressions and the config, not about the project's code."""

from typing import Final

from fastapi_lint.findings import Confidence, Finding, Location, RuleInfo, Severity

FAMILY: Final = "engine"

UNREADABLE_FILE: Final = RuleInfo(
    code="FL001",
    name="unreadable-file",
    family=FAMILY,
    severity=Severity.ERROR,
    summary="A file cannot be read or parsed, so the analysis is not whole.",
    sections={
        "What it does": (
            "Reports a Python file that was not analysed: a syntax error, bytes that are no text in the declared "
            "encoding, a null byte, a file over the size limit, or one that may not be read."
        ),
        "Why is this bad": (
            "The model covers the whole project. What this file defines is unknown to every rule, and silence about "
            "its code means nothing. The exit code is 2. The finding cannot be suppressed or deselected; exclude the "
            "file if it is not meant to be Python."
        ),
    },
)
UNUSED_SUPPRESSION: Final = RuleInfo(
    code="FL002",
    name="unused-suppression",
    family=FAMILY,
    severity=Severity.WARNING,
    summary="A suppression comment suppresses nothing.",
    sections={
        "What it does": (
            "Reports a `# fastapi-lint: ignore[...]` comment, or one of our codes in a `# noqa:` comment, that matched "
            "no finding although the rule ran."
        ),
        "Why is this bad": "A stale comment hides the next real finding on that line, and misleads the reader.",
        "Known limits": (
            "A bare `# noqa` is never reported, since it may serve another tool. Codes of rules that did not run are "
            "not judged."
        ),
    },
)
UNKNOWN_SUPPRESSION: Final = RuleInfo(
    code="FL003",
    name="unknown-suppression-code",
    family=FAMILY,
    severity=Severity.WARNING,
    summary="A suppression comment names a code that does not exist, or cannot be understood.",
    sections={
        "What it does": "Reports a code in `# fastapi-lint: ignore[...]` that is no rule, and a malformed comment.",
        "Why is this bad": "The comment does nothing: the finding that it was written for is still reported.",
        "Known limits": "Codes in `# noqa:` comments may belong to other tools and are not checked.",
    },
)
INVALID_CONFIG: Final = RuleInfo(
    code="FL004",
    name="invalid-config",
    family=FAMILY,
    severity=Severity.ERROR,
    summary="The configuration cannot be resolved, so nothing was checked.",
    sections={
        "What it does": (
            "Reports a config file that is not valid TOML, an unknown key, a value of the wrong type, or a selector "
            "that names no rule."
        ),
        "Why is this bad": "A setting that is ignored looks like one that works. The exit code is 2.",
    },
)
ENGINE_RULES: Final = (UNREADABLE_FILE, UNUSED_SUPPRESSION, UNKNOWN_SUPPRESSION, INVALID_CONFIG)
ALWAYS_REPORTED: Final = frozenset({UNREADABLE_FILE.code, INVALID_CONFIG.code})


def engine_finding(rule: RuleInfo, location: Location, message: str, help_text: str) -> Finding:
    """Return a finding that the engine makes itself."""
    return Finding(
        code=rule.code,
        name=rule.name,
        family=rule.family,
        severity=rule.severity,
        confidence=Confidence.EXACT,
        message=message,
        location=location,
        help=help_text,
    )
