"""The agent and the skills keep to their limits, name only what exists, and hold what the seed document held."""

import csv
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Final

import click
import pytest
from markdown_it import MarkdownIt

from fastapi_lint.cli.group import root as command_line
from fastapi_lint.explain import all_rules
from fastapi_lint.integrations.agent_files.checking import check_agent_files
from fastapi_lint.integrations.agent_files.document import Document, read_document
from fastapi_lint.integrations.agent_files.rules import AGENT_RULES
from fastapi_lint_dev.places import ROOT
from tests.conftest import RunCli
from tests.content.samples import every_document, samples_of

AGENT: Final = ROOT / "agents" / "fastapi.md"
SKILLS: Final = sorted(path.parent for path in (ROOT / "skills").glob("*/SKILL.md"))
AGENT_LINES: Final = 250
SKILL_LINES: Final = 200
CODE: Final = re.compile(r"\bFL\d{3}\b")
SKILL: Final = re.compile(r"`(fastapi-lint-[\w-]+)`")
INLINE_COMMAND: Final = re.compile(r"`((?:uvx )?fastapi-lint [^`\n]+)`")
SEED: Final = Path(__file__).with_name("seed.md")
SEED_TABLE: Final = Path(__file__).with_name("seed.tsv")


def body_lines(document: Document) -> int:
    return len(document.lines) - document.body_row + 1


def body(document: Document) -> str:
    return "\n".join(document.lines[document.body_row - 1 :])


def parsed(arguments: list[str]) -> click.Context:
    """Parse a command line as the real one does, without running it."""
    command: click.Command = command_line
    context = command.make_context("fastapi-lint", arguments)
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None, arguments
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def test_our_own_check_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = check_agent_files([ROOT / "agents", ROOT / "skills"])
    assert [f"{finding.location.path}: {finding.message}" for finding in report.findings] == []
    assert report.files_checked == len(every_document())


@pytest.mark.parametrize("skill", SKILLS, ids=lambda path: path.name)
def test_the_validator_of_the_specification_accepts_each_skill(skill: Path) -> None:
    validator = Path(sys.executable).with_name("agentskills")
    done = subprocess.run([validator, "validate", skill], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_skills_are_named_after_the_distribution() -> None:
    assert all(skill.name.startswith("fastapi-lint-") for skill in SKILLS)


def test_texts_are_short() -> None:
    assert body_lines(read_document(AGENT)) <= AGENT_LINES
    assert {skill.name: body_lines(read_document(skill / "SKILL.md")) for skill in SKILLS} == {
        skill.name: lines for skill in SKILLS if (lines := body_lines(read_document(skill / "SKILL.md"))) < SKILL_LINES
    }


def test_the_agent_knows_every_skill_and_no_other() -> None:
    assert set(SKILL.findall(body(read_document(AGENT)))) == {skill.name for skill in SKILLS}


@pytest.mark.parametrize("document", every_document(), ids=lambda item: item.path.relative_to(ROOT).as_posix())
def test_what_a_text_names_exists(document: Document) -> None:
    rules = {rule.code for rule in (*all_rules(), *AGENT_RULES)}
    assert set(CODE.findall(body(document))) <= rules
    assert set(SKILL.findall(body(document))) <= {skill.name for skill in SKILLS}


def test_a_command_that_is_none_is_refused() -> None:
    with pytest.raises(click.UsageError):
        parsed(["--statistic", "."])


def test_the_finding_that_the_agent_learns_to_read_is_a_real_one(run_cli: RunCli) -> None:
    (shown,) = [block.text for block in read_document(AGENT).code if block.language == "text"]
    run = run_cli("tests/example", "--no-cache", "--select", "FL404", cwd=ROOT)
    assert shown in run.out


def test_every_section_of_the_seed_has_gone_somewhere() -> None:
    tokens = MarkdownIt().parse(SEED.read_text(encoding="utf-8").split("---\n", 2)[2])
    headings = [text.content for opening, text in pairwise(tokens) if opening.type == "heading_open"]
    with SEED_TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["heading"] for row in rows] == headings
    lost = [row for row in rows if row["anchor"] not in read_document(ROOT / row["document"]).anchors]
    assert lost == []


def test_every_flaw_of_the_seed_is_corrected_somewhere() -> None:
    named = {int(number) for number in re.findall(r"\bS(\d+)\b", SEED_TABLE.read_text(encoding="utf-8"))}
    assert named == set(range(1, 31))


@pytest.mark.parametrize("document", every_document(), ids=lambda item: item.path.relative_to(ROOT).as_posix())
def test_every_command_in_a_text_is_one(document: Document) -> None:
    commands = [*samples_of(document).commands, *INLINE_COMMAND.findall(body(document))]
    ours = [command.removeprefix("uv run ").removeprefix("uvx ") for command in commands]
    for command in ours:
        program, *arguments = shlex.split(command)
        if program == "fastapi-lint":
            parsed(arguments)


@pytest.mark.parametrize("document", every_document(), ids=lambda item: item.path.relative_to(ROOT).as_posix())
def test_no_table_loses_a_cell(document: Document) -> None:
    rows = [line for line in document.lines if line.startswith("|")]
    widths = [len(re.split(r"(?<!\\)\|", line)) for line in rows]
    wrong = []
    width = 0
    for number, line in enumerate(rows):
        if number + 1 < len(rows) and set(rows[number + 1]) <= set("|- :"):
            width = widths[number]
        if widths[number] != width:
            wrong.append(line)
    assert wrong == []
