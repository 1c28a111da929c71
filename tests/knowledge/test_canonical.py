"""One name for each library object: renamings end, classes keep their bases, calls know their type."""

import importlib
import sys
import warnings
from types import ModuleType

import pytest

from fastapi_lint.knowledge.canonical import (
    ALIASES,
    BASES,
    RETURNS,
    ancestors,
    canonical,
    is_subclass,
    member_path,
    return_type,
)

_INSTALLED = ("fastapi", "starlette", "sqlalchemy", "sqlmodel", "pydantic", "pydantic_settings", "httpx", "anyio")
_ON_OBJECTS = {
    "starlette.datastructures.UploadFile.filename",
    "starlette.datastructures.UploadFile.file",
    "fastapi.FastAPI.state",
    "fastapi.FastAPI.router",
    "sqlalchemy.ext.asyncio.AsyncSession.sync_session",
}
"""Attributes that exist on objects only, or are declared without a value."""


def _resolve(name: str) -> object | None:
    words = name.split(".")
    for length in range(len(words), 0, -1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some old import paths warn
            try:
                found: object = importlib.import_module(".".join(words[:length]))
            except ImportError:
                continue
            for word in words[length:]:
                found = getattr(found, word, None)
        return found
    return None


def _installed(name: str) -> bool:
    return name.partition(".")[0] in {*_INSTALLED, *sys.stdlib_module_names}


def test_a_canonical_name_is_final() -> None:
    assert [name for name in ALIASES if canonical(canonical(name)) != canonical(name)] == []


def test_a_row_that_keeps_a_name_is_needed() -> None:
    kept = [name for name, target in ALIASES.items() if name == target]
    assert kept
    assert [name for name in kept if not any(name.startswith(f"{other}.") for other in ALIASES)] == []


def test_tables_speak_in_canonical_names() -> None:
    names = {*BASES, *(base for bases in BASES.values() for base in bases), *RETURNS, *RETURNS.values()}
    assert [name for name in sorted(names) if canonical(name) != name] == []


def test_bases_are_those_of_the_installed_classes() -> None:
    wrong = []
    for name, bases in BASES.items():
        found = _resolve(name) if _installed(name) else None
        if isinstance(found, type):
            classes = [_resolve(base) for base in bases]
            wrong += [(name, base) for base in classes if not (isinstance(base, type) and issubclass(found, base))]
    assert wrong == []


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("fastapi.params.Depends", "fastapi.Depends"),
        ("fastapi.routing.APIRouter", "fastapi.APIRouter"),
        ("fastapi.routing.APIRouter.include_router", "fastapi.APIRouter.include_router"),
        ("fastapi.applications.FastAPI", "fastapi.FastAPI"),
        ("fastapi.Request", "starlette.requests.Request"),
        ("fastapi.responses.JSONResponse", "starlette.responses.JSONResponse"),
        ("fastapi.responses.ORJSONResponse", "fastapi.responses.ORJSONResponse"),
        ("fastapi.concurrency.run_in_threadpool", "starlette.concurrency.run_in_threadpool"),
        ("fastapi.concurrency.contextmanager_in_threadpool", "fastapi.concurrency.contextmanager_in_threadpool"),
        ("sqlalchemy.ext.asyncio.session.AsyncSession", "sqlalchemy.ext.asyncio.AsyncSession"),
        ("sqlalchemy.orm.session.Session.commit", "sqlalchemy.orm.Session.commit"),
        ("sqlalchemy.future.select", "sqlalchemy.select"),
        ("sqlalchemy.sql.expression.select", "sqlalchemy.select"),
        ("sqlalchemy.types.String", "sqlalchemy.String"),
        ("sqlmodel.ext.asyncio.session.AsyncSession", "sqlmodel.ext.asyncio.session.AsyncSession"),
        ("sqlmodel.select", "sqlmodel.select"),
        ("pydantic.main.BaseModel", "pydantic.BaseModel"),
        ("pydantic.v1.BaseModel", "pydantic.v1.BaseModel"),
        ("pydantic.v1.main.BaseModel", "pydantic.v1.BaseModel"),
        ("fastapi.HTTPException", "fastapi.HTTPException"),
        ("starlette.exceptions.HTTPException", "starlette.exceptions.HTTPException"),
        ("typing.List", "builtins.list"),
        ("typing_extensions.Annotated", "typing.Annotated"),
        ("app.models.User", "app.models.User"),
        ("fastapi", "fastapi"),
        ("", ""),
    ],
)
def test_an_import_path_has_one_name(imported: str, name: str) -> None:
    assert canonical(imported) == name


def test_both_names_of_an_installed_object_are_one_object() -> None:
    wrappers = (
        "fastapi.params.",
        "sqlalchemy.ext.declarative",
        "sqlmodel.",
        "pathlib.Posix",
        "typing.",
        "multiprocessing.",
    )
    names = [name for name in ALIASES if _installed(name) and not name.startswith(wrappers)]
    found = {name: _resolve(name) for name in names}
    objects = [name for name in names if found[name] is not None and not isinstance(found[name], ModuleType)]
    assert len(objects) > 100
    assert [name for name in objects if found[name] is not _resolve(canonical(name))] == []


