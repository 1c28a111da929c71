"""Which versions a project pins: every kind of manifest, the nearest one, and what is unknown."""

from pathlib import Path
from textwrap import dedent

import pytest

from fastapi_lint.model.versions import Manifest, Requirements, read_manifest
from fastapi_lint.model.versions.manifest import LARGEST_MANIFEST


def _manifest(root: Path, files: dict[str, str], **stated: str) -> Manifest:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return read_manifest(root, [root / name for name in files], stated=stated)


def _requirements(root: Path, files: dict[str, str], module: str = "app/main.py") -> Requirements:
    manifest = _manifest(root, files)
    assert manifest.notices == ()
    return manifest.for_module(module)


_UV_LOCK = """\
    version = 1
    revision = 3
    requires-python = ">=3.12"
    resolution-markers = [
        "python_full_version >= '3.13'",
    ]

    [[package]]
    name = "app"
    version = "0.1.0"
    source = { editable = "." }
    dependencies = [
        { name = "fastapi" },
    ]

    [package.metadata]
    requires-dist = [{ name = "fastapi", specifier = ">=0.110" }]

    [[package]]
    name = "fastapi"
    version = "0.121.3"
    source = { registry = "https://example.org/simple" }
    wheels = [
        { url = "https://example.org/fastapi.whl", hash = "sha256:0" },
    ]

    [[package]]
    name = "pydantic"
    version = "2.12.4"
    source = { registry = "https://example.org/simple" }
"""

_EXACT = {
    "uv.lock": _UV_LOCK,
    "poetry.lock": """\
        # This file is @generated
        [[package]]
        name = "fastapi"
        version = "0.121.3"
        description = "web"
        optional = false

        [[package]]
        name = "pydantic"
        version = "2.12.4"

        [metadata]
        lock-version = "2.1"
        python-versions = "^3.12"
    """,
    "pdm.lock": """\
        [metadata]
        groups = ["default"]

        [[package]]
        name = "fastapi"
        version = "0.121.3"

        [[package]]
        name = "pydantic"
        version = "2.12.4"
    """,
    "pylock.toml": """\
        lock-version = "1.0"
        requires-python = ">=3.12"

        [[packages]]
        name = "fastapi"
        version = "0.121.3"
        index = "https://example.org/simple"

        [[packages]]
        name = "pydantic"
        version = "2.12.4"
    """,
    "pylock.prod.toml": """\
        lock-version = "1.0"
        packages = [
            { version = "0.121.3", name = "fastapi" },
            { version = "2.12.4", name = "pydantic" },
            { name = "local", archive = { path = "x.whl" } },
        ]
    """,
    "Pipfile.lock": """\
        {"_meta": {}, "default": {"fastapi": {"version": "==0.121.3"}, "local": {"path": "."}},
         "develop": {"pydantic": {"version": "==2.12.4"}}}
    """,
}


@pytest.mark.parametrize("name", _EXACT)
def test_a_lock_gives_one_version(tmp_path: Path, name: str) -> None:
    requirements = _requirements(tmp_path, {name: _EXACT[name]})
    assert requirements.must_be("fastapi", "==0.121.3")
    assert not requirements.may_be("fastapi", ">0.121.3")
    assert requirements.must_be("pydantic", "==2.12.4")
    assert requirements.installs("fastapi")
    assert not requirements.declares("fastapi")


