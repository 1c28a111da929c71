"""Installing agent, skills and hook: for each runner, again, over what the user has changed, and out again."""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from fastapi_lint.integrations.installing.ledger import LEDGER
from fastapi_lint.integrations.installing.runners import Runner
from tests.conftest import MakeTree, Run, RunCli, write_tree

REPOSITORY: Final = Path(__file__).parents[2]
AGENT: Final = (REPOSITORY / "agents/fastapi.md").read_text("utf-8")
BODY: Final = AGENT.split("---\n", 2)[2].strip()
ALL: Final = ",".join(Runner)
AGENT_FILES: Final = {
    Runner.CLAUDE: ".claude/agents/fastapi.md",
    Runner.CODEX: ".codex/agents/fastapi.toml",
    Runner.COPILOT: ".github/agents/fastapi.agent.md",
    Runner.CURSOR: ".cursor/agents/fastapi.md",
    Runner.GEMINI: ".gemini/agents/fastapi.md",
    Runner.OPENCODE: ".opencode/agents/fastapi.md",
}
SETTINGS: Final = {
    Runner.CLAUDE: ".claude/settings.json",
    Runner.CODEX: ".codex/hooks.json",
    Runner.COPILOT: ".github/hooks/fastapi-lint.json",
    Runner.CURSOR: ".cursor/hooks.json",
    Runner.GEMINI: ".gemini/settings.json",
}


@pytest.fixture
def root(make_tree: MakeTree) -> Path:
    return make_tree({"pyproject.toml": ""})


def install(run_cli: RunCli, root: Path, runners: str, *options: str) -> Run:
    return run_cli("agent", "install", "--for", runners, *options, cwd=root)


def uninstall(run_cli: RunCli, root: Path, runners: str, *options: str) -> Run:
    return run_cli("agent", "uninstall", "--for", runners, *options, cwd=root)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def commands(value: object) -> Iterator[str]:
    """Yield the commands in settings."""
    if isinstance(value, dict):
        if isinstance(value.get("command"), str):
            yield value["command"]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from commands(item)


@pytest.mark.parametrize("runner", AGENT_FILES)
def test_each_runner_gets_the_body_of_the_agent(run_cli: RunCli, root: Path, runner: Runner) -> None:
    assert install(run_cli, root, runner).code == 0
    text = (root / AGENT_FILES[runner]).read_text("utf-8")
    if runner is Runner.CODEX:
        fields = tomllib.loads(text)
        assert fields["developer_instructions"].strip() == BODY
    else:
        _, head, body = text.split("---\n", 2)
        fields = yaml.safe_load(head)
        assert body.strip() == BODY
    assert fields["description"].startswith("FastAPI expert")


def test_claude_code_gets_the_agent_as_it_is(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, "claude")
    assert (root / AGENT_FILES[Runner.CLAUDE]).read_text("utf-8") == AGENT


@pytest.mark.parametrize("runner", Runner)
def test_each_runner_gets_the_skills_where_it_looks(run_cli: RunCli, root: Path, runner: Runner) -> None:
    install(run_cli, root, runner)
    skills = root / (".claude/skills" if runner is Runner.CLAUDE else ".agents/skills")
    source = REPOSITORY / "skills"
    assert contents(skills) == {name: data for name, data in contents(source).items() if "/" in name}


@pytest.mark.parametrize("runner", SETTINGS)
def test_the_commands_of_the_hooks_run_the_launcher(run_cli: RunCli, root: Path, runner: Runner) -> None:
    install(run_cli, root, runner)
    settings = json.loads((root / SETTINGS[runner]).read_text("utf-8"))
    (command,) = set(commands(settings))
    linter = root / ".venv/bin/fastapi-lint"
    write_tree(root, {".venv/bin/fastapi-lint": "#!/bin/sh\necho ran $1\n"})
    linter.chmod(0o755)
    variables = {"CLAUDE_PROJECT_DIR": str(root), "GEMINI_PROJECT_DIR": str(root), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, shell=True, cwd=root, env=variables, capture_output=True, check=True, timeout=600)
    assert done.stdout == b"ran hook\n"


@pytest.mark.parametrize("runner", SETTINGS)
def test_a_launcher_that_is_gone_is_no_blocked_edit(run_cli: RunCli, root: Path, runner: Runner) -> None:
    install(run_cli, root, runner)
    (command,) = set(commands(json.loads((root / SETTINGS[runner]).read_text("utf-8"))))
    done = subprocess.run(
        command, shell=True, cwd="/", env={"PATH": "/usr/bin:/bin"}, capture_output=True, check=False, timeout=600
    )
    assert (done.returncode, done.stdout) == (0, b"")


def test_what_is_installed_passes_our_own_check(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, ALL)
    run = run_cli("agent", "check", cwd=root)
    assert (run.code, run.err) == (0, ""), run.out


