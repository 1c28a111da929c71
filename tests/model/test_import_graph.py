"""Which module runs which when it is imported, and which import fails when."""

from pathlib import Path

import pytest

from fastapi_lint.model.import_order import ImportFailure, ImportOrder
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from tests.projects import build_project


def _cycles(project: Project, *starts: str) -> tuple[tuple[Module, ...], ...]:
    return project.import_graph.cycles_below([project.modules[key] for key in starts or project.modules])


def _edges(root: Path, files: dict[str, str], key: str) -> list[tuple[str, str | None, bool]]:
    project = build_project(root, files)
    return [(edge.target.key, edge.name, edge.is_package) for edge in project.import_graph.edges(project.modules[key])]


PACKAGE = {"a/__init__.py": "", "a/b/__init__.py": "NAME = 1\n", "a/b/c.py": "X = 1\n", "a/d.py": ""}


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("import a.b.c", [("a/__init__.py", None, True), ("a/b/__init__.py", None, True), ("a/b/c.py", None, False)]),
        (
            "from a.b import c",
            [("a/__init__.py", None, True), ("a/b/__init__.py", None, True), ("a/b/c.py", None, False)],
        ),
        ("from a.b import NAME", [("a/__init__.py", None, True), ("a/b/__init__.py", "NAME", False)]),
        ("from a.b import *", [("a/__init__.py", None, True), ("a/b/__init__.py", None, False)]),
        ("import a", [("a/__init__.py", None, False)]),
        ("import os\nfrom . import missing", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", []),
        ("def f():\n    import a", []),
        ("if __name__ == '__main__':\n    import a", []),
        ("if name == '__main__':\n    import a", [("a/__init__.py", None, False)]),
        ("class A:\n    import a", [("a/__init__.py", None, False)]),
        ("try:\n    import a\nexcept ImportError:\n    a = None", [("a/__init__.py", None, False)]),
    ],
)
def test_an_import_runs(tmp_path: Path, text: str, edges: list[tuple[str, str | None, bool]]) -> None:
    assert _edges(tmp_path, {**PACKAGE, "main.py": text}, "main.py") == edges


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("from a.b import c", [("a/b/__init__.py", None, True), ("a/b/c.py", None, False)]),
        ("from a import NAME", [("a/__init__.py", "NAME", False)]),
        ("from . import d", [("a/d.py", None, False)]),
        ("import a", []),
        ("from a.x import x", []),
    ],
)
def test_packages_that_already_run_are_no_edge(
    tmp_path: Path, text: str, edges: list[tuple[str, str | None, bool]]
) -> None:
    files = {**PACKAGE, "a/__init__.py": "NAME = 1\n", "a/x.py": text}
    assert _edges(tmp_path, files, "a/x.py") == edges


def test_a_folder_without_init_is_passed_through(tmp_path: Path) -> None:
    files = {"a/__init__.py": "", "a/free/x.py": "import a.free.y\n", "a/free/y.py": "", "main.py": "import a.free.x\n"}
    assert _edges(tmp_path, files, "main.py") == [("a/__init__.py", None, True), ("a/free/x.py", None, False)]
    assert _edges(tmp_path, files, "a/free/x.py") == [("a/free/y.py", None, False)]


@pytest.mark.parametrize(
    ("package", "taken"),
    [
        ("from . import d", None),
        ("from a import d", None),
        ("import a.d as d", None),
        ("from a.d import d", "d"),
        ("from a.b import d", "d"),
        ("d = 1", "d"),
        ("def d(): ...", "d"),
        ("class d: ...", "d"),
    ],
)
def test_a_name_of_the_package_hides_its_module(tmp_path: Path, package: str, taken: str | None) -> None:
    files = {**PACKAGE, "a/__init__.py": package, "a/d.py": "d = 1\n", "main.py": "from a import d\n"}
    edges = _edges(tmp_path, files, "main.py")
    modules = [] if taken else [("a/d.py", None, False)]
    assert edges == [("a/__init__.py", taken, not taken), *modules]


def test_a_package_runs_the_modules_that_it_imports_from_itself(tmp_path: Path) -> None:
    project = build_project(tmp_path, {**PACKAGE, "a/__init__.py": "from . import d\n", "main.py": "import a\n"})
    assert "a/d.py" in project.import_graph.imports_transitively(project.modules["main.py"])


def test_guarded_imports_say_so(tmp_path: Path) -> None:
    project = build_project(tmp_path, {**PACKAGE, "main.py": "try:\n    import a\nexcept ImportError:\n    a = None\n"})
    (edge,) = project.import_graph.edges(project.modules["main.py"])
    assert edge.guarded
    assert repr(edge) == "ImportEdge(main.py > a/__init__.py: None)"


def test_everything_that_runs_is_reached(tmp_path: Path) -> None:
    project = build_project(tmp_path, {**PACKAGE, "a/b/c.py": "import a.d\n", "main.py": "import a.b.c\n", "x.py": ""})
    graph = project.import_graph
    reached = graph.imports_transitively(project.modules["main.py"])
    assert reached == {"main.py", "a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/d.py"}
    assert graph.imports_transitively(project.modules["a/d.py"]) == {"a/d.py", "a/__init__.py"}