_RANGE = {
    "pyproject.toml": """\
        [project]
        name = "app"
        requires-python = ">=3.12"
        dependencies = ["FastAPI[standard]>=0.110,<0.122", "uvicorn @ https://example.org/uvicorn.whl"]
    """,
    "backend/pyproject.toml": """\
        [project]
        dependencies = []
        [project.optional-dependencies]
        web = ["fastapi >= 0.110, < 0.122"]
    """,
    "groups/pyproject.toml": """\
        [dependency-groups]
        web = ["fastapi (>=0.110,<0.122)", {include-group = "other"}]
        other = ["uvicorn"]
    """,
    "poetry/pyproject.toml": """\
        [tool.poetry]
        name = "app"
        [tool.poetry.dependencies]
        python = "^3.12"
        fastapi = {version = ">=0.110,<0.122", extras = ["all"]}
        internal = {path = "../internal"}
    """,
    "poetry-groups/pyproject.toml": """\
        [tool.poetry.group.web.dependencies]
        fastapi = ">=0.110,<0.122"
    """,
    "uv/pyproject.toml": """\
        [tool.uv]
        dev-dependencies = ["fastapi>=0.110,<0.122"]
    """,
    "pdm/pyproject.toml": """\
        [tool.pdm.dev-dependencies]
        web = ["fastapi>=0.110,<0.122"]
    """,
    "hatch/pyproject.toml": """\
        [tool.hatch.envs.default]
        dependencies = ["fastapi>=0.110,<0.122"]
    """,
    "pixi/pyproject.toml": """\
        [tool.pixi.pypi-dependencies]
        fastapi = ">=0.110,<0.122"
    """,
    "Pipfile": """\
        [packages]
        fastapi = ">=0.110,<0.122"
        [requires]
        python_version = "3.12"
    """,
    "requirements.txt": """\
        # what the app needs
        --index-url https://example.org/simple
        fastapi[standard] >=0.110, <0.122 ; python_version > "3.8"  # the framework
        -e .
        ./vendored.whl
        git+https://example.org/lib.git#egg=lib
        uvicorn==0.30.1 \\
            --hash=sha256:0000
    """,
    "requirements-dev.txt": "fastapi>=0.110,<0.122\n",
    "requirements/base.txt": "fastapi>=0.110,<0.122\n",
    "setup.cfg": """\
        [metadata]
        name = app
        [options]
        python_requires = >=3.12
        install_requires =
            # the framework
            fastapi>=0.110,<0.122
            uvicorn
        [options.extras_require]
        dev =
            pytest
    """,
    "setup.py": """\
        from setuptools import setup
        DEV = {"dev": ["pytest"]}
        setup(
            name="app",
            python_requires=">=3.12",
            install_requires=[
                "fastapi>=0.110,<0.122",  # "the" framework
                'uvicorn[standard]',
            ],
            extras_require=DEV,
        )
    """,
}


@pytest.mark.parametrize("name", _RANGE)
def test_a_requirement_gives_a_range(tmp_path: Path, name: str) -> None:
    directory = name.rpartition("/")[0].removesuffix("requirements")
    requirements = _requirements(tmp_path, {name: _RANGE[name]}, f"{directory}/main.py".lstrip("/"))
    assert requirements.declares("fastapi")
    assert requirements.may_be("fastapi", ">=0.118")
    assert requirements.may_be("fastapi", "<0.118")
    assert not requirements.must_be("fastapi", ">=0.118")
    assert requirements.must_be("fastapi", ">=0.106,<0.130")
    assert not requirements.may_be("fastapi", ">=0.122")


