"""FL701: from where execution begins, and where a circle is cut."""

from pathlib import Path

import pytest

from fastapi_lint.findings import Severity
from fastapi_lint.rules.architecture.import_cycle import ImportCycle
from fastapi_lint.rules.base import Violation
from tests.projects import build_project

CYCLE = {
    "app/__init__.py": "",
    "app/a.py": "from app.b import B\nclass A: ...\ndef use():\n    return B()\n",
    "app/b.py": "from app.a import A\nclass B: ...\ndef use():\n    return A()\n",
}


def _found(root: Path, files: dict[str, str]) -> list[Violation]:
    return list(ImportCycle().check(build_project(root, {**CYCLE, **files})))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("main.py", "from fastapi import FastAPI\nimport app.a\napi = FastAPI()\n"),
        ("run.py", "import app.a\nif __name__ == '__main__':\n    app.a.use()\n"),
        ("alembic/env.py", "from alembic import context\nimport app.a\n"),
        ("tests/test_a.py", "import app.a\n"),
    ],
)
def test_it_is_an_error_where_execution_begins(tmp_path: Path, path: str, text: str) -> None:
    (found,) = _found(tmp_path, {path: text})
    assert found.severity is None
    assert f"importing {path} fails" in found.message
    assert found.module == "app/b.py"
    assert found.help == "import A inside the functions of app/b.py that use it"


def test_a_conftest_runs_before_the_tests(tmp_path: Path) -> None:
    files = {
        "app/b.py": "class B: ...\nfrom app.a import A\n",
        "tests/conftest.py": "import app.b\n",
        "tests/unit/test_a.py": "import app.a\n",
        "app/a.py": "from app.b import B, C\nclass A: ...\n",
    }
    files["app/b.py"] += "class C: ...\n"
    (found,) = _found(tmp_path, files)
    assert found.module == "app/a.py"
    assert "importing tests/conftest.py fails" in found.message


def test_it_is_a_warning_where_nothing_begins_that_way(tmp_path: Path) -> None:
    files = {
        "app/a.py": "class A: ...\nfrom app.b import B\n",
        "main.py": "from fastapi import FastAPI\nimport app.a\napi = FastAPI()\n",
    }
    (found,) = _found(tmp_path, files)
    assert found.severity is Severity.WARNING
    assert "it fails when app/b.py is imported first" in found.message


def test_a_circle_that_works_from_everywhere_is_silent(tmp_path: Path) -> None:
    assert _found(tmp_path, {"app/a.py": "import app.b\n", "app/b.py": "import app.a\n"}) == []


def test_names_that_are_needed_on_import_cannot_be_imported_later(tmp_path: Path) -> None:
    files = {
        "app/a.py": "from app.b import B\nclass A(B): ...\n",
        "app/b.py": "from app.a import A\nclass B: ...\n@B.wrap\ndef use(a: A = A.x) -> A: ...\n",
        "main.py": "from fastapi import FastAPI\nimport app.a\napi = FastAPI()\n",
    }
    (found,) = _found(tmp_path, files)
    assert found.help == "move what both modules need to a third one"


def test_a_circle_among_the_tests_is_their_own(tmp_path: Path) -> None:
    files = {f"tests/{key}": text.replace("app.", "tests.app.") for key, text in CYCLE.items()}
    files |= {"app/a.py": "", "app/b.py": "", "tests/__init__.py": "", "tests/test_x.py": "import tests.app.a\n"}
    assert _found(tmp_path, files) == []


def test_in_a_large_group_only_real_beginnings_are_tried(tmp_path: Path) -> None:
    files = {f"m{number}.py": f"from m{number + 1} import A\nclass A: ...\n" for number in range(160)}
    files["m160.py"] = "from m0 import A\nclass A: ...\n"
    assert list(ImportCycle().check(build_project(tmp_path, files))) == []
