"""``python -m fastapi_lint_dev COMMAND``: what the people who make the analyser use."""

from importlib import import_module

import click

_COMMANDS = {
    "attack": "fastapi_lint_dev.trial.attack.command",
    "bench": "fastapi_lint_dev.bench.command",
    "cases": "fastapi_lint_dev.cases.command",
    "corpus": "fastapi_lint_dev.corpus.command",
    "evals": "fastapi_lint_dev.evals.command",
    "generate": "fastapi_lint_dev.generated.command",
    "load": "fastapi_lint_dev.trial.load",
    "new-rule": "fastapi_lint_dev.new_rule",
}


class _LazyGroup(click.Group):
    """Imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_LazyGroup)
def main() -> None:
    """Tools for developing fastapi-lint."""


if __name__ == "__main__":
    main(prog_name="python -m fastapi_lint_dev")
