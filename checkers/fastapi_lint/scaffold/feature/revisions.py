"""The chain of a project's Alembic migrations, read without running them: where a new one goes, and what it is called.

The settings are those of ``alembic.ini`` or ``[tool.alembic]``: https://alembic.sqlalchemy.org/en/latest/tutorial.html
"""

import configparser
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Constant, Expr, Sequence
from fastapi_lint.model.lexical import expressions
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.small_files import read_small_file

_FILE_TEMPLATE: Final = "%(rev)s_%(slug)s"
_SLUG_LENGTH: Final = 40


class Revision(Struct, frozen=True):
    """One migration: its file, its id, the ids it follows, and the tables that it creates."""

    key: str
    id: str
    follows: tuple[str, ...]
    creates: frozenset[str]


class Chain(Struct, frozen=True):
    """The migrations of a project, which form one line; ``head`` is None before the first one."""

    folder: str
    revisions: tuple[Revision, ...]
    head: Revision | None

    def creating(self, table: str) -> Revision | None:
        """Return the migration that creates a table."""
        return next((item for item in self.revisions if table in item.creates), None)


def read_chain(project: Project) -> Chain:
    """Return the chain of migrations.

    Raises:
        ScaffoldError: there is no Alembic environment, or more than one, or its migrations do not form one line.

    """
    environments = [
        module
        for module in project.modules.values()
        if module.key.rpartition("/")[2] == "env.py" and module.imports_from(("alembic",))
    ]
    if len(environments) != 1:
        found = ", ".join(module.key for module in environments) or "none"
        raise ScaffoldError(f"a feature needs one Alembic environment (env.py) for its migration; found: {found}")
    folder = f"{environments[0].directory}/versions".removeprefix("/")
    revisions = tuple(_revisions(project, folder))
    return Chain(folder, revisions, _head(folder, revisions))


def _revisions(project: Project, folder: str) -> Iterator[Revision]:
    for module in project.modules.values():
        if module.directory != folder or "revision" not in module.variables:
            continue
        own = _strings(module.variables["revision"].value)
        before = module.variables.get("down_revision")
        follows = _strings(before.value if before is not None else None)
        if own is None or len(own) != 1 or follows is None:
            raise ScaffoldError(f"{module.key}: `revision` and `down_revision` are no literals")
        yield Revision(module.key, own[0], follows, frozenset(_created_tables(module)))


def _strings(value: Expr | None) -> tuple[str, ...] | None:
    """Return the strings that a literal holds: none for None, one, or several in a tuple; None for anything else."""
    match value:
        case None | Constant(value=None):
            return ()
        case Constant(value=str() as text):
            return (text,)
        case Sequence(items=items):
            found = [_strings(item) for item in items]
            return tuple(text for item in found if item is not None for text in item) if all(found) else None
        case _:
            return None


def _created_tables(module: Module) -> Iterator[str]:
    for function in module.all_functions:
        for expression in expressions(function.body):
            match expression:
                case Call(args=(Constant(value=str() as table), *_)) as call if _called(call) == "create_table":
                    yield table
                case _:
                    pass


def _called(call: Call) -> str:
    return str(getattr(call.func, "attr", ""))


def _head(folder: str, revisions: tuple[Revision, ...]) -> Revision | None:
    by_id: dict[str, Revision] = {}
    for item in revisions:
        if item.id in by_id:
            raise ScaffoldError(f"{item.key}: has the revision of {by_id[item.id].key}, `{item.id}`")
        by_id[item.id] = item
    followed: set[str] = set()
    for item in revisions:
        followed.update(item.follows)
        lost = next((each for each in item.follows if each not in by_id), None)
        if lost is not None:
            raise ScaffoldError(f"{item.key}: follows the revision `{lost}`, which is not in {folder}")
    heads = [item for item in revisions if item.id not in followed]
    if len(heads) > 1:
        named = ", ".join(item.key for item in heads)
        raise ScaffoldError(f"the migrations have {len(heads)} heads, {named}: run `alembic merge heads` first")
    if revisions and not heads:
        raise ScaffoldError(f"the migrations in {folder} follow one another in a circle")
    return heads[0] if heads else None


def next_id(chain: Chain, table: str) -> str:
    """Return the id of the migration that creates a table: the next number in a project that numbers them.

    It is the same when it is asked for again.
    """
    known = [item.id for item in chain.revisions]
    width = len(known[0]) if known else 0
    if known and all(item.isdecimal() and len(item) == width for item in known):
        return str(max(int(item) for item in known) + 1).zfill(width)
    text = f"{chain.head.id if chain.head else ''}:{table}"
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def revision_file(root: Path, revision: str, message: str, created: datetime) -> str:
    """Return the name of the file of a migration, by the project's ``file_template``.

    Raises:
        ScaffoldError: the settings of Alembic cannot be read, or the template has a token that Alembic has not.

    """
    slug = "_".join(re.findall(r"\w+", message)).lower()
    if len(slug) > _SLUG_LENGTH:
        slug = slug[:_SLUG_LENGTH].rsplit("_", 1)[0] + "_"
    tokens: Mapping[str, object] = {
        "rev": revision,
        "slug": slug,
        "epoch": int(created.timestamp()),
        **{name: getattr(created, name) for name in ("year", "month", "day", "hour", "minute", "second")},
    }
    template = _setting(root, "file_template") or _FILE_TEMPLATE
    try:
        name = template.replace("%%", "%") % tokens
    except (KeyError, TypeError, ValueError):
        raise ScaffoldError(f"the file_template of Alembic, `{template}`, cannot be used") from None
    if not re.fullmatch(r"[\w.-]+", name):
        raise ScaffoldError(f"the file_template of Alembic, `{template}`, makes no name of a file")
    return f"{name}.py"


def _setting(root: Path, name: str) -> str | None:
    """Return a setting of ``alembic.ini``, else of ``[tool.alembic]``."""
    try:
        if (root / "alembic.ini").exists():
            parser = configparser.RawConfigParser()
            parser.read_string(read_small_file(root / "alembic.ini").decode("utf-8"))
            value: object = parser.get("alembic", name, fallback=None)
        else:
            pyproject = tomllib.loads(read_small_file(root / "pyproject.toml").decode("utf-8"))
            value = pyproject.get("tool", {}).get("alembic", {}).get(name)
    except (OSError, ValueError, configparser.Error, AttributeError) as error:
        raise ScaffoldError(f"the settings of Alembic cannot be read: {error}") from None
    return value if isinstance(value, str) else None