def test_installing_again_changes_nothing(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, ALL)
    before = contents(root)
    run = install(run_cli, root, ALL)
    assert run.out.splitlines()[-1].endswith(" unchanged.")
    assert contents(root) == before


def test_a_dry_run_writes_nothing(run_cli: RunCli, root: Path) -> None:
    before = contents(root)
    run = install(run_cli, root, ALL, "--dry-run")
    assert "created  .claude/agents/fastapi.md\n" in run.out
    assert run.out.splitlines()[-1].startswith("Would be: ")
    assert contents(root) == before


def test_uninstalling_leaves_what_was_there_before(run_cli: RunCli, root: Path) -> None:
    write_tree(root, {"AGENTS.md": "# Agents\n", ".claude/settings.json": '{\n    "model": "opus"\n}\n'})
    before = contents(root)
    install(run_cli, root, ALL)
    assert uninstall(run_cli, root, ALL).code == 0
    assert contents(root) == before
    assert sorted(path.name for path in root.iterdir()) == [".claude", "AGENTS.md", "pyproject.toml"]


def test_what_another_runner_needs_stays(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, "codex,gemini")
    uninstall(run_cli, root, "gemini")
    assert (root / ".agents/skills/fastapi-lint-review/SKILL.md").is_file()
    assert not (root / ".gemini").exists()
    uninstall(run_cli, root, "codex")
    assert [path.name for path in root.iterdir()] == ["pyproject.toml"]


@pytest.mark.parametrize("name", [".claude/agents/fastapi.md", ".claude/skills/fastapi-lint-review/SKILL.md"])
def test_what_the_user_has_changed_stays(run_cli: RunCli, root: Path, name: str) -> None:
    install(run_cli, root, "claude")
    (root / name).write_text("mine\n")
    run = install(run_cli, root, "claude")
    assert "kept " in run.out
    assert "it has been changed" in run.out
    assert (root / name).read_text() == "mine\n"
    uninstall(run_cli, root, "claude")
    assert contents(root) == {"pyproject.toml": b"", name: b"mine\n"}


def test_what_was_there_before_stays(run_cli: RunCli, root: Path) -> None:
    write_tree(root, {".claude/agents/fastapi.md": "my own expert\n"})
    install(run_cli, root, "claude")
    uninstall(run_cli, root, "claude")
    assert contents(root) == {"pyproject.toml": b"", ".claude/agents/fastapi.md": b"my own expert\n"}


def test_an_update_replaces_what_was_left_alone_and_removes_what_is_gone(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, "claude")
    pretend_older(root, "claude", ".claude/agents/fastapi.md", "older\n")
    pretend_older(root, "claude", ".claude/skills/fastapi-lint-gone/SKILL.md", "gone\n")
    run = install(run_cli, root, "claude")
    assert "updated  .claude/agents/fastapi.md\n" in run.out
    assert "removed  .claude/skills/fastapi-lint-gone/\n" in run.out
    assert (root / ".claude/agents/fastapi.md").read_text("utf-8") == AGENT
    assert not (root / ".claude/skills/fastapi-lint-gone").exists()


def pretend_older(root: Path, runner: str, name: str, content: str) -> None:
    """Let a file be what an older version had written."""
    from fastapi_lint.integrations.installing.ledger import hash_of  # noqa: PLC0415 - for this alone

    write_tree(root, {name: content})
    ledger = json.loads((root / LEDGER).read_text("utf-8"))
    ledger[runner][name] = hash_of(content)
    (root / LEDGER).write_text(json.dumps(ledger))


def test_settings_of_others_stay_in_their_order(run_cli: RunCli, root: Path) -> None:
    theirs = {
        "permissions": {"allow": ["Bash(ls)"]},
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]},
        "model": "opus",
    }
    write_tree(root, {".claude/settings.json": json.dumps(theirs, indent=4)})
    install(run_cli, root, "claude")
    text = (root / ".claude/settings.json").read_text("utf-8")
    settings = json.loads(text)
    assert list(settings) == list(theirs)
    assert settings["hooks"]["Stop"][0] == theirs["hooks"]["Stop"][0]  # type: ignore[index] # a literal above
    assert len(settings["hooks"]["Stop"]) == 2
    assert text.startswith('{\n    "permissions"')
    uninstall(run_cli, root, "claude")
    assert json.loads((root / ".claude/settings.json").read_text("utf-8")) == theirs


def test_hooks_that_the_user_has_changed_stay(run_cli: RunCli, root: Path) -> None:
    install(run_cli, root, "claude")
    path = root / ".claude/settings.json"
    changed = path.read_text("utf-8").replace('"timeout": 30', '"timeout": 5')
    path.write_text(changed)
    assert "kept     .claude/settings.json" in install(run_cli, root, "claude").out
    assert path.read_text("utf-8") == changed