@pytest.mark.parametrize("name", ["pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "uv.lock", "pylock.toml"])
def test_the_python_versions_are_known(tmp_path: Path, name: str) -> None:
    requirements = _requirements(tmp_path, {name: {**_RANGE, **_EXACT}[name]})
    assert requirements.must_be("python", ">=3.12")
    assert requirements.may_be("python", "==3.12.*")


def test_requirements_of_setup_py_may_stand_in_a_name_and_in_a_dict(tmp_path: Path) -> None:
    text = """\
        from setuptools import setup
        REQUIRES = ("pydantic<2",)
        setup(install_requires=REQUIRES, extras_require={"dev": ["fastapi<0.100"]}, name=NAME)
    """
    requirements = _requirements(tmp_path, {"setup.py": text})
    assert requirements.must_be("pydantic", "<2")
    assert requirements.must_be("fastapi", "<0.100")
    assert not requirements.declares("dev")


def test_a_setup_py_is_never_run(tmp_path: Path) -> None:
    text = f"""\
        from pathlib import Path
        from setuptools import setup
        Path({str(tmp_path / "ran")!r}).touch()
        setup(install_requires=open("requirements.txt").read().split())
    """
    assert not _requirements(tmp_path, {"setup.py": text}).declares("fastapi")
    assert not (tmp_path / "ran").exists()


def test_setuptools_may_take_its_requirements_from_files(tmp_path: Path) -> None:
    (tmp_path / "deps.txt").write_text("pydantic<2\n", encoding="utf-8")
    dynamic = '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\n'
    assert _requirements(tmp_path, {"pyproject.toml": dynamic}).must_be("pydantic", "<2")


def test_setup_cfg_may_take_its_requirements_from_files(tmp_path: Path) -> None:
    (tmp_path / "deps.txt").write_text("pydantic<2\n", encoding="utf-8")
    requirements = _requirements(tmp_path, {"setup.cfg": "[options]\ninstall_requires = file: deps.txt\n"})
    assert requirements.must_be("pydantic", "<2")


def test_requirements_files_are_followed_through_includes(tmp_path: Path) -> None:
    (tmp_path / "deps").mkdir()
    (tmp_path / "deps/base.txt").write_text("-r more.txt\npydantic<2\n", encoding="utf-8")
    (tmp_path / "deps/more.txt").write_text("-r base.txt\nsqlalchemy==1.4.49\n", encoding="utf-8")
    requirements = _requirements(tmp_path, {"requirements.txt": "-r deps/base.txt\nfastapi\n"})
    assert requirements.must_be("pydantic", "<2")
    assert requirements.must_be("sqlalchemy", "==1.4.49")
    assert requirements.declares("sqlalchemy")


def test_constraints_limit_and_do_not_declare(tmp_path: Path) -> None:
    (tmp_path / "limits.txt").write_text("pydantic<2\nstarlette==0.27\n", encoding="utf-8")
    requirements = _requirements(tmp_path, {"requirements.txt": "-c limits.txt\npydantic>=1.10\nfastapi\n"})
    assert requirements.must_be("pydantic", ">=1.10,<2")
    assert requirements.must_be("starlette", "==0.27")
    assert not requirements.declares("starlette")


def test_a_constraint_that_contradicts_the_requirement_is_left_out(tmp_path: Path) -> None:
    files = {"requirements.txt": "pydantic>=2\n", "constraints.txt": "pydantic<2\n"}
    assert _requirements(tmp_path, files).must_be("pydantic", ">=2")


def test_a_file_without_a_final_version_in_its_lock_is_still_a_range(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\ndependencies = ["pydantic>=1.10,<2"]\n',
        "requirements.txt": "pydantic==1.10.13\n",
    }
    assert _requirements(tmp_path, files).must_be("pydantic", "==1.10.13")


def test_contradicting_requirements_are_alternatives(tmp_path: Path) -> None:
    requirements = _requirements(
        tmp_path, {"requirements-a.txt": "pydantic<2\n", "requirements-b.txt": "pydantic>=2\n"}
    )
    assert requirements.may_be("pydantic", "<2")
    assert requirements.may_be("pydantic", ">=2")
    assert not requirements.must_be("pydantic", "<2")


def test_requirements_under_markers_are_alternatives(tmp_path: Path) -> None:
    text = 'pydantic==1.10.13; python_version < "3.8"\npydantic==2.5; python_version >= "3.8"\n'
    requirements = _requirements(tmp_path, {"requirements.txt": text})
    assert requirements.may_be("pydantic", "<2")
    assert requirements.may_be("pydantic", "==2.5")
    assert not requirements.may_be("pydantic", ">2.5")


def test_alternatives_of_poetry_are_alternatives(tmp_path: Path) -> None:
    text = """\
        [tool.poetry.dependencies]
        pydantic = [{version = "^1.10", python = "<3.8"}, {version = "^2.0", python = ">=3.8"}]
    """
    requirements = _requirements(tmp_path, {"pyproject.toml": text})
    assert requirements.may_be("pydantic", "<2")
    assert requirements.may_be("pydantic", ">=2")


def test_a_lock_with_two_versions_is_certain_of_neither(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "numpy"\nversion = "1.26.0"\n\n[[package]]\nname = "numpy"\nversion = "2.1.0"\n'
    requirements = _requirements(tmp_path, {"uv.lock": lock})
    assert requirements.may_be("numpy", "<2")
    assert requirements.may_be("numpy", ">=2")
    assert not requirements.must_be("numpy", ">=2")
    assert requirements.must_be("numpy", ">=1")


def test_a_lock_with_an_odd_version_says_nothing_of_it(tmp_path: Path) -> None:
    requirements = _requirements(tmp_path, {"uv.lock": '[[package]]\nname = "odd"\nversion = "latest"\n'})
    assert requirements.may_be("odd", "<1")
    assert not requirements.must_be("odd", "<1")


def test_the_nearest_manifest_decides(tmp_path: Path) -> None:
    manifest = _manifest(
        tmp_path,
        {
            "pyproject.toml": '[project]\ndependencies = ["pydantic>=2"]\n',
            "services/old/requirements.txt": "pydantic<2\n",
            "services/new/requirements.txt": "fastapi>=0.121\n",
        },
    )
    assert manifest.for_module("services/old/app/main.py").must_be("pydantic", "<2")
    assert manifest.for_module("services/new/app/main.py").must_be("pydantic", ">=2")
    assert manifest.for_module("tools/main.py").must_be("pydantic", ">=2")
    assert not manifest.for_module("tools/main.py").declares("fastapi")


def test_the_lock_of_a_workspace_makes_the_range_of_a_member_exact(tmp_path: Path) -> None:
    files = {
        "uv.lock": _UV_LOCK,
        "backend/pyproject.toml": '[project]\nname = "b"\ndependencies = ["fastapi>=0.110"]\n',
    }
    requirements = _requirements(tmp_path, files, "backend/app/main.py")
    assert requirements.must_be("fastapi", "==0.121.3")
    assert requirements.must_be("pydantic", "==2.12.4")


def test_a_lock_that_contradicts_the_nearer_range_belongs_to_something_else(tmp_path: Path) -> None:
    files = {"uv.lock": _UV_LOCK, "legacy/requirements.txt": "pydantic<2\n"}
    assert _requirements(tmp_path, files, "legacy/main.py").must_be("pydantic", "<2")


def test_a_package_that_the_nearest_lock_does_not_list_is_not_taken_from_further_up(tmp_path: Path) -> None:
    files = {"requirements.txt": "sqlalchemy<2\n", "backend/uv.lock": _UV_LOCK}
    assert not _requirements(tmp_path, files, "backend/app/main.py").must_be("sqlalchemy", "<2")


def test_a_module_with_no_manifest_above_it_sees_all_of_the_project(tmp_path: Path) -> None:
    files = {"deploy/requirements.txt": "pydantic<2\n"}
    assert _requirements(tmp_path, files, "app/main.py").must_be("pydantic", "<2")


def test_a_project_without_manifests_is_taken_to_use_the_current_majors(tmp_path: Path) -> None:
    requirements = _requirements(tmp_path, {})
    assert requirements.empty
    assert not requirements.declares("pydantic")
    assert requirements.must_be("pydantic", ">=2")
    assert requirements.must_be("sqlalchemy", ">=2")
    assert requirements.must_be("fastapi", ">=0.118")
    assert requirements.may_be("unheard-of", "<1")
    assert not requirements.must_be("unheard-of", "<1")


def test_an_unpinned_package_may_be_everything_and_must_be_nothing(tmp_path: Path) -> None:
    requirements = _requirements(tmp_path, {"requirements.txt": "fastapi\n"})
    assert requirements.may_be("fastapi", "<0.106")
    assert requirements.may_be("fastapi", ">=0.118")
    assert not requirements.must_be("fastapi", ">=0.118")


def test_an_old_framework_means_an_old_pydantic(tmp_path: Path) -> None:
    assert _requirements(tmp_path, {"requirements.txt": "fastapi==0.95.2\n"}).must_be("pydantic", "<2")


def test_a_new_framework_narrows_an_unpinned_pydantic(tmp_path: Path) -> None:
    requirements = _requirements(tmp_path, {"requirements.txt": "fastapi==0.128\npydantic\n"})
    assert requirements.must_be("pydantic", ">=2")


def test_what_follows_never_overrules_what_is_pinned(tmp_path: Path) -> None:
    requirements = _requirements(tmp_path, {"requirements.txt": "fastapi==0.95.2\npydantic==2.1\n"})
    assert requirements.must_be("pydantic", "==2.1")


def test_the_user_may_state_versions(tmp_path: Path) -> None:
    files = {"requirements.txt": "fastapi\npydantic>=2\n"}
    requirements = _manifest(tmp_path, files, pydantic="1.10", fastapi="^0.110.2", sqlalchemy=">=1.4,<2").for_module(
        "a.py"
    )
    assert requirements.must_be("pydantic", "==1.10.*")
    assert requirements.must_be("fastapi", ">=0.110.2,<0.111")
    assert requirements.must_be("sqlalchemy", "<2")


def test_a_stated_version_that_is_none_is_a_notice(tmp_path: Path) -> None:
    assert _manifest(tmp_path, {}, pydantic="newest").notices == ("pydantic: 'newest' is not a version specifier",)


@pytest.mark.parametrize(
    ("name", "text", "notice"),
    [
        ("pyproject.toml", "[project\n", "pyproject.toml is not TOML: "),
        ("uv.lock", "<<<<<<< HEAD\n" + dedent(_UV_LOCK), "uv.lock is not TOML: "),
        ("poetry.lock", "not a lock", "poetry.lock is not TOML: "),
        ("Pipfile", "[packages", "Pipfile is not TOML: "),
        ("Pipfile.lock", "{", "Pipfile.lock is not JSON: "),
        ("setup.cfg", "no section\n", "setup.cfg cannot be parsed: "),
        ("setup.py", "setup(install_requires=[\n", "setup.py cannot be parsed: "),
        ("requirements.txt", "fastapi>>1\n", "requirements.txt: fastapi: '>>1' is not a version specifier"),
        ("requirements.txt", "=1\n", "requirements.txt: '=1' is not a requirement"),
        ("requirements.txt", "-r missing.txt\n", "missing.txt cannot be read: No such file or directory"),
        ("pyproject.toml", "[project]\ndependencies = [1]\n", "pyproject.toml: '1' is not a requirement"),
        ("pyproject.toml", "[tool.poetry.dependencies]\na = 1\n", "pyproject.toml: a: '1' is not a version constraint"),
    ],
)
def test_a_broken_manifest_is_a_notice_that_names_it(tmp_path: Path, name: str, text: str, notice: str) -> None:
    notices = _manifest(tmp_path, {name: text}).notices
    assert len(notices) == 1
    assert notices[0].startswith(notice)


def test_a_broken_requirement_does_not_hide_the_others(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, {"requirements.txt": "=1\npydantic<2\n"})
    assert manifest.for_module("a.py").must_be("pydantic", "<2")


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("pydantic<2\n", encoding="utf-8")
    root = tmp_path / "project"
    root.mkdir()
    (root / "requirements-link.txt").symlink_to(tmp_path / "secret.txt")
    manifest = _manifest(root, {"requirements.txt": "-r ../secret.txt\n", "requirements-link.txt": "fastapi\n"} | {})
    assert not manifest.for_module("a.py").must_be("pydantic", "<2")
    assert all(notice == "secret.txt lies outside the project and is not read" for notice in manifest.notices)


def test_a_manifest_in_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("pydantic<2\r\n".encode("utf-16"))
    assert read_manifest(tmp_path, [Path("requirements.txt")]).for_module("a.py").must_be("pydantic", "<2")


def test_a_manifest_that_is_no_text_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"\xff\x00\xfe pydantic<2\n")
    (notice,) = read_manifest(tmp_path, [tmp_path / "requirements.txt"]).notices
    assert notice.startswith("requirements.txt is not utf-8: ")


def test_a_huge_manifest_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "uv.lock").open("wb") as file:
        file.truncate(LARGEST_MANIFEST + 1)
    (notice,) = read_manifest(tmp_path, [tmp_path / "uv.lock"]).notices
    assert notice.startswith("uv.lock has 16,777,217 bytes")


def test_deeply_nested_toml_is_a_notice(tmp_path: Path) -> None:
    (notice,) = _manifest(tmp_path, {"pyproject.toml": "a = " + "[" * 20_000}).notices
    assert notice.startswith("pyproject.toml is not TOML: ")


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    assert _manifest(tmp_path, {"package.json": "{", "notes.txt": "=1", "app/main.py": "x = ("}).notices == ()


def test_the_top_level_names_are_those_of_dependencies_only(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, {"uv.lock": _UV_LOCK, "requirements.txt": "PyJWT\nazure-storage-blob\n"})
    assert manifest.top_level_names == {"fastapi", "pydantic", "jwt", "azure"}


def test_a_lock_of_a_megabyte_is_read_whole(tmp_path: Path) -> None:
    package = """\
[[package]]
name = "package-{0}"
version = "1.{0}.0"
source = {{ registry = "https://example.org/simple" }}
sdist = {{ url = "https://example.org/p-{0}.tar.gz", hash = "sha256:{0:064}", size = 1 }}
wheels = [
{1}]

"""
    wheel = '    { url = "https://example.org/p.whl", hash = "sha256:' + "0" * 64 + '", size = 1 },\n'
    text = "version = 1\n\n" + "".join(package.format(number, wheel * 12) for number in range(700))
    assert len(text) > 1_000_000
    (tmp_path / "uv.lock").write_text(text, encoding="utf-8")
    manifest = read_manifest(tmp_path, [tmp_path / "uv.lock"])
    assert manifest.for_module("a.py").must_be("package-699", "==1.699.0")
