"""What a type annotation says."""

from pathlib import Path

import pytest

from tests.model.described import described
from tests.projects import build_project

IMPORTS = """\
import collections
import typing
from collections.abc import AsyncIterator, Awaitable, Coroutine, Mapping
from typing import *
from typing import Annotated, Any, NewType, Optional, Self, Type, TypeVar, Union
from fastapi import Depends
from sqlalchemy import ScalarResult, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from unseen import Unseen, made

class User: ...
class Box(typing.Generic[typing.TypeVar("T")]): ...

Item = TypeVar("Item")
Bound = TypeVar("Bound", bound=User)
UserId = NewType("UserId", int)
Session = Annotated[AsyncSession, Depends(made)]
Either = User | None
Plain = User
Made = made()
Called = Box(1)
Users = list[User]
Recursive = list["Recursive"]
Itself = Itself
NUMBER = 3
"""
ANNOTATIONS = {
    "User": "User",
    "'User'": "User",
    "User | None": "User | None",
    "'User | None'": "User | None",
    "None": "None",
    "Optional[User]": "User | None",
    "Union[User, int]": "User | int",
    "Annotated[User, 1]": "User",
    "Mapped[User]": "User",
    "Any": "?",
    "object": "?",
    "3": "?",
    "Unseen": "Unseen",
    "missing": "?",
    "missing[User]": "?",
    "missing.User": "?",
    "NUMBER": "?",
    "list": "list[?]",
    "list[User]": "list[User]",
    "typing.Sequence[User]": "list[User]",
    "collections.deque[User]": "list[User]",
    "set[User]": "set[User]",
    "dict": "dict[?]",
    "dict[str, User]": "dict[str, User]",
    "Mapping[str, User]": "dict[str, User]",
    "tuple": "tuple[?, ...]",
    "tuple[User, ...]": "tuple[User, ...]",
    "tuple[User, int]": "tuple[User, int]",
    "tuple[*Users]": "tuple[?, ...]",
    "AsyncIterator[User]": "iterator[User]",
    "Awaitable[User]": "Coroutine[User]",
    "Coroutine[Any, Any, User]": "Coroutine[User]",
    "ScalarResult[User]": "rows[User]",
    "Select[tuple[User]]": "Select[tuple[User]]",
    "type": "?",
    "type[User]": "type[User]",
    "Type[Item]": "type[type[~Item]]",
    "type[Any]": "?",
    "Item": "~Item",
    "Bound": "~Bound",
    "UserId": "int",
    "Session": "AsyncSession",
    "Either": "User | None",
    "Plain": "User",
    "Made": "?",
    "Called": "?",
    "Users": "list[User]",
    "Users[int]": "list[User]",
    "Recursive": "list[?]",
    "Itself": "?",
    "Box[User]": "Box[User]",
    "Unseen[User]": "Unseen[User]",
    "print()": "?",
}


@pytest.mark.parametrize(("annotation", "expected"), ANNOTATIONS.items())
def test_a_parameter_holds_what_its_annotation_says(tmp_path: Path, annotation: str, expected: str) -> None:
    project = build_project(tmp_path, {"app.py": f"{IMPORTS}def case(given: {annotation}): ...\n"})
    function = project.modules["app.py"].functions["case"]
    reader = project.analyser.annotations_of(function.module, function, None)
    assert described(reader.value(function.facts.parameters[0].annotation)) == expected
