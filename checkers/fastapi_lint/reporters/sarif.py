"""SARIF 2.1.0, as code scanning services read it; the evidence of a finding is its ``codeFlows``."""

import json
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi_lint.findings import Finding, Location, Report, RuleInfo, Severity
from fastapi_lint.fingerprints import fingerprints
from fastapi_lint.version import own_version

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SECURITY_SCORES: Final = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.INFO: "2.0"}
_Object = dict[str, object]


def render(report: Report) -> str:
    """Return the log of one run."""
    rules = _rules_of(report)
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    run: _Object = {
        "tool": {
            "driver": {
                "name": "fastapi-lint",
                "version": own_version(),
                "semanticVersion": own_version(),
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": report.complete,
                "toolExecutionNotifications": [
                    *({"level": "error", "message": {"text": text}} for text in report.errors),
                    *({"level": "note", "message": {"text": text}} for text in report.notices),
                ],
            }
        ],
        "results": [_result(finding, mark, numbers) for finding, mark in fingerprints(report)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rules_of(report: Report) -> list[RuleInfo]:
    """Return the rules that ran, and those of findings that are always reported."""
    rules = {rule.code: rule for rule in report.rules}
    for finding in report.findings:
        if finding.code not in rules:
            rules[finding.code] = RuleInfo(
                finding.code, finding.name, finding.family, finding.severity, summary=finding.name
            )
    return [rules[code] for code in sorted(rules)]


def _rule(rule: RuleInfo) -> _Object:
    text = "\n\n".join(f"{heading}\n{body}" for heading, body in rule.sections.items())
    markdown = "\n\n".join(f"## {heading}\n{body}" for heading, body in rule.sections.items())
    properties: _Object = {"tags": [rule.family]}
    if rule.family == "security":
        properties = {"tags": ["security"], "security-severity": _SECURITY_SCORES[rule.severity]}
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.sections.get("What it does", rule.summary)},
        "help": {"text": text or rule.summary, "markdown": markdown or rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, fingerprint: str, numbers: dict[str, int]) -> _Object:
    text = f"{finding.message}\n{finding.help}" if finding.help else finding.message
    result: _Object = {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding.location)],
        "partialFingerprints": {"fastapiLint/v1": fingerprint},
        "properties": {"confidence": finding.confidence.value, "family": finding.family},
    }
    if finding.evidence:
        steps = [(step.location, step.message) for step in finding.evidence]
        if steps[-1][0] != finding.location:
            steps.append((finding.location, finding.message))
        flow = [{"location": _location(place, message)} for place, message in steps]
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
        result["relatedLocations"] = [
            {"id": number, **_location(step.location, step.message)} for number, step in enumerate(finding.evidence, 1)
        ]
    return result


def _location(location: Location, message: str = "") -> _Object:
    place: _Object = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(location.path)},
            "region": {
                "startLine": location.start.row,
                "startColumn": location.start.column,
                "endLine": location.end.row,
                "endColumn": location.end.column,
            },
        }
    }
    return {**place, "message": {"text": message}} if message else place


def uri(path: Path) -> str:
    """Return a path as a URI reference: relative paths stay relative."""
    quoted = quote(path.as_posix().encode("utf-8", "surrogateescape"), safe="/~")
    return f"file://{quoted}" if path.is_absolute() else quoted
