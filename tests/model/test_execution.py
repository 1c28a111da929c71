"""Which calls of a function may run, what is known where ways meet, and what a session is certain to see."""

from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from fastapi_lint.model.analysis import Analysis
from fastapi_lint.model.frame import SessionEffect
from fastapi_lint.model.values import Literal
from tests.model.described import described
from tests.projects import build_project

HEADER = """\
import os, sys
from contextlib import suppress
from typing import TYPE_CHECKING

class Stop(BaseException): ...
class Wrong(Exception): ...

seen: list[str] = []
def mark(name):
    seen.append(name)
    if len(seen) > 8: raise Stop
    return name
def fails(): raise Wrong
def leaves(): sys.exit(1)
def either(flag):
    if flag: raise Wrong
    return 1
def both(flag):
    if flag: raise Wrong
    else: raise Stop
def endless():
    yield 1
    raise Wrong

"""
REACHED = {
    "return mark('a')\nmark('b')": "a",
    "raise Wrong(mark('a')) from Stop(mark('b'))\nmark('c')": "ab",
    "pass\nmark('a')": "a",
    "global other\nother = mark('a')": "a",
    "if flag: return mark('a')\nelse: return mark('b')\nmark('c')": "ab",
    "if flag: raise Wrong\nmark('a')": "a",
    "if TYPE_CHECKING: mark('a')\nmark('b')": "b",
    "while True: mark('a')\nmark('b')": "a",
    "while 1:\n    mark('a')\n    if flag: break\nmark('b')": "ab",
    "while True:\n    if flag: mark('a')\n    else: break\nmark('b')": "ab",
    "while True:\n    try: mark('a')\n    finally: break\nmark('b')": "ab",
    "while True:\n    try: fails()\n    except Wrong: break\nmark('b')": "b",
    "while True:\n    try: mark('a')\n    except Wrong: mark('c')\nmark('b')": "ac",
    "while True:\n    with suppress(Wrong): break\nmark('b')": "b",
    "while True:\n    match mark('a'):\n        case 'a': break\nmark('b')": "ab",
    "while True:\n    match mark('a'):\n        case 'b': mark('c')\nmark('b')": "ac",
    "while True:\n    mark('a')\n    for _ in (1,): break\nmark('b')": "a",
    "while flag:\n    flag = mark('a') and None\nelse: mark('b')": "ab",
    "for _ in (1,):\n    mark('a')\n    continue\n    mark('b')\nelse: mark('c')": "ac",
    "try: return mark('a')\nfinally: mark('b')\nmark('c')": "ab",
    "try: fails()\nexcept Wrong as wrong: mark('a')\nmark('b')": "ab",
    "try: mark('a')\nexcept Wrong: mark('b')\nelse: mark('c')\nfinally: mark('d')": "abcd",
    "try: raise Wrong\nexcept: raise Stop\nmark('a')": "",
    "with suppress(Wrong): raise Wrong\nmark('a')": "a",
    "with suppress(Wrong): return mark('a')\nmark('b')": "a",
    "fails()\nmark('a')": "",
    "return fails()": "",
    "leaves()\nmark('a')": "",
    "sys.exit(mark('a'))\nmark('b')": "a",
    "either(flag)\nmark('a')": "a",
    "both(flag)\nmark('a')": "",
    "endless()\nmark('a')": "a",
    "match flag:\n    case True: return mark('a')\n    case _: return mark('b')\nmark('c')": "ab",
    "match flag:\n    case True: mark('a')\n    case False if mark('b'): mark('c')\nmark('d')": "abcd",
    "match flag:\n    case True: return mark('a')\nmark('b')": "ab",
    "def inner(): mark('a')\nmark('b')": "b",
    "assert mark('a')\nmark('b')": "ab",
}


def _analysis(root: Path, source: str, name: str = "case") -> Analysis:
    project = build_project(root, {"program.py": HEADER + source})
    return project.analyser.analysis(project.modules["program.py"].functions[name])


def _function(body: str) -> str:
    return "def case(flag):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def _marked(analysis: Analysis) -> str:
    given = [site.arguments[0] for site in analysis.calls if described(site.target) == "def mark"]
    return "".join(str(item.value) for item in given if isinstance(item, Literal))