@pytest.mark.parametrize("text", ["{ // comment\n}", "[]", '{"hooks": []}'])
def test_settings_that_cannot_be_read_stop_everything(run_cli: RunCli, root: Path, text: str) -> None:
    write_tree(root, {".claude/settings.json": text})
    before = contents(root)
    run = install(run_cli, root, "claude")
    assert run.code == 2
    assert run.err.startswith("error: .claude/settings.json: it is no JSON")
    assert run.err.count("\n") == 1
    assert contents(root) == before


def test_a_section_of_agents_md_is_updated_in_its_place(run_cli: RunCli, root: Path) -> None:
    write_tree(root, {"AGENTS.md": "# Agents\n\nBe kind."})
    install(run_cli, root, "agents-md")
    path = root / "AGENTS.md"
    assert path.read_text("utf-8").startswith("# Agents\n\nBe kind.\n\n<!-- fastapi-lint: begin -->\n## FastAPI\n")
    path.write_text(path.read_text("utf-8") + "\nAfter.\n")
    assert " unchanged." in install(run_cli, root, "agents-md").out
    uninstall(run_cli, root, "agents-md")
    assert "FastAPI" not in path.read_text("utf-8")
    assert "After." in path.read_text("utf-8")


def test_a_link_that_stays_inside_is_followed(run_cli: RunCli, root: Path) -> None:
    (root / "dotfiles").mkdir()
    (root / ".claude").symlink_to(root / "dotfiles")
    install(run_cli, root, "claude")
    assert (root / "dotfiles/agents/fastapi.md").is_file()
    assert (root / ".claude").is_symlink()


def test_links_that_lead_out_are_not_followed(run_cli: RunCli, root: Path, make_tree: MakeTree) -> None:
    elsewhere = make_tree({})
    (root / ".claude").symlink_to(elsewhere)
    run = install(run_cli, root, "claude")
    assert "a symbolic link on its way leads out of here" in run.out
    assert contents(elsewhere) == {}


def test_a_link_does_not_take_the_ledger_out_of_the_project(run_cli: RunCli, root: Path, make_tree: MakeTree) -> None:
    elsewhere = make_tree({})
    (root / ".agents").symlink_to(elsewhere)
    run = install(run_cli, root, "claude")
    assert (run.code, run.out) == (2, "")
    assert run.err == f"error: {LEDGER}: a symbolic link on its way leads out of here; put a directory in its place\n"
    assert contents(elsewhere) == {}
    assert not (root / ".claude").exists()


def test_what_cannot_all_be_written_is_not_begun(run_cli: RunCli, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.fdopen
    left = iter(range(3))

    def nearly_full(*arguments: Any, **options: Any) -> Any:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return opened(*arguments, **options)

    monkeypatch.setattr(os, "fdopen", nearly_full)
    run = install(run_cli, root, "claude")
    assert (run.code, run.out) == (2, "")
    assert "cannot be written: No space left on device" in run.err
    assert contents(root) == {"pyproject.toml": b""}


def test_a_damaged_ledger_is_said(run_cli: RunCli, root: Path) -> None:
    write_tree(root, {LEDGER: "{"})
    run = install(run_cli, root, "claude")
    assert run.code == 2
    assert run.err.startswith(f"error: {LEDGER}: ")
    assert not (root / ".claude").exists()


def test_for_a_user_it_goes_into_the_home(
    run_cli: RunCli, root: Path, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_tree({})
    monkeypatch.setenv("HOME", str(home))
    assert install(run_cli, root, "claude,opencode", "--user").code == 0
    assert contents(root) == {"pyproject.toml": b""}
    assert (home / ".claude/agents/fastapi.md").is_file()
    assert (home / ".config/opencode/agents/fastapi.md").is_file()
    assert "$HOME/.claude/fastapi-lint/launch.sh" in (home / ".claude/settings.json").read_text("utf-8")
    uninstall(run_cli, root, "claude,opencode", "--user")
    assert contents(home) == {}


def test_a_section_for_a_user_is_refused(
    run_cli: RunCli, root: Path, make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_tree({})
    monkeypatch.setenv("HOME", str(home))
    run = install(run_cli, root, "claude,agents-md", "--user")
    assert (run.code, run.err) == (2, "error: AGENTS.md belongs to a project: leave out --user\n")
    assert contents(home) == {}


def test_an_unknown_runner_is_named(run_cli: RunCli, root: Path) -> None:
    run = install(run_cli, root, "claude,vim")
    assert run.code == 2
    assert "there is no runner `vim`" in run.err


def test_without_a_runner_all_are_named(run_cli: RunCli, root: Path) -> None:
    run = run_cli("agent", "install", cwd=root)
    assert run.code == 2
    assert f"there are {', '.join(Runner)}\n" in run.err
