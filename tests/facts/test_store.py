"""Facts of a project are the same wherever they come from: the files, the cache, one process or several."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastapi_lint import cache_files
from fastapi_lint.cache_files import cache_path
from fastapi_lint.discovery import SourceFile
from fastapi_lint.facts import store
from fastapi_lint.facts.cache import read_cache, write_cache
from fastapi_lint.facts.store import FactsResult, load_facts
from fastapi_lint.file_kinds import FileKind
from tests.facts.conftest import Files

Write = Callable[[Mapping[str, str | bytes]], Files]
LONG_AGO_NS = 1_600_000_000_000_000_000


def encoded(result: FactsResult) -> bytes:
    """Return everything that a result says, in its order."""
    return msgspec.msgpack.encode((tuple(result.modules.items()), result.failures))


def load(files: Sequence[SourceFile], cache_dir: Path | None = None, jobs: int = 1) -> FactsResult:
    return load_facts(files, cache_dir=cache_dir, jobs=jobs)


@pytest.fixture
def everything_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files as if they had been written long before the run; edits must not come within one tick of the clock."""
    monkeypatch.setattr(cache_files, "_SETTLED_NS", -(10**12))


# What is loaded


def test_modules_and_failures_are_in_the_order_of_keys(write: Write) -> None:
    files = write({"b.py": "b = 1", "a/z.py": "z = 1", "c.py": "(", "a.py": "a = 1", "B.py": ")"})
    result = load(tuple(reversed(files)))
    assert list(result.modules) == ["a.py", "a/z.py", "b.py"]
    assert [failure.key for failure in result.failures] == ["B.py", "c.py"]
    assert result.modules["b.py"].assigned == ("b",)


def test_no_files_have_no_facts(cache_dir: Path) -> None:
    assert load((), cache_dir) == FactsResult({}, ())
    assert list(cache_dir.iterdir()) == []


def test_a_file_that_is_no_text_is_a_failure_that_says_where(write: Write, cache_dir: Path) -> None:
    files = write({"a.py": b"a = 1\nb = '\xff'\n", "b.py": b"# coding: klingon\n", "c.py": b"a\0"})
    for _ in range(2):
        result = load(files, cache_dir)
        assert [(item.key, item.row, item.column) for item in result.failures][:2] == [("a.py", 2, 6), ("b.py", 1, 1)]
        assert [item.key for item in result.failures] == ["a.py", "b.py", "c.py"]
        assert all(item.message for item in result.failures)


def test_a_file_that_goes_away_meanwhile_is_a_failure(write: Write, root: Path, cache_dir: Path) -> None:
    files = write({"a.py": "a = 1", "b.py": "b = 1"})
    load(files, cache_dir)
    (root / "a.py").unlink()
    result = load(files, cache_dir)
    assert [failure.key for failure in result.failures] == ["a.py"]
    assert list(result.modules) == ["b.py"]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(write: Write, *, enabled: bool) -> None:
    files = write({"a.py": "a = 1"})
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        load(files)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


# The cache


def test_a_warm_run_extracts_nothing(
    write: Write, cache_dir: Path, extracted: list[str], everything_settled: None
) -> None:
    files = write({"a.py": "a = 1", "b.py": "b = 1"})
    cold = load(files, cache_dir)
    assert extracted == ["a.py", "b.py"]
    warm = load(files, cache_dir)
    assert extracted == ["a.py", "b.py"]
    assert encoded(warm) == encoded(cold) == encoded(load(files))


