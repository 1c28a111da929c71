"""The command ``new-rule``: write the file of a rule, its examples and its proof, ready to be filled in."""

import keyword
import re
from pathlib import Path
from string import Template

import click

from fastapi_lint.rules.base import Family
from fastapi_lint_dev.places import ROOT

_FOLDERS = {Family.ASYNC: "asynchronous"}
"""Families whose folder is not called like them, because the name is a keyword."""
_CODE = re.compile(r"FL[1-9]\d\d")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")

_RULE = Template('''\
"""$code: in one sentence, what this rule finds."""

from collections.abc import Iterable
from typing import ClassVar

from fastapi_lint.findings import Severity
from fastapi_lint.model.project import Project
from fastapi_lint.rules.base import Family, Rule, Violation
from fastapi_lint.rules.$folder.${snake}_examples import EXAMPLES


class $class_name(Rule):
    """In one sentence, what must not be.

    What it does
    ------------
    Which evidence the rule needs before it speaks, and what it reports.

    Why is this bad
    ---------------
    What happens in the running program; the proof test shows it.

    Known limits
    ------------
    What it does not see, and what looks bad and is right.

    Fix safety
    ----------
    There is no automatic fix.

    References
    ----------
    - The documentation that says so.
    """

    code: ClassVar = "$code"
    name: ClassVar = "$name"
    family: ClassVar = Family.$family
    severity: ClassVar = Severity.WARNING
    since: ClassVar = "$since"
    examples: ClassVar = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield what is wrong in the project."""
        raise NotImplementedError
''')
_EXAMPLES = Template('''\
"""Examples of $code: what is wrong, what is right, and what looks wrong and is right."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "say what is wrong here",
        {
            "app/main.py": """\\
from fastapi import FastAPI

app = FastAPI()  # expect: $code
""",
        },
    ),
    good(
        "say what is right here",
        {
            "app/main.py": """\\
from fastapi import FastAPI

app = FastAPI()
""",
        },
    ),
    near_miss(
        "say what looks wrong here",
        {
            "app/main.py": """\\
from fastapi import FastAPI

app = FastAPI()
""",
        },
    ),
)
''')
_PROOF = Template('''\
"""$code: say what a client, the database or the event loop sees."""

from fastapi_lint.rules.$folder.${snake}_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import client, titled


def test_say_the_harm(open_project: OpenProject) -> None:
    project = open_project(titled(EXAMPLES, "say what is wrong here"))

    async def scenario() -> int:
        async with client(project.module("app.main").app) as http:
            return (await http.get("/")).status_code

    assert project.run(scenario) == 200
''')


@click.command("new-rule")
@click.argument("code")
@click.argument("name")
@click.argument("family", type=click.Choice([family.value for family in Family if family is not Family.ENGINE]))
@click.option("--since", default="0.1.0", show_default=True, help="The version that will carry the rule first.")
@click.option("--root", type=click.Path(exists=True, path_type=Path), default=ROOT, hidden=True)
def new_rule(*, code: str, name: str, family: str, since: str, root: Path) -> None:
    """Write the files of rule CODE, called NAME (it reads as "allow NAME"), in a FAMILY."""
    if not _CODE.fullmatch(code):
        raise click.UsageError(f"{code} is no code: it begins with FL and has three digits, as in FL402")
    if not _NAME.fullmatch(name) or keyword.iskeyword(_snake(name)):
        raise click.UsageError(f"{name} is no name: lower-case words joined by hyphens, as in n-plus-one-relationship")
    files = _files(code, name, Family(family), since)
    rules = root / "checkers" / "fastapi_lint" / "rules"
    taken = [path for path in rules.rglob("*.py") if f'"{code}"' in path.read_text(encoding="utf-8")]
    taken += [root / path for path in files if (root / path).exists()]
    if taken:
        raise click.UsageError(f"{code} or {name} exists: {taken[0].relative_to(root)}")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")


def _files(code: str, name: str, family: Family, since: str) -> dict[str, str]:
    snake, folder = _snake(name), _FOLDERS.get(family, family.value)
    words = {
        "code": code,
        "name": name,
        "snake": snake,
        "folder": folder,
        "class_name": name.title().replace("-", ""),
        "family": family.name,
        "since": since,
    }
    rules = f"checkers/fastapi_lint/rules/{folder}"
    return {
        f"{rules}/{snake}.py": _RULE.substitute(words),
        f"{rules}/{snake}_examples.py": _EXAMPLES.substitute(words),
        f"tests/proofs/test_{code.lower()}_{snake}.py": _PROOF.substitute(words),
    }


def _snake(name: str) -> str:
    return name.replace("-", "_")
