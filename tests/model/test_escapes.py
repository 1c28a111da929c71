"""Whether all that happens to a session can be seen."""

from pathlib import Path

import pytest

from fastapi_lint.model.project import Project
from tests.projects import build_project

SOURCE = """\
import logging
from functools import lru_cache, partial
import httpx
from other import decorate, retry
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

def wrap(function): return function

class Repository:
    def __init__(self, session: AsyncSession): self.session = session
    def find(self): ...

class Box: ...

def reads(given): return given
def hands_on(given): retry(given)
def passes(given: AsyncSession): hands_on(given)
def counts(given: AsyncSession, left=3): return counts(given, left - 1)
def leaks(given: AsyncSession, left=3):
    leaks(given, left - 1)
    retry(given)

@decorate
def changed(given): ...
@wrap
def wrapped(given): ...
@lru_cache
def cached(given): ...

async def case(session: AsyncSession, sessions: list[AsyncSession], repository: Repository, unknown, box: Box):
    {body}
"""


def _project(root: Path, body: str) -> Project:
    return build_project(root, {"app.py": SOURCE.replace("{body}", body)})


def _escapes(root: Path, body: str, name: str = "case") -> bool:
    project = _project(root, body)
    return project.escapes.from_function(project.modules["app.py"].functions[name])


@pytest.mark.parametrize(
    "body",
    [
        "await session.commit()",
        "logging.info('%s', session)",
        "reads(session)",
        "retry(box)",
        "retry([1], box.missing, reads)",
        "unknown(1)",
        "cached(session)",
        "counts(session)",
        "Repository(session).find()",
        "list(sessions)",
        "Box().missing(1)",
        "sorted([1], key=lambda item: -item)",
    ],
)
def test_what_only_uses_a_session_lets_nothing_escape(tmp_path: Path, body: str) -> None:
    assert not _escapes(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "retry(session)",
        "retry(key=session)",
        "retry(sessions)",
        "retry({'session': session})",
        "retry(Repository(session))",
        "retry(Repository(session).find)",
        "retry(session.commit)",
        "retry(lambda: session.commit())",
        "retry(session if unknown else None)",
        "retry(partial(reads, session))",
        "httpx.post(session)",
        "unknown(session)",
        "await unknown()",
        "await unknown.run(1)",
        "hands_on(session)",
        "passes(session)",
        "leaks(session)",
        "changed(session)",
        "wrapped(session)",
        "box.missing(session)",
        "def inner(): return session\n    retry(inner)",
    ],
)
def test_what_hands_a_session_to_the_unknown_lets_it_escape(tmp_path: Path, body: str) -> None:
    assert _escapes(tmp_path, body)


def test_a_chain_of_calls_that_is_too_deep_to_follow_may_do_anything(tmp_path: Path) -> None:
    steps = "\n".join(f"def step{number}(given): step{number + 1}(given)" for number in range(100))
    source = f"{SOURCE.replace('{body}', 'step0(session)')}\n{steps}\ndef step100(given): ...\n"
    project = build_project(tmp_path, {"app.py": source})
    functions = project.modules["app.py"].functions
    assert project.escapes.from_function(functions["case"])
    assert not project.escapes.from_function(functions["step90"])


def test_calls_that_go_round_end(tmp_path: Path) -> None:
    source = f"{SOURCE.replace('{body}', 'ping(session)')}\ndef ping(one): pong(one)\ndef pong(other): ping(other)\n"
    project = build_project(tmp_path, {"app.py": source})
    assert not project.escapes.from_function(project.modules["app.py"].functions["case"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("create_async_engine('x', isolation_level='AUTOCOMMIT')", True),
        ("create_async_engine('x', isolation_level='SERIALIZABLE')", False),
        ("unknown(isolation_level='AUTOCOMMIT')", False),
    ],
)
def test_an_engine_may_commit_each_statement_by_itself(tmp_path: Path, body: str, *, expected: bool) -> None:
    project = _project(tmp_path, body)
    analysis = project.analyser.analysis(project.modules["app.py"].functions["case"])
    assert project.escapes.commits_by_itself(analysis) is expected
