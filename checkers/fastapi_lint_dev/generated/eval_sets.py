"""The cases once more in the format of skill-creator: for each skill a set of prompts and what is expected of them."""

import json
from collections.abc import Iterator

from fastapi_lint_dev.evals.cases import Case, all_cases

_FINDINGS = "`fastapi-lint` reports none of {} in the project, and nothing new."
_HIDDEN = "The hidden tests in {} pass: `python -m fastapi_lint_dev evals grade {} FOLDER`."
_CAUSE = "The answer names the file and the line of the cause, not only of the symptom."


def sets_of_skills() -> Iterator[tuple[str, str]]:
    """Yield each skill that cases are for, and its set as JSON."""
    cases = all_cases()
    for skill in sorted({case.answers.skill for case in cases}):
        evals = [_eval(number, case) for number, case in enumerate(_cases_of(skill, cases), 1)]
        yield skill, json.dumps({"skill_name": skill, "evals": evals}, indent=2, ensure_ascii=False) + "\n"


def _cases_of(skill: str, cases: tuple[Case, ...]) -> list[Case]:
    return [case for case in cases if case.answers.skill == skill]


def _eval(number: int, case: Case) -> dict[str, object]:
    expectations = [
        *([_FINDINGS.format(", ".join(case.answers.codes))] if case.answers.codes else []),
        _HIDDEN.format(", ".join(case.hidden), case.name),
        _CAUSE,
    ]
    return {
        "id": number,
        "name": case.name,
        "prompt": case.prompt,
        "expected_output": case.answers.expected,
        "files": [],
        "expectations": expectations,
        "assertions": expectations,
    }