def test_a_warm_run_reads_no_source(
    write: Write, root: Path, cache_dir: Path, everything_settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write({"a.py": "a = 1"})
    cold = load(files, cache_dir)

    def refuse(_path: Path) -> bytes:
        raise AssertionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert encoded(load(files, cache_dir)) == encoded(cold)


def test_a_warm_run_writes_nothing(write: Write, cache_dir: Path, everything_settled: None) -> None:
    files = write({"a.py": "a = 1", "broken.py": "("})
    load(files, cache_dir)
    (file,) = cache_dir.iterdir()
    os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    load(files, cache_dir)
    assert file.stat().st_mtime_ns == LONG_AGO_NS


def test_a_file_that_was_written_a_moment_ago_is_read_again(
    write: Write, root: Path, cache_dir: Path, extracted: list[str]
) -> None:
    files = write({"a.py": "a = 1"})
    load(files, cache_dir)
    (entry,) = read_cache(cache_path(cache_dir, root, "facts")).values()
    assert entry.stamp is None
    load(files, cache_dir)
    assert extracted == ["a.py"]  # its content had the facts


def test_an_edit_that_keeps_size_and_time_is_seen(write: Write, cache_dir: Path, everything_settled: None) -> None:
    for name in "ab":
        files = write({"a.py": f"{name} = 1"})
        os.utime(files[0].path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        # A file of its own in place of the old one, as editors write it: its inode differs within the same tick.
        replacement = files[0].path.with_name("replacement")
        replacement.write_bytes(files[0].path.read_bytes())
        os.utime(replacement, ns=(LONG_AGO_NS, LONG_AGO_NS))
        replacement.replace(files[0].path)
        assert load(write({}), cache_dir).modules["a.py"].assigned == (name,)


def test_only_what_was_edited_is_extracted_again(
    write: Write, cache_dir: Path, extracted: list[str], everything_settled: None
) -> None:
    load(write({"a.py": "a = 1", "b.py": "b = 1", "c.py": "c = 1"}), cache_dir)
    extracted.clear()
    result = load(write({"b.py": "bb = 1"}), cache_dir)
    assert extracted == ["b.py"]
    assert result.modules["b.py"].assigned == ("bb",)


def test_a_file_that_was_moved_or_touched_keeps_its_facts(
    write: Write, root: Path, cache_dir: Path, extracted: list[str], everything_settled: None
) -> None:
    files = write({"a.py": "a = 1", "b.py": "b = 1"})
    load(files, cache_dir)
    extracted.clear()
    (root / "a.py").rename(root / "moved.py")
    os.utime(root / "b.py")
    files = write({})
    assert list(load(files, cache_dir).modules) == ["b.py", "moved.py"]
    assert extracted == []
    assert list(read_cache(cache_path(cache_dir, root, "facts"))) == ["b.py", "moved.py"]


def test_a_file_that_is_gone_leaves_the_cache(write: Write, root: Path, cache_dir: Path) -> None:
    load(write({"a.py": "a = 1", "b.py": "b = 1"}), cache_dir)
    (root / "a.py").unlink()
    load(write({}), cache_dir)
    assert list(read_cache(cache_path(cache_dir, root, "facts"))) == ["b.py"]


def test_a_failure_is_said_in_every_run_and_gone_when_it_is_mended(write: Write, cache_dir: Path) -> None:
    files = write({"a.py": "a = ("})
    failures = [load(files, cache_dir).failures for _ in range(2)]
    assert failures[0] == failures[1] != ()
    assert load(write({"a.py": "a = ()"}), cache_dir).failures == ()


@pytest.mark.parametrize("facts", [b"", b"\xc1", b"\x91\x05", msgspec.msgpack.encode(((),) * 9), b"\x91" * 100_000])
def test_an_entry_whose_facts_are_none_is_replaced(
    write: Write, root: Path, cache_dir: Path, everything_settled: None, facts: bytes
) -> None:
    files = write({"a.py": "a = 1", "b.py": "b = 1"})
    cold = load(files, cache_dir)
    path = cache_path(cache_dir, root, "facts")
    entries = read_cache(path)
    write_cache(path, [msgspec.structs.replace(entries["a.py"], facts=memoryview(facts)), entries["b.py"]])
    assert encoded(load(files, cache_dir)) == encoded(cold)
    assert read_cache(path) == entries


def test_a_cache_that_is_no_cache_is_replaced(
    write: Write, root: Path, cache_dir: Path, everything_settled: None
) -> None:
    files = write({"a.py": "a = 1"})
    path = cache_path(cache_dir, root, "facts")
    path.write_bytes(b"\x80\x04K\x01.")
    result = load(files, cache_dir)
    assert (list(result.modules), result.notices) == (["a.py"], ())
    assert list(read_cache(path)) == ["a.py"]


def test_a_cache_that_cannot_be_written_is_a_notice(write: Write, cache_dir: Path) -> None:
    files = write({"a.py": "a = 1"})
    result = load(files, cache_dir / "missing")
    assert list(result.modules) == ["a.py"]
    (notice,) = result.notices
    assert "missing" in notice
    assert "No such file or directory" in notice


def test_without_the_extractors_source_there_is_no_cache(
    write: Write, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> dict[str, object]:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(store, "read_cache", refuse)
    result = load(write({"a.py": "a = 1"}), cache_dir)
    assert list(result.modules) == ["a.py"]
    assert len(result.notices) == 1
    assert list(cache_dir.iterdir()) == []


CODE = st.sampled_from(["a = 1", "b = 2", "c = (", "import d", "", "é = 'é'", "\xff"])
EDITS = st.lists(
    st.dictionaries(st.sampled_from(["a.py", "b.py", "p/c.py"]), st.none() | CODE, min_size=1), min_size=1, max_size=5
)


@given(edits=EDITS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_after_any_edits_a_warm_run_says_what_a_run_from_scratch_says(
    edits: list[dict[str, str | None]], write: Write, root: Path, cache_dir: Path
) -> None:
    for edit in edits:
        for name, text in edit.items():
            if text is None:
                (root / name).unlink(missing_ok=True)
            else:
                write({name: text.encode("latin-1")})
        files = write({})
        assert encoded(load(files, cache_dir)) == encoded(load(files))


def test_two_processes_may_use_one_cache_at_once(write: Write, root: Path, cache_dir: Path) -> None:
    files = write({f"m{number}.py": f"a = {number}" for number in range(30)})
    program = (
        "import sys; from pathlib import Path; from fastapi_lint.roots import find_project_root\n"
        "from fastapi_lint.discovery import discover; from fastapi_lint.facts.store import load_facts\n"
        "root, cache, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]\n"
        "for number in range(20):\n"
        "    (root / name).write_text(f'x = {number}')\n"
        "    result = load_facts(discover(find_project_root([root])).files, cache_dir=cache, jobs=1)\n"
        "    assert not result.notices and not result.failures and result.modules[name].assigned == ('x',)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, root, cache_dir, name],
            env={**os.environ, "PYTHONPATH": str(Path(store.__file__).parents[2])},
        )
        for name in ("one.py", "two.py")
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(list(cache_dir.iterdir())) == 1
    assert set(read_cache(cache_path(cache_dir, root, "facts"))) >= {file.key for file in files}


# Content that is not on the disk


def with_content(file: SourceFile, text: str) -> SourceFile:
    return msgspec.structs.replace(file, stamp=None, content=text.encode())


def test_content_in_memory_is_what_counts_and_never_enters_the_cache(
    write: Write, root: Path, cache_dir: Path, extracted: list[str], everything_settled: None
) -> None:
    a, b = write({"a.py": "a = 1", "b.py": "b = 1"})
    load((a, b), cache_dir)
    before = read_cache(cache_path(cache_dir, root, "facts"))
    extracted.clear()
    result = load((with_content(a, "typed = 1"), b), cache_dir)
    assert result.modules["a.py"].assigned == ("typed",)
    assert extracted == ["a.py"]
    assert read_cache(cache_path(cache_dir, root, "facts")) == before


def test_content_in_memory_needs_no_file(root: Path, cache_dir: Path) -> None:
    file = SourceFile(str(root / "new.py"), "new.py", FileKind.APP, 5, None, b"a = 1")
    for _ in range(2):
        assert load((file,), cache_dir).modules["new.py"].assigned == ("a",)


# Processes


@pytest.fixture
def many(write: Write) -> Files:
    """Return files of many sizes, one that does not parse and one that is no text."""
    texts = {f"p{number % 3}/m{number}.py": f"x{number} = f()\n" * (number + 1) for number in range(40)}
    return write({**texts, "broken.py": "(", "binary.py": b"\xff"})


@pytest.mark.parametrize("jobs", [0, 2, 4])
@pytest.mark.usefixtures("always_parallel", "everything_settled")
def test_any_number_of_processes_finds_the_same(many: Files, root: Path, tmp_path: Path, jobs: int) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    assert encoded(load(many, together, jobs=jobs)) == encoded(load(many, alone, jobs=1))
    assert cache_path(together, root, "facts").read_bytes() == cache_path(alone, root, "facts").read_bytes()


def test_processes_are_started_afresh_where_other_threads_run(many: Files, always_parallel: None) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert encoded(load(many, jobs=2)) == encoded(load(many, jobs=1))
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_grows_up_to_the_number_of_files(many: Files, jobs: int, always_parallel: None) -> None:
    told: list[int] = []
    load_facts(many, cache_dir=None, jobs=jobs, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == len(many)
    if jobs == 1:
        assert told == list(range(1, len(many) + 1))


def test_one_job_and_small_projects_need_no_second_process(many: Files, extracted: list[str]) -> None:
    load(many, jobs=1)
    load(many, jobs=2)
    assert len(extracted) == 2 * len(many)
