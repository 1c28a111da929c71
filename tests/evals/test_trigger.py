"""The trigger set is balanced, and names skills that exist."""

import json
from collections import Counter

from fastapi_lint_dev.places import ROOT

TRIGGER = json.loads((ROOT / "evals" / "trigger.json").read_text(encoding="utf-8"))


def test_half_of_twenty_different_requests_should_trigger() -> None:
    assert len({item["query"] for item in TRIGGER}) == 20
    assert Counter(item["should_trigger"] for item in TRIGGER) == {True: 10, False: 10}


def test_each_skill_is_asked_for_twice_and_no_other() -> None:
    skills = {path.parent.name for path in (ROOT / "skills").glob("*/SKILL.md")}
    asked = Counter(item["skill"] for item in TRIGGER if item["should_trigger"])
    assert asked == dict.fromkeys(skills, 2)
    assert {item["skill"] for item in TRIGGER if not item["should_trigger"]} == {None}


def test_no_request_gives_the_skill_away() -> None:
    assert [item["query"] for item in TRIGGER if "skill" in item["query"] or str(item["skill"]) in item["query"]] == []
