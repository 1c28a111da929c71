"""``fastapi-lint rule``: explain a rule, or list all of them."""

from typing import Final

import click

from fastapi_lint.cli.streams import wants_color, write_output

_FORMATS: Final = ("text", "json", "markdown")


@click.command()
@click.argument("rule", required=False)
@click.option("--all", "every", is_flag=True, help="List all rules of `fastapi-lint check`.")
@click.option(
    "--output-format",
    type=click.Choice(_FORMATS),
    default="text",
    metavar="FORMAT",
    help="text (default), json or markdown.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    metavar="WHEN",
    help="auto (default), always or never.",
)
def command(rule: str | None, *, every: bool, output_format: str, color: str) -> int:
    """Explain a rule, or list all of them.

    RULE is a code such as FL402 or a name such as n-plus-one-relationship. Codes
    such as AF004 are those of `fastapi-lint agent check`.
    """
    from fastapi_lint.explain import ExplainFormat, UnknownRuleError, explain_all, explain_rule  # noqa: PLC0415
    from fastapi_lint.integrations.agent_files.rules import AGENT_RULES  # noqa: PLC0415

    if (rule is None) == (not every):
        raise click.UsageError("name a rule, or say --all")
    chosen = ExplainFormat(output_format)
    painted = chosen is ExplainFormat.TEXT and wants_color(color)
    try:
        if rule is None:
            text = explain_all(chosen, color=painted)
        else:
            text = explain_rule(rule, chosen, color=painted, others=AGENT_RULES)
    except UnknownRuleError as error:
        raise click.ClickException(str(error)) from None
    write_output(text, None, as_utf8=chosen is not ExplainFormat.TEXT)
    return 0