def test_a_module_is_named_as_the_project_imports_it(tmp_path: Path) -> None:
    files = {f"backend/{key}": text for key, text in PACKAGE.items()}
    project = build_project(tmp_path, {**files, "backend/main.py": "from a.b import c\n"})
    assert project.import_graph.name_of(project.modules["backend/a/b/c.py"]) == "a.b.c"
    assert project.import_graph.name_of(project.modules["backend/a/b/__init__.py"]) == "a.b"
    assert project.import_graph.name_of(project.modules["backend/a/__init__.py"]) == "backend.a"


def test_groups_of_modules_that_import_each_other(tmp_path: Path) -> None:
    project = build_project(
        tmp_path,
        {
            "a.py": "import b\n",
            "b.py": "import c\n",
            "c.py": "import a\nimport b\n",
            "d.py": "import a\nimport e\n",
            "e.py": "",
            "x.py": "import y\n",
            "y.py": "import x\n",
        },
    )
    cycles = _cycles(project)
    assert [[module.key for module in group] for group in cycles] == [["a.py", "b.py", "c.py"], ["x.py", "y.py"]]
    shortest = project.import_graph.shortest_cycle(cycles[0])
    assert [edge.source.key for edge in shortest] == ["b.py", "c.py"]
    assert _cycles(project, "d.py") == cycles[:1]
    assert _cycles(project, "y.py") == cycles[1:]
    assert _cycles(project, "e.py") == ()


def test_the_shortest_circle_of_three(tmp_path: Path) -> None:
    project = build_project(tmp_path, {"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n"})
    assert [edge.target.key for edge in project.import_graph.shortest_cycle(_cycles(project)[0])] == [
        "b.py",
        "c.py",
        "a.py",
    ]


def test_a_long_chain_of_imports_needs_no_recursion(tmp_path: Path) -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(1500)}
    project = build_project(tmp_path, {**files, "m1500.py": "import m0\n"})
    (group,) = _cycles(project)
    assert len(group) == 1501


def _failure(root: Path, files: dict[str, str], start: str) -> ImportFailure | None:
    project = build_project(root, files)
    (group,) = _cycles(project)
    order = ImportOrder(project.import_graph, group)
    first = order.first_of((project.modules[start],))
    return order.failure_from(first) if first is not None else None


def test_a_name_that_is_not_bound_yet_fails(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import B\nclass A: ...\n",
        "b.py": "from a import A\nclass B: ...\n",
        "main.py": "import a\n",
    }
    failure = _failure(tmp_path, files, "main.py")
    assert failure is not None
    assert (failure.first.key, failure.edge.source.key, failure.edge.name) == ("a.py", "b.py", "A")
    assert [edge.target.key for edge in failure.way] == ["b.py"]


@pytest.mark.parametrize(
    "first",
    [
        "class A: ...\nfrom b import B\n",
        "def A(): ...\nfrom b import B\n",
        "A = 1\nfrom b import B\n",
        "A: int = 1\nfrom b import B\n",
        "if True:\n    A = 1\nfrom b import B\n",
        "from c import A\nfrom b import B\n",
        "from c import *\nfrom b import B\nA = 1\n",
        "def __getattr__(name): ...\nfrom b import B\nA = 1\n",
        "import b\nglobals()['A'] = 1\n",
    ],
)
def test_a_name_that_is_bound_before_the_import_is_there(tmp_path: Path, first: str) -> None:
    files = {"a.py": first, "b.py": "from a import A\nclass B: ...\n", "c.py": "A = 1\n"}
    assert _failure(tmp_path, files, "a.py") is None


@pytest.mark.parametrize("first", ["A: int\nfrom b import B\nA = 1\n", "from b import B\nfrom c import A\n"])
def test_a_declaration_without_value_binds_nothing(tmp_path: Path, first: str) -> None:
    files = {"a.py": first, "b.py": "from a import A\nclass B: ...\n", "c.py": "A = 1\n"}
    assert _failure(tmp_path, files, "a.py") is not None


def test_a_guarded_import_may_fail(tmp_path: Path) -> None:
    guarded = "try:\n    from a import A\nexcept ImportError:\n    A = None\nclass B: ...\n"
    assert _failure(tmp_path, {"a.py": "from b import B\nclass A: ...\n", "b.py": guarded}, "a.py") is None


def test_the_package_runs_before_its_modules(tmp_path: Path) -> None:
    files = {
        "p/__init__.py": "from p.b import B\n",
        "p/a.py": "from p.b import B\nclass A: ...\n",
        "p/b.py": "from p.a import A\nclass B: ...\n",
        "main.py": "import p.a\n",
    }
    failure = _failure(tmp_path, files, "main.py")
    assert failure is not None
    assert failure.first.key == "p/b.py"


def test_what_does_not_touch_the_group_starts_nothing(tmp_path: Path) -> None:
    files = {"a.py": "import b\n", "b.py": "import a\n", "main.py": "import other\n", "other.py": "import main\n"}
    project = build_project(tmp_path, files)
    group = _cycles(project)[0]
    order = ImportOrder(project.import_graph, group)
    assert order.first_of((project.modules["main.py"],)) is None