def test_ancestors_are_nearest_first_and_transitive() -> None:
    assert ancestors("sqlalchemy.exc.IntegrityError") == (
        "sqlalchemy.exc.DatabaseError",
        "sqlalchemy.exc.DBAPIError",
        "sqlalchemy.exc.StatementError",
        "sqlalchemy.exc.SQLAlchemyError",
        "builtins.Exception",
        "builtins.BaseException",
    )


@pytest.mark.parametrize(
    ("name", "base", "verdict"),
    [
        ("sqlmodel.Session", "sqlalchemy.orm.Session", True),
        ("sqlmodel.ext.asyncio.session.AsyncSession", "sqlalchemy.ext.asyncio.AsyncSession", True),
        ("sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.orm.Session", False),
        ("sqlmodel.SQLModel", "pydantic.BaseModel", True),
        ("pydantic.v1.BaseModel", "pydantic.BaseModel", False),
        ("fastapi.HTTPException", "starlette.exceptions.HTTPException", True),
        ("starlette.exceptions.HTTPException", "fastapi.HTTPException", False),
        ("app.models.User", "app.models.User", True),
    ],
)
def test_subclasses(name: str, base: str, verdict: bool) -> None:  # noqa: FBT001
    assert is_subclass(name, base) is verdict


@pytest.mark.parametrize(
    ("callee", "result"),
    [
        ("sqlalchemy.create_engine", "sqlalchemy.Engine"),
        ("sqlalchemy.engine.create_engine", "sqlalchemy.Engine"),
        ("sqlalchemy.ext.asyncio.create_async_engine", "sqlalchemy.ext.asyncio.AsyncEngine"),
        ("sqlalchemy.ext.asyncio.async_sessionmaker.__call__", "sqlalchemy.ext.asyncio.AsyncSession"),
        ("sqlalchemy.orm.sessionmaker.__call__", "sqlalchemy.orm.Session"),
        ("sqlmodel.Session.query", "sqlalchemy.orm.Query"),
        ("sqlmodel.ext.asyncio.session.AsyncSession.execute", "sqlalchemy.Result"),
        ("sqlalchemy.Select.where", "sqlalchemy.Select"),
        ("sqlalchemy.Select.subquery", "sqlalchemy.Subquery"),
        ("sqlalchemy.Select.__len__", None),
        ("requests.Session.get", "requests.Response"),
        ("boto3.client", "botocore.client.BaseClient"),
        ("builtins.open", "io.TextIOWrapper"),
        ("pathlib.Path.__truediv__", "pathlib.Path"),
        ("pathlib.Path.parent", "pathlib.Path"),
        ("chonkie.AutoEmbeddings.get_embeddings", "chonkie.BaseEmbeddings"),
        ("pydantic_settings.BaseSettings.model_dump", "builtins.dict"),
        ("sqlmodel.SQLModel.model_validate", "typing.Self"),
        ("app.services.load", None),
        ("load", None),
    ],
)
def test_a_call_has_a_type(callee: str, result: str | None) -> None:
    assert return_type(callee) == result


@pytest.mark.parametrize(
    ("chain", "member"),
    [
        ("pymongo.MongoClient.app.users.insert_one", "pymongo.collection.Collection.insert_one"),
        ("pymongo.MongoClient.app.__getitem__", "pymongo.database.Database.__getitem__"),
        ("fastapi.UploadFile.file.read", "tempfile.SpooledTemporaryFile.read"),
        ("pathlib.Path.parent.parent.joinpath", "pathlib.Path.joinpath"),
        ("boto3.resources.base.ServiceResource.meta.client.get_object", "botocore.client.BaseClient.get_object"),
        ("openai.OpenAI.chat.completions.create", "openai.OpenAI.chat.completions.create"),
        ("requests.Session.get", "requests.Session.get"),
        ("starlette.requests.Request.json.get", "starlette.requests.Request.json.get"),
        ("app.services.mailer.send", "app.services.mailer.send"),
        ("print", "print"),
    ],
)
def test_a_chain_of_attributes_ends_in_a_member_of_the_last_known_type(chain: str, member: str) -> None:
    assert member_path(chain) == member


def test_the_type_of_a_chain_is_that_of_its_last_member() -> None:
    assert return_type("pathlib.Path.parent.read_text") == "builtins.str"
    assert return_type("pymongo.MongoClient.app.users") == "pymongo.collection.Collection"


def _exists(name: str) -> bool:
    owner, _, member = name.rpartition(".")
    found = _resolve(owner)
    return member == "*" or hasattr(found, member) or member in getattr(found, "__annotations__", {})


def test_names_with_a_type_exist() -> None:
    names = [name for name in RETURNS if _installed(name) and name not in _ON_OBJECTS]
    assert len(names) > 150
    assert [name for name in names if not _exists(name)] == []
