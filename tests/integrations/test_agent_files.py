"""What is wrong with agents and skills is said where it stands; what is right is silent."""

from collections.abc import Callable, Mapping

import pytest

from fastapi_lint.findings import Finding
from fastapi_lint.integrations.agent_files.checking import check_agent_files
from fastapi_lint.roots import PathError
from tests.conftest import MakeTree, RunCli

Check = Callable[[Mapping[str, str | bytes]], list[str]]

AGENT = """\
---
name: expert
description: Use for work.
tools: Read, Bash, Skill
skills:
  - my-skill
---

# Work

See `my-skill`.
"""
SKILL = """\
---
name: my-skill
description: Use when working.
---

# Work

Read [the details](references/details.md#more) when they matter.
"""
V1_MODEL = """\
from pydantic import BaseModel


class A(BaseModel):
    class Config:
        frozen = True
"""
BLOCKING = """\
import time


async def f() -> None:
    time.sleep(1){}
"""
GOOD = {
    "agents/expert.md": AGENT,
    "skills/my-skill/SKILL.md": SKILL,
    "skills/my-skill/references/details.md": "# More\n",
}


@pytest.fixture
def check(make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Write files, check them, and return what is found, a line each."""

    def run(files: Mapping[str, str | bytes]) -> list[str]:
        root = make_tree(files)
        monkeypatch.chdir(root)
        return [_line(item) for item in check_agent_files([root]).findings]

    return run


def _line(finding: Finding) -> str:
    start = finding.location.start
    return f"{finding.location.path.as_posix()}:{start.row}:{start.column} {finding.code} {finding.message}"


def in_agent(old: str, new: str) -> Mapping[str, str]:
    assert old in AGENT
    return GOOD | {"agents/expert.md": AGENT.replace(old, new)}


def in_skill(old: str, new: str) -> Mapping[str, str]:
    assert old in SKILL
    return GOOD | {"skills/my-skill/SKILL.md": SKILL.replace(old, new)}


def with_code(code: str) -> Mapping[str, str]:
    return GOOD | {"skills/my-skill/references/details.md": f"# More\n\n{code}"}


def test_what_is_right_is_silent(check: Check) -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            in_agent("tools: Read,", "tools: Raed,"),
            "4:1 AF004 there is no tool `Raed` that is known; did you mean `Read`?",
        ),
        (in_agent("tools: Read,", "tools: MultiEdit,"), "4:1 AF004 `MultiEdit` is gone: "),
        (in_agent("- my-skill", "- my-skil"), "5:1 AF005 there is no skill `my-skil` beside the agent; did you mean"),
        (in_agent("tools:", "skils: a\ntools:"), "4:1 AF002 `skils` is no field of an agent; did you mean `skills`?"),
        (in_agent("description: Use for work.\n", ""), "1:1 AF003 `description` is missing"),
        (in_agent("tools:", "category: backend\ntools:"), "4:1 AF002 `category` is for catalogues"),
        (in_agent("tools:", "maxTurns: many\ntools:"), "4:1 AF003 `maxTurns` is 'many', not a number"),
        (in_agent("tools:", "color: lime\ntools:"), "4:1 AF003 `color` is 'lime', not `red` or "),
        (in_agent("tools:", "permissionMode: plan\ntools:"), "4:1 AF002 `permissionMode` is ignored in a plugin"),
        (in_agent("name: expert", "name: my:expert"), "2:1 AF003 `my:expert` has a colon"),
        (in_agent("Use for work.", "a: b: c"), "3:1 AF001 the frontmatter is no YAML: mapping values are not allowed"),
        (in_agent("---\nname", "name"), "1:1 AF001 the file has no frontmatter"),
        (GOOD | {"agents/expert.md": b"---\nname: \xff\n---\n"}, "2:1 AF001 the file is no UTF-8"),
        (in_agent("See `", "See [it](it.md) and `"), "11:1 AF006 `it.md` leads to a file that does not exist"),
    ],
)
def test_agents(check: Check, files: Mapping[str, str | bytes], found: str) -> None:
    lines = check(files)
    assert len(lines) == 1
    assert lines[0].startswith(f"agents/expert.md:{found}")


def test_a_skill_that_the_agent_is_told_of_and_cannot_call(check: Check) -> None:
    files = in_agent("Skill\nskills:\n  - my-skill\n", "Edit\n")
    assert check(files) == ["agents/expert.md:9:1 AF005 the agent is told of the skill `my-skill` and cannot call it"]
    assert check(in_agent("Skill\nskills:", "Edit\nskills:")) == []


@pytest.mark.parametrize("tools", ["mcp__github__list, Agent(helper, other), Bash(git *)", "\n  - Read\n  - Skill"])
def test_tools_of_servers_and_tools_with_rules_exist(check: Check, tools: str) -> None:
    assert check(in_agent("Read, Bash, Skill", tools)) == []


def test_a_skill_of_another_plugin_is_not_ours_to_judge(check: Check) -> None:
    assert check(in_agent("- my-skill", "- other:their-skill")) == []


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (in_skill("name: my-skill", "name: My_Skill"), "2:1 AF003 `My_Skill` is no skill name"),
        (in_skill("name: my-skill", "name: your-skill"), "2:1 AF003 the skill `your-skill` lies in the folder `my-"),
        (in_skill("Use when", "Use <when>"), "3:1 AF003 `description` has angle brackets"),
        (in_skill("Use when", "x" * 1030), "3:1 AF003 `description` has 1039 characters, at most 1024 are allowed"),
        (in_skill("---\n\n#", "paths: a\n---\n\n#"), "4:1 AF002 `paths` is no field of a skill"),
        (in_skill("---\n\n#", "metadata:\n  a: 1\n---\n\n#"), "4:1 AF003 `metadata` is {'a': 1}, not a mapping of str"),
        (in_skill("# Work\n", "# Work\n" * 600), "1:1 AF008 the text has 603 lines, more than 500"),
        (
            in_skill("Read [", "Read [it](../../x.md) and ["),
            "8:1 AF006 `../../x.md` leads to a file that does not exi",
        ),
        (in_skill("Read [", "Read [it](#nowhere) and ["), "8:1 AF006 `#nowhere` leads to a heading that does not exi"),
    ],
)
def test_skills(check: Check, files: Mapping[str, str | bytes], found: str) -> None:
    lines = check(files)
    assert len(lines) == 1
    assert lines[0].startswith(f"skills/my-skill/SKILL.md:{found}")


def test_a_reference_that_skill_md_does_not_name_is_two_steps_away(check: Check) -> None:
    details = "skills/my-skill/references/details.md"
    files = GOOD | {details: "# More\n\n[deeper](deeper.md)\n", "skills/my-skill/references/deeper.md": "# Deeper\n"}
    assert check(files) == ["skills/my-skill/references/deeper.md:1:1 AF007 `deeper.md` is not named in SKILL.md"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("```python\ndef f(:\n```\n", "4:6 AF009 "),
        ("1. First\n\n   ```python\n   def f(:\n   ```\n", "6:9 AF009 "),
        ("```python bad\ndef f(:\n```\n", "4:6 AF009 "),
        ('```json\n{"a": }\n```\n', "4:1 AF009 the block is no json: Expecting value"),
        ("```toml\na = \n```\n", "4:1 AF009 the block is no toml: Invalid value"),
        ("```yaml\na: b: c\n```\n", "4:1 AF009 the block is no yaml: mapping values are not allowed here"),
        (f"```python\n{V1_MODEL}```\n", "8:11 FL101 `class Config` in `A` is deprecated since Pydantic 2.0"),
        (f"```python\n{BLOCKING.format('')}```\n", "8:5 FL201 `time.sleep`"),
    ],
)
def test_code(check: Check, code: str, found: str) -> None:
    lines = check(with_code(code))
    assert len(lines) == 1
    assert lines[0].startswith(f"skills/my-skill/references/details.md:{found}")


@pytest.mark.parametrize(
    "code",
    [
        f"```python bad\n{BLOCKING.format('')}```\n",
        f"```python\n{BLOCKING.format('  # fastapi-lint: ignore[FL201] shown')}```\n",
        "````markdown\n```python\ndef f(:\n```\n````\n",
        "```bash\nfor x in\n```\n",
    ],
)
def test_code_that_is_meant_so(check: Check, code: str) -> None:
    assert check(with_code(code)) == []


def test_agents_of_other_runners_have_fields_of_their_own(check: Check) -> None:
    agent = "---\nname: a\ndescription: b\ntarget: vscode\ntools: [read, edit]\n---\n"
    assert check({".github/agents/a.agent.md": agent}) == []


def test_a_python_package_and_the_inside_of_a_skill_hold_no_agents(check: Check) -> None:
    files = GOOD | {"src/agents/__init__.py": "", "src/agents/README.md": "# x\n"}
    files |= {
        "skills/my-skill/agents/grader.md": "# Grade\n",
        "skills/my-skill/SKILL.md": SKILL + "[g](agents/grader.md)\n",
    }
    assert check(files) == []


def test_the_command_reports_like_a_check(run_cli: RunCli, make_tree: MakeTree) -> None:
    root = make_tree(in_agent("tools: Read", "tools: MultiEdit"))
    run = run_cli("agent", "check", ".", "--output-format", "concise", cwd=root)
    assert (run.code, run.out.splitlines()[0]) == (
        1,
        "agents/expert.md:4:1: AF004 [unknown-tool] `MultiEdit` is gone: a file is edited several times with Edit",
    )
    assert run_cli("agent", "check", cwd=make_tree(GOOD)).code == 0


@pytest.mark.parametrize(("path", "why"), [("gone", "no such file"), ("empty", "no agents/*.md and no SKILL.md")])
def test_a_path_without_agent_files_is_an_error(run_cli: RunCli, make_tree: MakeTree, path: str, why: str) -> None:
    root = make_tree({"empty/a.py": ""})
    run = run_cli("agent", "check", path, cwd=root)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"error: {path}: {why}")
    with pytest.raises(PathError):
        check_agent_files([root / path])


def test_a_reference_that_skill_md_names_in_code_style_is_one_step_away(check: Check) -> None:
    files = in_skill("Read [the details](references/details.md#more) when", "Read `references/details.md` when")
    assert check(files) == []


def test_a_link_to_another_skill_leads_out_of_this_one(check: Check) -> None:
    files = {**in_skill("Read [", "Read [it](../other/SKILL.md) and [")}
    files |= {"skills/other/SKILL.md": "---\nname: other\ndescription: Use it.\n---\n"}
    (line,) = check(files)
    assert "`../other/SKILL.md` leads out of the skill, which may be installed alone" in line
