"""The formats for programs."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from fastapi_lint.findings import Report
from fastapi_lint.reporters import OutputFormat, render
from fastapi_lint.reporters.sarif import uri
from tests.reporters.reports import CLEAN, N_PLUS_ONE, REPORT, hostile

_REPORTS = pytest.mark.parametrize("report", [REPORT, CLEAN, hostile()], ids=["findings", "clean", "hostile"])
_SCHEMA = json.loads((Path(__file__).parents[1] / "data/sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def sarif(report: Report) -> Any:
    return json.loads(render(report, OutputFormat.SARIF))


def test_json_items_have_the_promised_fields() -> None:
    item = json.loads(render(REPORT, OutputFormat.JSON))[1]
    assert item == {
        "code": "FL402",
        "name": "n-plus-one-relationship",
        "family": "queries",
        "severity": "warning",
        "confidence": "exact",
        "message": "`user.posts` is loaded once for each row",
        "filename": "app/services/users.py",
        "location": {"row": 23, "column": 13},
        "end_location": {"row": 23, "column": 23},
        "evidence": [
            {
                "filename": "app/api/users.py",
                "location": {"row": 7, "column": 5},
                "message": "the route GET /users calls `list_users`",
            },
            {
                "filename": "app/services/users.py",
                "location": {"row": 20, "column": 10},
                "message": "the query loads no relationships",
            },
        ],
        "fix": None,
        "url": None,
    }


@_REPORTS
def test_json_lines_hold_what_json_holds(report: Report) -> None:
    lines = render(report, OutputFormat.JSON_LINES).split("\n")[:-1]
    assert [json.loads(line) for line in lines] == json.loads(render(report, OutputFormat.JSON))


@_REPORTS
def test_sarif_is_valid_against_the_published_schema(report: Report) -> None:
    jsonschema.Draft4Validator(_SCHEMA, format_checker=jsonschema.FormatChecker()).validate(sarif(report))


def test_sarif_shows_the_evidence_as_a_code_flow_that_ends_at_the_finding() -> None:
    (result,) = [item for item in sarif(REPORT)["runs"][0]["results"] if item["ruleId"] == "FL402"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [
        (item["location"]["physicalLocation"]["region"]["startLine"], item["location"]["message"]["text"])
        for item in flow["locations"]
    ]
    assert steps == [
        (7, "the route GET /users calls `list_users`"),
        (20, "the query loads no relationships"),
        (23, N_PLUS_ONE.message),
    ]


def test_sarif_results_point_at_their_rules() -> None:
    run = sarif(REPORT)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[item["ruleIndex"]]["id"] for item in run["results"]] == [item["ruleId"] for item in run["results"]]
    by_id = {rule["id"]: rule for rule in rules}
    assert by_id["FL402"]["defaultConfiguration"] == {"level": "warning"}
    assert by_id["FL402"]["help"]["markdown"] == "## What it does\nFinds it.\n\n## Why is this bad\nIt is slow."
    assert by_id["FL801"]["properties"] == {"tags": ["security"], "security-severity": "8.0"}


def test_sarif_says_that_a_run_was_not_whole() -> None:
    (invocation,) = sarif(Report((), 0, complete=False, errors=("FL402 failed",)))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "FL402 failed"


def test_uris_are_quoted_and_stay_relative() -> None:
    assert uri(Path("a b/é#%.py")) == "a%20b/%C3%A9%23%25.py"
    assert uri(Path("/x/a b.py")) == "file:///x/a%20b.py"
    assert unquote(uri(Path("a\nb.py"))) == "a\nb.py"


def test_github_commands_name_place_and_evidence() -> None:
    assert render(REPORT, OutputFormat.GITHUB) == (
        "::error title=fastapi-lint (FL604),file=app/api/users.py,line=30,endLine=32"
        "::FL604 [http-exception-returned] the exception is returned: the client gets 200\n"
        "::warning title=fastapi-lint (FL402),file=app/services/users.py,line=23,endLine=23,col=13,endColumn=23"
        "::FL402 [n-plus-one-relationship] `user.posts` is loaded once for each row"
        "%0A1. app/api/users.py:7: the route GET /users calls `list_users`"
        "%0A2. app/services/users.py:20: the query loads no relationships"
        "%0Ahelp: add `selectinload(User.posts)` to the query\n"
    )


def test_nothing_of_a_project_becomes_a_github_command() -> None:
    lines = render(hostile(), OutputFormat.GITHUB).split("\n")
    assert len(lines) == 2
    assert lines[0].count("::error ") == 1
    assert "file=a%0A%3A%3Aerror%3A%3A" in lines[0]


def test_gitlab_issues_have_unique_fingerprints() -> None:
    twice = Report((N_PLUS_ONE, N_PLUS_ONE), 1)
    issues = json.loads(render(twice, OutputFormat.GITLAB))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert issues[0]["severity"] == "major"
    assert issues[0]["location"] == {
        "path": "app/services/users.py",
        "positions": {"begin": {"line": 23, "column": 13}, "end": {"line": 23, "column": 23}},
    }


@_REPORTS
def test_junit_is_xml_with_one_case_for_each_finding(report: Report) -> None:
    root = ET.fromstring(render(report, OutputFormat.JUNIT))
    assert len(root.findall(".//failure")) == len(report.findings) == int(root.attrib["failures"])
    assert len(root.findall(".//testcase")) == int(root.attrib["tests"]) == max(1, len(report.findings))


def test_markdown_lists_evidence_below_its_file() -> None:
    text = render(REPORT, OutputFormat.MARKDOWN)
    assert "## `app/services/users.py`\n" in text
    assert "- **FL402** n-plus-one-relationship (warning), row 23: `user.posts` is loaded once for each row\n" in text
    assert "  1. `app/api/users.py:7`: the route GET /users calls `list\\_users`" not in text
    assert "  1. `app/api/users.py:7`: the route GET /users calls `list_users`" in text


def test_nothing_of_a_project_becomes_markup() -> None:
    text = render(hostile(), OutputFormat.MARKDOWN)
    assert "<script>" not in text
    assert "\\@team" in text
    assert "## `` a\\x0a::error::\\x1b[2J,b|`c`<d>&.py ``" in text


@pytest.mark.parametrize("output_format", list(OutputFormat))
def test_the_same_report_gives_the_same_bytes(output_format: OutputFormat) -> None:
    assert render(REPORT, output_format) == render(REPORT, output_format)
    assert render(hostile(), output_format).encode("utf-8", "backslashreplace")