def _executed(program: ModuleType) -> set[str]:
    found: set[str] = set()
    for flag in (True, False):
        program.seen.clear()
        with suppress(program.Stop, program.Wrong, SystemExit):
            program.case(flag)
        found.update(program.seen)
    return found


@pytest.mark.parametrize(("body", "expected"), REACHED.items())
def test_only_what_may_run_is_looked_at(tmp_path: Path, body: str, expected: str) -> None:
    assert _marked(_analysis(tmp_path, _function(body))) == expected


@pytest.mark.parametrize("body", REACHED)
def test_all_that_python_runs_is_looked_at(tmp_path: Path, body: str) -> None:
    module = ModuleType("program")
    source = HEADER + _function(body)
    exec(compile(source, "program.py", "exec"), module.__dict__)
    assert _executed(module) <= set(_marked(_analysis(tmp_path, _function(body))))


def test_a_lambda_is_looked_at_as_something_that_runs_later(tmp_path: Path) -> None:
    analysis = _analysis(tmp_path, _function("later = lambda flag: mark(flag)\nmark(flag)"))
    assert [site.context.deferred for site in analysis.calls] == [True, False]
    assert [described(site.arguments[0]) for site in analysis.calls] == ["?", "$flag"]


def test_a_name_that_may_hold_too_many_values_holds_nothing_certain(tmp_path: Path) -> None:
    def assigned(count: int) -> set[str]:
        body = "\n".join(f"if flag == {number}: found = {number}" for number in range(count))
        found = described(_analysis(tmp_path, _function(f"found = -1\n{body}\nreturn found")).result)
        return set(found.split(" | "))

    assert assigned(3) == {"-1", "0", "1", "2"}
    assert assigned(24) == {"?"}


SESSIONS = """\
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy import select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

"""


def _effects(root: Path, body: str, head: str = "async def case(session: AsyncSession, flag: bool = True):") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    analysis = _analysis(root, f"{SESSIONS}{head}\n{lines}")
    return " ".join(map(_short, analysis.all_session_effects))


def _short(effect: SessionEffect) -> str:
    marks = {"?": effect.conditional, "!": effect.fails, ">": effect.after_yield}
    return effect.kind + "".join(mark for mark, present in marks.items() if present)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await session.execute(select(User))", "execute"),
        ("await session.execute(update(User))", "execute write"),
        ("await session.execute(text('x'))", "execute unknown"),
        ("await session.execute(flag)", "execute"),
        ("await session.execute(session.nothing())", "execute unknown"),
        ("session.add(User())\nawait session.flush()\nawait session.commit()", "stage flush commit"),
        ("await session.delete(User())\nawait session.rollback()", "stage rollback"),
        ("session.expunge_all()\nawait session.close()", "expunge_all close"),
        ("if flag: await session.commit()", "commit?"),
        ("if flag and session: await session.commit()", "commit?"),
        ("if session.new: await session.commit()", "commit?"),
        ("if session.is_active: await session.commit()", "commit?"),
        ("if User(): await session.commit()", "commit"),
        ("if User(): raise Wrong\nawait session.commit()", "commit"),
        ("if User():\n    await session.commit()\n    raise Wrong", "commit!"),
        ("if User():\n    await session.commit()\n    return 1\nelse: return 2", "commit"),
        ("for _ in User.all:\n    if User():\n        await session.commit()\n        continue", "commit"),
        ("try: await session.commit()\nexcept Wrong:\n    await session.rollback()\n    raise", "commit rollback!"),
        ("yield session\nawait session.commit()", "commit>"),
        ("try:\n    yield session\nfinally:\n    await session.close()", "close>"),
        ("async with session.begin(): session.add(User())", "stage commit"),
        ("async with session.begin_nested(): session.add(User())", "stage"),
        ("lambda: session.add(User())", ""),
        ("match User():\n    case User(): await session.commit()", "commit"),
    ],
)
def test_effects_on_a_session_are_known_with_what_they_depend_on(tmp_path: Path, body: str, expected: str) -> None:
    assert _effects(tmp_path, body) == expected
