"""``fastapi-lint agent check``: check the agents and skills that coding agents load."""

from pathlib import Path

import click

from fastapi_lint.cli.options import PATH
from fastapi_lint.cli.streams import say, wants_color, write_output
from fastapi_lint.reporters import OutputFormat


@click.command()
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH]...")
@click.option(
    "--output-format",
    type=click.Choice([item.value for item in OutputFormat]),
    default=OutputFormat.FULL.value,
    metavar="FORMAT",
    help="full (default), concise, grouped, json, json-lines, sarif, github, gitlab, junit or markdown.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    metavar="WHEN",
    help="auto (default), always or never.",
)
def command(paths: tuple[Path, ...], *, output_format: str, color: str) -> int:
    """Check agents and skills: what runners skip or drop without a word.

    PATH is an agent, a skill, or a directory with agents/*.md or SKILL.md files
    below it; it defaults to the working directory. Reports fields and tools that
    do not exist, skills and links that lead nowhere, code blocks that do not
    parse, and what the analyser finds in Python samples. A sample that shows what
    not to do has `bad` after its language: ```python bad.

    `fastapi-lint rule AF004` explains what has that code.
    """
    from fastapi_lint.integrations.agent_files.checking import check_agent_files  # noqa: PLC0415
    from fastapi_lint.reporters import render  # noqa: PLC0415
    from fastapi_lint.roots import PathError  # noqa: PLC0415

    chosen = OutputFormat(output_format)
    try:
        report = check_agent_files(paths or (Path(),))
    except PathError as error:
        say("error", str(error), color=color)
        return 2
    write_output(render(report, chosen, color=wants_color(color)), None, as_utf8=not chosen.is_text)
    return 1 if report.findings else 0
