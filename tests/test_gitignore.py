"""Ignore files: the same files as Git says, in linear time."""

import itertools
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_lint.discovery import discover
from fastapi_lint.gitignore import IgnoreRules
from fastapi_lint.roots import ProjectRoot

_NAMES = ("a", "b", "ab", "a b", "a[b]")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a repository with the same few names at three levels."""
    root = tmp_path_factory.mktemp("repository").resolve()
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / ".git/info/exclude").unlink(missing_ok=True)
    for depth in range(3):
        for parts in itertools.product(_NAMES[:3], repeat=depth):
            directory = root.joinpath(*parts)
            directory.mkdir(exist_ok=True)
            for name in _NAMES:
                (directory / f"{name}.py").touch()
    return root


def by_git(root: Path) -> list[str]:
    command = ["git", "-c", "core.excludesFile=", "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    return sorted(listed.decode().split("\0")[:-1])


def by_us(root: Path) -> list[str]:
    tree = discover(ProjectRoot(root, (root,), root), exclude=(".git",))
    return [file.key for file in tree.files]


_BRACKETS = ["[ab]", "[!a]", "[^b]", "[a-b]", "[[:alpha:]]", "[]a]", "[b-a]", "[", "]"]
_PIECES = st.sampled_from(
    ["a", "b", ".py", "*", "**", "?", "/", "/", "\\", "\\*", "!", "#", "-", " ", "\\ ", "\t", *_BRACKETS]
)
_PATTERNS = st.lists(_PIECES, min_size=1, max_size=7).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "!"]), _PATTERNS).map("".join), min_size=1, max_size=4))
def test_what_git_ignores_is_left_out(repository: Path, patterns: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(patterns))
    assert by_us(repository) == by_git(repository)


@pytest.mark.parametrize(
    "pattern",
    [
        "a.py", "/a.py", "a/", "/a/", "a/b", "a/b/", "*.py", "a*", "*b.py", "**/a.py", "a/**", "a/**/b", "**/b/**",
        "a/**/b/**/a.py", "**", "*", "/**", "/*", "a/*/b", "?.py", "[ab].py", "[!a].py", "[^a].py", "a\\ b.py",
        "a b.py", "a b.py ", "\\a.py", "a[[]b[]].py", "a\\[b\\].py", "*\n!a/", "*\n!*/\n!*.py", "a\n!a/b",
        "a/*\n!a/b.py", "#a.py", "\\#a.py", "!a.py", "a.py\r", "a//b", "//a", "a/**/", "[", "a[", "a\\", "[a-]*",
        "[]-a]*", "", " ", "/", "!", "/a**\n!a", "/a**", "/a**/b.py", "a/b**", "/a**/", "/a**\n!a/**/b.py",
    ],
)  # fmt: skip
def test_each_rule_of_gitignore_is_followed(repository: Path, pattern: str) -> None:
    (repository / ".gitignore").write_text(pattern)
    assert by_us(repository) == by_git(repository)


@pytest.mark.parametrize(
    ("pattern", "key"),
    [
        ("*a" * 40 + "*b", "a" * 250 + ".py"),
        ("**/a/" * 40 + "b", "a/" * 400 + "a.py"),
        ("*/" * 60 + "b", "a/" * 400 + "a.py"),
        ("[a-z]*" * 40 + "b", "a" * 250),
        ("a*" * 40 + "/**/" + "*a" * 40 + "b", ("a" * 250 + "/") * 12),
    ],
)
def test_no_pattern_takes_exponential_time(pattern: str, key: str) -> None:
    # With backtracking, each of these would not end.
    assert IgnoreRules([pattern]).decide(key) is None


def test_what_lies_in_an_ignored_directory_is_covered() -> None:
    rules = IgnoreRules(["old/", "!old/keep.py", "*_pb2.py"], below="app/")
    assert [rules.covers(key) for key in ("app/old/keep.py", "app/x/a_pb2.py", "app/old.py")] == [True, True, False]
    assert IgnoreRules(["tmp"], above="tmp/project/").covers("")
