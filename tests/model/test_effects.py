"""Which blocking calls a function reaches, and by which way."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from fastapi_lint.config import Config
from fastapi_lint.model.effects import BlockingPath
from fastapi_lint.model.project import Project
from tests.projects import build_project

SOURCE = """\
import functools, gzip, io, shutil, tempfile, time
import cachetools
import httpx, requests

client = None
answers = {}

class Base:
    def load(self): time.sleep(1)
    def __init__(self): self.value = None
    @property
    def ready(self): return time.sleep(1)

class Quick(Base):
    def load(self): ...

class Slow:
    def __init__(self): requests.get("x")

def sleeps(): time.sleep(1)
def twice():
    through()
    sleeps()
def through(): sleeps()
def both():
    time.sleep(1)
    requests.get("x")
def again(left): return again(left - 1) if left else time.sleep(1)
def generates():
    time.sleep(1)
    yield 1
async def waits(): time.sleep(1)
@functools.lru_cache
def remembers(): time.sleep(1)
@cachetools.cached({})
def stores(): time.sleep(1)
def legacy(): ...
def pool(function): function()

"""


def _project(root: Path, body: str, settings: Config | None = None) -> Project:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return build_project(root, {"app/work.py": f"{SOURCE}def case(base: Base, quick: Quick, self):\n{lines}"}, settings)


def _reached(project: Project, name: str = "case") -> list[str]:
    found = project.effects.blocking(project.modules["app/work.py"].functions[name], None)
    return [_way(path) for path in found]


def _way(path: BlockingPath) -> str:
    return " > ".join(step.message for step in path.witness.steps)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("time.sleep(1)", ["time.sleep() sleeps"]),
        ("sleeps()", ["calls sleeps() > time.sleep() sleeps"]),
        ("twice()", ["calls twice() > calls sleeps() > time.sleep() sleeps"]),
        ("both()", ["calls both() > time.sleep() sleeps", "calls both() > requests.get() waits for the network"]),
        ("time.sleep(1)\ntime.sleep(2)\nsleeps()", ["time.sleep() sleeps"]),
        ("base.load()", ["calls Base.load() > time.sleep() sleeps"]),
        ("quick.load()", []),
        ("Slow()", ["calls Slow.__init__() > requests.get() waits for the network"]),
        ("again(3)", ["calls again() > time.sleep() sleeps"]),
        ("lambda: time.sleep(1)", []),
        ("lambda: sleeps()", []),
        ("generates()", []),
        ("waits()", []),
        ("remembers()\nstores()", []),
        ("open('x').read()", ["builtins.open() waits for the disk"]),
        ("with gzip.open('x') as file: file.read()", ["gzip.open() waits for the disk"]),
        ("io.BytesIO(b'x').read()", []),
        ("shutil.copyfileobj(io.BytesIO(), io.BytesIO())", []),
        ("shutil.copyfileobj(io.BytesIO(), open('x', 'wb'))", ["shutil.copyfileobj() waits for the disk"]),
        ("tempfile.NamedTemporaryFile()", []),
        ("tempfile.NamedTemporaryFile().write(b'x')", ["tempfile.NamedTemporaryFile() waits for the disk"]),
    ],
)
def test_the_first_blocking_call_of_each_kind_is_found_with_its_way(
    tmp_path: Path, body: str, expected: Sequence[str]
) -> None:
    assert _reached(_project(tmp_path, body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "if self.value is None:\n    self.value = requests.get('x')",
        "if not self.value: self.value = sleeps()",
        "if self.value is not None: return self.value\nself.value = sleeps()",
        "if self.value: return self.value\nself.value = sleeps()",
        "with self.lock:\n    if self.value == None: self.value = sleeps()",
        "if 'x' not in answers: answers['x'] = sleeps()",
        "if 'x' in answers: return answers['x']\nanswers['x'] = sleeps()",
        "if answers.get('x') is None: answers['x'] = sleeps()",
        "if (found := answers.get('x')) is not None: return found\nanswers['x'] = sleeps()",
        "if self.value is None and self: self.value = sleeps()",
        "if self.value is None or not self.value: self.value = sleeps()",
        "global client\nif client is None: client = sleeps()",
        "global client\nif client is None: client: object = sleeps()",
        "if self.values['x'] is None: self.values['x'] = sleeps()",
    ],
)
def test_what_is_computed_once_and_kept_does_not_count(tmp_path: Path, body: str) -> None:
    assert _reached(_project(tmp_path, body)) == []


@pytest.mark.parametrize(
    "body",
    [
        "if self.value is None: sleeps()",
        "if self.value is None: self.other = sleeps()",
        "if self.value is None or base: self.value = sleeps()",
        "if self.value > 3: self.value = sleeps()",
        "if self.value > 3: return 1\nself.value = sleeps()",
        "if client is None: client = sleeps()",
        "if base.value is None: base.value = sleeps()",
        "kept = {}\nif 'x' not in kept: kept['x'] = sleeps()",
        "self.value = sleeps()\nif self.value is None: self.value = 1",
        "if not sleeps(): self.value = 1",
        "for one in quick: answers[one] = sleeps()",
    ],
)
def test_what_is_computed_on_every_call_counts(tmp_path: Path, body: str) -> None:
    assert _reached(_project(tmp_path, body)) == ["calls sleeps() > time.sleep() sleeps"]


def test_the_configuration_adds_what_blocks_and_what_does_not(tmp_path: Path) -> None:
    settings = Config(known_blocking=("work.legacy", "vendor.call"), known_offload=("app.work.pool", "requests.get"))
    body = "import vendor\nvendor.call()\nlegacy()\npool(sleeps)\nrequests.get('x')"
    project = _project(tmp_path, body, settings)
    assert _reached(project) == ["vendor.call() waits for the network"]
    assert _reached(project, "legacy") == ["blocks, says the configuration"]
    assert _reached(project, "pool") == []
    assert _reached(_project(tmp_path, "legacy()", settings)) == ["calls legacy() > blocks, says the configuration"]


def test_a_way_that_is_too_long_is_no_evidence(tmp_path: Path) -> None:
    steps = "\n".join(f"    def step{number}(): step{number + 1}()" for number in range(12))
    chain = steps.replace("    def", "def")
    project = build_project(tmp_path, {"app/work.py": f"{SOURCE}{chain}\ndef step12(): time.sleep(1)\n"})
    assert len(_reached(project, "step8")) == 1
    assert _reached(project, "step0") == []


def test_calls_that_never_end_are_followed_once(tmp_path: Path) -> None:
    round_trip = "def ping(): pong()\ndef pong():\n    ping()\n    time.sleep(1)\n"
    project = build_project(tmp_path, {"app/work.py": SOURCE + round_trip})
    assert _reached(project, "ping") == ["calls pong() > time.sleep() sleeps"]
    deep = "".join(f"def step{number}(): step{number + 1}()\n" for number in range(200))
    project = build_project(tmp_path, {"app/work.py": f"{SOURCE}{deep}def step200(): sleeps()\n"})
    assert _reached(project, "step0") == []
