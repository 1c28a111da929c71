"""FL802: which configurations of CORS are open to every origin."""

from pathlib import Path

import pytest

from fastapi_lint.findings import Severity
from fastapi_lint.rules.base import Violation
from fastapi_lint.rules.security.cors_wildcard_with_credentials import CorsWildcardWithCredentials
from tests.projects import build_project

HEAD = """
import os
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    origins: list[str] = ["*"]
    credentials: bool = True
settings = Settings()
class OwnCors(CORSMiddleware): ...
ORIGINS = ("*",)
YES = True
app = FastAPI()
"""


def _found(root: Path, text: str, path: str = "app/main.py") -> list[Violation]:
    return list(CorsWildcardWithCredentials().check(build_project(root, {path: HEAD + text})))


@pytest.mark.parametrize(
    "options",
    [
        "allow_origins=['*'], allow_credentials=True",
        "allow_origins=['https://a.example', '*'], allow_credentials=YES",
        "allow_origins=ORIGINS, allow_credentials=True",
        "['*'], allow_credentials=True",
        "allow_origins='*,https://a.example'.split(','), allow_credentials=True",
        "allow_origin_regex='.*', allow_credentials=True",
        "allow_origin_regex=r'https?://.+', allow_credentials=True",
    ],
)
def test_every_origin_with_credentials(tmp_path: Path, options: str) -> None:
    (found,) = _found(tmp_path, f"app.add_middleware(CORSMiddleware, {options})\n")
    assert found.severity is None


@pytest.mark.parametrize(
    "options",
    [
        "allow_origins=settings.origins, allow_credentials=True",
        "allow_origins=['*'], allow_credentials=settings.credentials",
        "allow_origins=os.environ.get('ORIGINS', '*').split(','), allow_credentials=True",
    ],
)
def test_a_default_is_a_warning(tmp_path: Path, options: str) -> None:
    (found,) = _found(tmp_path, f"app.add_middleware(CORSMiddleware, {options})\n")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "options",
    [
        "allow_origins=['*']",
        "allow_origins=['*'], allow_credentials=False",
        "allow_origins=['*'], allow_credentials=compute()",
        "allow_origins=['https://a.example'], allow_credentials=True",
        "allow_origins=compute(), allow_credentials=True",
        "allow_origins=compute().split(','), allow_credentials=True",
        "allow_origins=[*ORIGINS], allow_credentials=True",
        "allow_origin_regex=r'https://.*\\\\.a\\\\.example', allow_credentials=True",
        "allow_origin_regex='(', allow_credentials=True",
        "allow_origin_regex=compute(), allow_credentials=True",
        "allow_credentials=True",
        "**options",
    ],
)
def test_anything_else_is_silent(tmp_path: Path, options: str) -> None:
    assert _found(tmp_path, f"app.add_middleware(CORSMiddleware, {options})\n") == []


@pytest.mark.parametrize(
    "call",
    [
        "wrapped = CORSMiddleware(app, allow_origins=['*'], allow_credentials=True)\n",
        "app.add_middleware(OwnCors, allow_origins=['*'], allow_credentials=True)\n",
        "def setup(app):\n    app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)\n",
    ],
)
def test_wherever_the_middleware_is_set_up(tmp_path: Path, call: str) -> None:
    assert len(_found(tmp_path, call)) == 1


def test_another_middleware_and_the_tests_are_silent(tmp_path: Path) -> None:
    other = "class Other: ...\napp.add_middleware(Other, allow_origins=['*'], allow_credentials=True)\n"
    assert _found(tmp_path, other) == []
    text = "app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)\n"
    assert _found(tmp_path, text, "tests/test_app.py") == []
