"""JUnit XML: one suite for each file, one failed case for each finding."""

from itertools import groupby
from xml.etree import ElementTree as ET

from fastapi_lint.findings import Finding, Report
from fastapi_lint.terminal import clean, clean_path


def render(report: Report) -> str:
    """Return one suite for each file with findings; a clean run is one suite with one passed case."""
    failures = len(report.findings)
    root = ET.Element(
        "testsuites", name="fastapi-lint", tests=str(max(1, failures)), failures=str(failures), errors="0"
    )
    for path, group in groupby(report.findings, key=lambda finding: finding.location.path):
        findings = list(group)
        count = str(len(findings))
        suite = ET.SubElement(
            root,
            "testsuite",
            name=clean_path(path),
            tests=count,
            failures=count,
            errors="0",
            skipped="0",
            package="fastapi-lint",
        )
        for finding in findings:
            _case(suite, finding)
    if not failures:
        suite = ET.SubElement(root, "testsuite", name="fastapi-lint", tests="1", failures="0", errors="0", skipped="0")
        ET.SubElement(suite, "testcase", name="no findings", classname="fastapi-lint")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, finding: Finding) -> None:
    start = finding.location.start
    path = clean_path(finding.location.path)
    case = ET.SubElement(
        suite,
        "testcase",
        name=f"{finding.code} {finding.name}",
        classname=path.removesuffix(".py"),
        file=path,
        line=str(start.row),
        column=str(start.column),
    )
    failure = ET.SubElement(case, "failure", message=clean(finding.message), type=finding.severity.value)
    lines = [f"{path}:{start.row}:{start.column}: {clean(finding.message)}"]
    for number, step in enumerate(finding.evidence, 1):
        lines.append(f"{number}. {clean_path(step.location.path)}:{step.location.start.row}: {clean(step.message)}")
    if finding.help:
        lines.append(f"help: {clean(finding.help)}")
    failure.text = "\n".join(lines)
