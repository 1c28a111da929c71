"""Where sessions come from, and what a commit does to their objects."""

from pathlib import Path

import pytest

from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.sessions import SessionFactory, Sessions
from tests.projects import build_project

IMPORTS = """\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import orm
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlmodel import Session as SQLModelSession
from sqlmodel.ext.asyncio.session import AsyncSession as SQLModelAsyncSession

"""


def _sessions(root: Path, source: str, **others: str) -> Sessions:
    files = {"app/db.py": IMPORTS + source, **{f"app/{name}.py": text for name, text in others.items()}}
    return build_project(root, files).sessions


def _only(sessions: Sessions) -> SessionFactory:
    (found,) = (*sessions.factories, *sessions.direct)
    return found


@pytest.mark.parametrize(
    ("call", "is_async", "is_direct", "expires"),
    [
        ("sessionmaker(engine)", False, False, True),
        ("orm.sessionmaker[Session](engine, expire_on_commit=False)", False, False, False),
        ("sessionmaker(engine, class_=AsyncSession, expire_on_commit=True)", True, False, True),
        ("sessionmaker(engine, class_=SQLModelAsyncSession, expire_on_commit=False)", True, False, False),
        ("async_sessionmaker(engine, expire_on_commit=settings.expire)", True, False, None),
        ("async_sessionmaker(engine, **options())", True, False, None),
        ("async_sessionmaker(engine, **{'expire_on_commit': False})", True, False, False),
        ("async_sessionmaker(engine, class_=unknown)", True, False, True),
        ("Session(engine)", False, True, True),
        ("SQLModelSession(engine, expire_on_commit=False)", False, True, False),
        ("AsyncSession(engine)", True, True, True),
        ("SQLModelAsyncSession(engine, expire_on_commit=False)", True, True, False),
        ("SQLAlchemy()", False, False, True),
        ("SQLAlchemy(session_options={'expire_on_commit': False})", False, False, False),
        ("SQLAlchemy(session_options=options())", False, False, None),
        ("scoped_session(sessionmaker(engine, expire_on_commit=False))", False, False, False),
    ],
)
def test_a_call_that_makes_sessions_is_understood(
    tmp_path: Path, call: str, *, is_async: bool, is_direct: bool, expires: bool | None
) -> None:
    found = _only(_sessions(tmp_path, f"made = {call}\n"))
    assert (found.is_async, found.is_direct, found.expire_on_commit) == (is_async, is_direct, expires)


def test_autoflush_is_read_like_expiry(tmp_path: Path) -> None:
    assert _only(_sessions(tmp_path, "made = sessionmaker(engine)\n")).autoflush is True
    assert _only(_sessions(tmp_path, "made = sessionmaker(engine, autoflush=False)\n")).autoflush is False


def test_factories_are_found_in_functions_classes_and_blocks(tmp_path: Path) -> None:
    sessions = _sessions(
        tmp_path,
        """\
try:
    if DEBUG:
        First = sessionmaker(engine)
finally:
    pass


def make(engine):
    return async_sessionmaker(engine)


class Database:
    factory = sessionmaker(engine)

    def __init__(self):
        self.factory = sessionmaker(self.engine)

    def open(self):
        with Session(self.engine) as session, session.begin():
            yield session
""",
    )
    assert [item.scope for item in sessions.factories] == ["", "make", "Database", "Database.__init__"]
    assert [(item.scope, item.place.module) for item in sessions.direct] == [("Database.open", "app/db.py")]


def test_own_session_classes_count_with_what_they_pass_on(tmp_path: Path) -> None:
    sessions = _sessions(
        tmp_path,
        """\
class Quiet(AsyncSession):
    def __init__(self, *args, **kwargs):
        log.debug("made")
        super().__init__(*args, expire_on_commit=False, **kwargs)


class Plain(Session):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


class Renamed(Plain): ...
class Other: ...


def use():
    Quiet(engine)
    Renamed(engine, expire_on_commit=False)
    Plain(engine)
    Other(engine)


makes_quiet = async_sessionmaker(engine, class_=Quiet)
""",
        other="from app.db import Quiet as Silent\n\nsession = Silent(engine)\n",
    )
    assert [cls.name for cls in sessions.own_classes] == ["Plain", "Quiet", "Renamed"]
    found = [
        (item.session_class.name if item.session_class else "", item.is_async, item.expire_on_commit)
        for item in (*sessions.direct, *sessions.factories)
    ]
    assert found == [
        ("Quiet", True, False),
        ("Renamed", False, False),
        ("Plain", False, True),
        ("Quiet", True, False),
        ("Quiet", True, False),
    ]


