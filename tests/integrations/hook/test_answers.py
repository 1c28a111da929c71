"""What an agent is told after an edit, and at the end of its turn."""

import json
import subprocess
from pathlib import Path

import pytest

from fastapi_lint.integrations.hook.answers import answer
from fastapi_lint.integrations.hook.feedback import MOST_FINDINGS
from tests.conftest import MakeTree
from tests.integrations.hook.conftest import PROJECT, ask, context, created, edited, ended

SLOW = "    time.sleep(1)\n    return load()"


def test_an_edit_that_blocks_is_told_with_its_evidence(project: Path) -> None:
    text = context(edited(project, "shop/routes.py", "    return load()", SLOW))
    assert text.startswith("fastapi-lint found 1 finding on the lines that were just edited in shop/routes.py:\n")
    assert "shop/routes.py:12:5: error FL201 [blocking-call-in-async]" in text
    assert "GET /orders is handled here" in text
    assert "/old" not in text


def test_a_clean_edit_is_followed_by_silence(project: Path) -> None:
    assert context(edited(project, "shop/routes.py", "    return load()", "    return sorted(load())")) == ""


def test_what_was_there_before_is_not_told(project: Path) -> None:
    assert context(edited(project, "shop/routes.py", "    return []", "    return [1][1:]")) == ""


def test_a_finding_elsewhere_whose_evidence_was_edited_is_told(project: Path) -> None:
    edited(project, "shop/routes.py", "    return load()", "    return fetch()")
    text = context(edited(project, "shop/services.py", "    time.sleep(1)", "    time.sleep(3)"))
    assert "shop/routes.py:12:12: error FL202" in text
    assert "shop/services.py:9:5" in text


def test_all_of_a_new_file_counts(project: Path) -> None:
    text = context(created(project, "shop/new.py", PROJECT["shop/routes.py"]))
    assert "shop/new.py:17:5: error FL201" in text


def test_a_file_that_no_longer_parses_is_told(project: Path) -> None:
    text = context(edited(project, "shop/routes.py", "    return load()", "    return load("))
    assert "FL001" in text


def test_a_suppressed_finding_is_not_told(project: Path) -> None:
    quiet = "    time.sleep(1)  # fastapi-lint: ignore[FL201]\n    return load()"
    assert context(edited(project, "shop/routes.py", "    return load()", quiet)) == ""


def test_an_excluded_file_is_left_alone(project: Path) -> None:
    (project / "fastapi-lint.toml").write_text('extend-exclude = ["shop/routes.py"]\n')
    assert context(edited(project, "shop/routes.py", "    return load()", SLOW)) == ""


def test_a_file_outside_the_project_is_left_alone(make_tree: MakeTree, project: Path) -> None:
    other = make_tree(PROJECT)
    given = edited(other, "shop/routes.py", "    return load()", SLOW)
    assert context({**given, "cwd": str(project)}) == ""
    assert answer(json.dumps(given).encode(), str(project)) == b""
    assert answer(json.dumps(given).encode(), str(other)) != b""


def test_much_is_cut_short(project: Path) -> None:
    route = '@app.get("/{0}")\nasync def route_{0}() -> None:\n    time.sleep({0})\n\n\n'
    head = "import time\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
    text = context(created(project, "shop/new.py", head + "".join(map(route.format, range(MOST_FINDINGS + 3)))))
    assert text.count("error FL201") == MOST_FINDINGS
    assert text.endswith("3 more: `fastapi-lint check shop/new.py` lists all.")


def test_long_evidence_stays_below_what_a_runner_takes(project: Path) -> None:
    name = "a" * 3000
    text = context(
        created(
            project, "shop/new.py", PROJECT["shop/routes.py"].replace("def old", f"def {name}").replace("orders", name)
        )
    )
    assert 0 < len(text) < 10_000


def test_cursor_gets_its_own_form(project: Path) -> None:
    given = edited(project, "shop/routes.py", "    return load()", SLOW)
    told = ask({**given, "hook_event_name": "postToolUse"})
    assert list(told) == ["additional_context"]
    assert "FL201" in told["additional_context"]


def test_a_broken_config_is_an_error_for_the_log(project: Path) -> None:
    (project / "fastapi-lint.toml").write_text("nonsense = 1\n")
    with pytest.raises(ValueError, match="nonsense"):
        context(edited(project, "shop/routes.py", "    return load()", SLOW))


def test_where_nothing_can_be_kept_findings_are_still_told(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "FL201" in context(edited(project, "shop/routes.py", "    return load()", SLOW))


def test_at_the_end_errors_in_edited_files_are_told_once(project: Path) -> None:
    context(edited(project, "shop/routes.py", "    return load()", SLOW))
    told = ask(ended(project))
    assert told["decision"] == "block"
    assert told["reason"].startswith("fastapi-lint found 2 findings in the files that have changed.")
    assert "shop/routes.py:12:5: error FL201" in told["reason"]
    assert "shop/routes.py:18:5: error FL201" in told["reason"]
    assert ask(ended(project)) == {}


def test_a_new_error_is_told_at_the_next_end(project: Path) -> None:
    context(edited(project, "shop/routes.py", "    return load()", SLOW))
    assert ask(ended(project))
    new = PROJECT["shop/routes.py"].replace("return load()", "return fetch()")
    context(created(project, "shop/new.py", new[: new.index('@app.get("/old")')]))
    told = ask(ended(project))
    assert "found 1 finding" in told["reason"]


def test_an_agent_that_was_sent_back_may_stop(project: Path) -> None:
    context(edited(project, "shop/routes.py", "    return load()", SLOW))
    assert ask(ended(project, again=True)) == {}


def test_warnings_do_not_hold_an_agent_up(project: Path) -> None:
    context(
        created(
            project,
            "shop/models.py",
            "from pydantic import BaseModel\n\n\nclass A(BaseModel):\n    x: int\n\n\nA(x=1).dict()\n",
        )
    )
    assert ask(ended(project)) == {}


def test_without_an_edit_there_is_nothing_to_tell(project: Path) -> None:
    assert ask(ended(project)) == {}


def test_edits_in_a_shell_are_seen_at_the_end(project: Path) -> None:
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "x")):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *command], cwd=project, check=True, timeout=600
        )
    assert ask(ended(project)) == {}
    edited(project, "shop/routes.py", "    return load()", SLOW)
    assert "shop/routes.py:12:5: error FL201" in ask(ended(project))["reason"]


def test_new_files_are_seen_at_the_end(project: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True, timeout=600)
    assert "FL201" in ask(ended(project))["reason"]
