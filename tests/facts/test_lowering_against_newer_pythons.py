"""Lowering sees in real files of newer Pythons what those Pythons themselves see in them."""

import ast
import json
import os
import shutil
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path

import pytest

from fastapi_lint.facts.lowering import lower
from tests.facts import outline as outline_module
from tests.facts.outline import Row, outline

NEWER = [(3, minor) for minor in range(12, 16)]

# Three replacement fields one inside the specification of the other, which nothing older than 3.12 can say.
_TOO_DEEP = "{value:{width:{0}}.{precision:1}}"


@cache
def _interpreter(version: tuple[int, int]) -> str | None:
    """Return a Python of this version that runs, from the search path or from pyenv."""
    name = "python{}.{}".format(*version)
    on_path = shutil.which(name)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(root.glob("versions/{}.{}.*/bin/python".format(*version)))
    for candidate in [*([on_path] if on_path else []), *map(str, installed)]:
        shown = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, check=False
        )
        if shown.stdout.decode().strip() == str(version):
            return candidate
    return None


def _needed(version: tuple[int, int]) -> str:
    found = _interpreter(version)
    if found is None:
        pytest.skip("no Python {}.{} here to compare with".format(*version))
    return found


def _native_outlines(interpreter: str, paths: list[Path]) -> list[list[Row] | None]:
    program = Path(outline_module.__file__)
    ran = subprocess.run([interpreter, program, *paths], capture_output=True, check=True)
    return [None if rows is None else [tuple(row) for row in rows] for rows in json.loads(ran.stdout)]


def _library(interpreter: str) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('stdlib'))"
    return Path(subprocess.run([interpreter, "-c", code], capture_output=True, check=True, text=True).stdout.strip())


def _rejected(path: Path) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(path.read_bytes())
        except SyntaxError:
            return True
        except ValueError:  # Python 3.12.1 fails on f-strings of test_fstring that later releases of 3.12 read
            return False
    return False


@pytest.mark.parametrize("version", NEWER, ids=lambda version: "{}.{}".format(*version))
def test_the_standard_library_has_the_outline_that_its_own_python_gives(
    version: tuple[int, int], tmp_path: Path
) -> None:
    interpreter = _needed(version)
    if version <= sys.version_info[:2]:
        pytest.skip("this interpreter reads its syntax")
    library = _library(interpreter)
    patterns = ("dataclasses.py", "t[ruy]*.py", "test/test_f[su]*.py", "test/test_t[sy]*.py", "test/typinganndata/*.py")
    rejected = [path for pattern in patterns for path in sorted(library.glob(pattern)) if _rejected(path)]
    copies = []
    for index, path in enumerate(rejected):
        copies.append(tmp_path / f"{index}.py")
        copies[-1].write_bytes(path.read_bytes().replace(_TOO_DEEP.encode(), b"{value}"))
    if not copies:
        pytest.skip("this interpreter reads all of it")
    for path, copy, native in zip(rejected, copies, _native_outlines(interpreter, copies), strict=True):
        if native is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert outline(lower(copy.read_bytes()).tree()) == native, path


_MODERN = {
    (3, 12): (
        "class A[T: (int, str), *Ts, **P](B[T]):\n    def f[U](self, x: U) -> T: ...\n",
        "type X[T] = list[T]\nx = f'{a['b']} {'\\n'.join(c)} {\n  d # e\n}' + g\n",
        'f"{f"{f"{f"{1 + a}"}"}"} é {b["é"]=} {c!r:>{d["e"]}}" "f{g}" + h\n',
    ),
    (3, 13): ("class A[T = int, *Ts = *tuple[int], **P = [int]](B): ...\ntype X[T = int] = T\n",),
    (3, 14): (
        "try: ...\nexcept A, b.C: d\nexcept E, f(g, h), : i\n",
        "try: ...\nexcept* A, \\\n  B : d\n",
        "x = t'{a} {t'{b['c']}'} {d!r:>{e}}' + f\n",
    ),
    (3, 15): ("lazy import a\nif b: lazy from . import c; d\n",),
}


@pytest.mark.parametrize("version", NEWER, ids=lambda version: "{}.{}".format(*version))
def test_each_new_construct_has_the_outline_that_its_python_gives(version: tuple[int, int], tmp_path: Path) -> None:
    interpreter = _needed(version)
    sources = _MODERN[version]
    paths = [tmp_path / f"{index}.py" for index in range(len(sources))]
    for path, source in zip(paths, sources, strict=True):
        path.write_text(source, encoding="utf-8")
    for source, native in zip(sources, _native_outlines(interpreter, paths), strict=True):
        assert native is not None, source
        assert outline(lower(source.encode(), (3, 11)).tree()) == native, source