def test_configure_changes_a_factory(tmp_path: Path) -> None:
    sessions = _sessions(
        tmp_path,
        """\
Sync = sessionmaker()
Async = async_sessionmaker()


def bind(engine):
    Sync.configure(bind=engine, expire_on_commit=False)
    Async.configure(expire_on_commit=False)
    Sync.configure(bind=engine)
    other.configure(expire_on_commit=False)
""",
    )
    assert [(item.is_async, item.expire_on_commit) for item in sessions.factories] == [
        (False, True),
        (True, True),
        (False, False),
        (True, False),
    ]
    assert sessions.expire_on_commit(async_=True) is None


def test_what_only_looks_like_a_session_is_none(tmp_path: Path) -> None:
    sessions = _sessions(
        tmp_path,
        """\
import requests


def sessionmakers(): ...


def use():
    requests.Session()
    sessionmakers()
    Session.object_session(row)
    unknown.Session()
    made()()
""",
        other="from requests import Session\n\nsession = Session()\n",
    )
    assert sessions.factories == ()
    assert sessions.direct == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", None),
        ("a = async_sessionmaker(engine)\n", True),
        ("a = async_sessionmaker(engine, expire_on_commit=False)\nb = sessionmaker(engine)\n", False),
        ("a = async_sessionmaker(engine)\nb = AsyncSession(engine, expire_on_commit=False)\n", None),
        ("a = async_sessionmaker(engine, expire_on_commit=flag)\n", None),
    ],
)
def test_the_project_has_one_answer_only_where_all_agree(tmp_path: Path, source: str, *, expected: bool | None) -> None:
    assert _sessions(tmp_path, source).expire_on_commit(async_=True) is expected


def test_only_the_application_counts_for_the_project(tmp_path: Path) -> None:
    files = {
        "app/db.py": f"{IMPORTS}a = async_sessionmaker(engine, expire_on_commit=False)\n",
        "tests/db.py": f"{IMPORTS}a = async_sessionmaker(engine)\n",
    }
    modules = build_project(tmp_path, files).modules
    assert Sessions(modules).expire_on_commit(async_=True) is None
    kinds = {"app/db.py": FileKind.APP, "tests/db.py": FileKind.TEST}
    assert Sessions(modules, kinds).expire_on_commit(async_=True) is False


def test_a_factory_is_found_from_what_holds_or_returns_it(tmp_path: Path) -> None:
    project = build_project(
        tmp_path,
        {
            "app/db.py": f"""{IMPORTS}
def make(engine):
    return async_sessionmaker(engine)


def either(engine):
    if engine:
        return sessionmaker(engine)
    return async_sessionmaker(engine)


Direct = sessionmaker(engine)
Alias = Direct
Made = make(engine)
Scoped = scoped_session(sessionmaker(engine))
ScopedName = async_scoped_session(Made)
Unclear = either(engine)
Nothing = print(engine)
Number = 3
Itself = Itself
""",
        },
    )
    module, sessions = project.modules["app/db.py"], project.sessions
    found = {
        name: sessions.factory(module.lookup(name)) for name in ("Direct", "Alias", "Made", "Scoped", "ScopedName")
    }
    assert {name: item.is_async for name, item in found.items() if item is not None} == {
        "Direct": False,
        "Alias": False,
        "Made": True,
        "Scoped": False,
        "ScopedName": True,
    }
    assert found["Direct"] is found["Alias"]
    assert all(sessions.factory(module.lookup(name)) is None for name in ("Unclear", "Nothing", "Number", "Itself"))
    assert sessions.factory(None) is None
