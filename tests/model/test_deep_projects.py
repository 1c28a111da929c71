"""Code that is nested or chained out of all proportion makes no rule fail, and hides nothing in other files."""

from pathlib import Path

import pytest

from fastapi_lint.rules.registry import load_rules
from tests.projects import build_project

_BLOCKING = """\
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def wait() -> None:
    time.sleep(1)
"""


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"def f{i}(): return f{i + 1}()\n" for i in range(400)),
        "".join(f"async def f{i}(): return await f{i + 1}()\n" for i in range(400)),
        "class A0: pass\n" + "".join(f"class A{i + 1}(A{i}): pass\n" for i in range(1200)) + "A1200().x\n",
        "".join(f"a{i + 1} = a{i}\n" for i in range(1200)),
    ],
    ids=["functions", "coroutines", "classes", "aliases"],
)
def test_chains_of_any_length_leave_the_rest_of_the_project_checked(tmp_path: Path, source: str) -> None:
    project = build_project(tmp_path, {"app/main.py": _BLOCKING, "app/deep.py": source})
    found = [(violation.module, rule.code) for rule in load_rules() for violation in rule.check(project)]
    assert ("app/main.py", "FL201") in found
