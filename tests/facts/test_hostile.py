"""Whatever a file holds, stage 1 gives its facts, or says where and why it cannot: no traceback, no hang, no crash."""

import gc
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.discovery import SourceFile, discover
from fastapi_lint.facts.extract import extract
from fastapi_lint.facts.failures import ParseFailure
from fastapi_lint.facts.schema import ModuleFacts, decode_body
from fastapi_lint.facts.store import FactsResult, load_facts
from fastapi_lint.roots import find_project_root
from fastapi_lint.source import SourceError, normalise

MANY = 10_000


def read(raw: bytes) -> ModuleFacts | ParseFailure:
    """Read a file as the analyser does, from its raw bytes."""
    try:
        source = normalise(raw)
    except SourceError as error:
        return ParseFailure("hostile.py", error.row, error.column, error.message)
    return extract(source, "hostile.py")


def nested_blocks(head: bytes, levels: int) -> bytes:
    return b"".join(b" " * level + head + b"\n" for level in range(levels)) + b" " * levels + b"pass\n"


BROKEN = {
    "nothing but null bytes": (b"\0" * MANY, 1, "null byte"),
    "a null byte in a string": (b"x = 1\ny = '\0'\n", 2, "null byte"),
    "bytes that are not UTF-8": (b"x = 1\ny = '\xff\xfe'\n", 2, "0xff"),
    "UTF-16": ("x = 1\n".encode("utf-16"), 1, "0xff"),
    "an unknown encoding": (b"# coding: klingon\n", 1, "klingon"),
    "another encoding than the byte order mark says": (b"\xef\xbb\xbf# coding: latin-1\n", 1, "latin-1"),
    "an unterminated string": (b"x = '" + b"a" * 1_000_000 + b"\n", 1, "unterminated string"),
    "an unterminated triple-quoted string": (b"x = '''" + b"a\\'\n" * MANY, 1, "unterminated triple-quoted string"),
    "an unterminated f-string": (b'x = f"' + b'{x["a"]}' * MANY + b"\n", 1, "unterminated"),
    "brackets that never close": (b"(" * MANY, 1, "never closed"),
    "a bracket that closes nothing": (b"x = 1\n" * MANY + b")\n", MANY + 1, "unmatched"),
    "deep parentheses": (b"x = " + b"(" * MANY + b")" * MANY, 1, "too many nested parentheses"),
    "deep blocks": (nested_blocks(b"if a:", 200), 101, "too many levels of indentation"),
    "unary operators": (b"x = " + b"-" * MANY + b"1\n", 1, "nested too deeply"),
    "lambdas": (b"x = " + b"lambda: " * MANY + b"1\n", 1, "nested too deeply"),
    "a chain of attributes": (b"x = a" + b".b" * MANY + b"\n", 1, "nested too deeply"),
    "a very long chain of attributes": (b"x = a" + b".b" * 20 * MANY + b"\n", 1, "nested too deeply"),
    "a chain of calls": (b"x = a" + b"()" * MANY + b"\n", 1, "nested too deeply"),
    "a chain of subscripts": (b"x = a" + b"[0]" * MANY + b"\n", 1, "nested too deeply"),
    "a long sum": (b"x = 'a'" + b" + 'a'" * MANY + b"\n", 1, "nested too deeply"),
    "a union of many types": (b"x: a" + b" | a" * MANY + b"\n", 1, "nested too deeply"),
    "conditional expressions": (b"x = " + b"1 if a else " * MANY + b"2\n", 1, "nested too deeply"),
    "else-if": (b"if a: pass\n" + b"elif a: pass\n" * MANY, 1, "nested too deeply"),
    "a chain inside an f-string": (b"x = f'{a" + b".b" * MANY + b"}'\n", 1, "nested too deeply"),
    "f-strings in f-strings": (b'f"{' * MANY + b"1" + b'}"' * MANY, 1, "too many nested f-strings"),
    "an integer of many digits": (b"x = " + b"9" * MANY + b"\n", 1, "4300 digits"),
    "a control character": (b"x = 1\x1a\n", 1, "U+001A"),
    "tabs and spaces": (b"if a:\n\tx\n        y\n", 3, "tabs and spaces"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "row", "fragment"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_analysed_is_said_with_its_place(raw: bytes, row: int, fragment: str) -> None:
    result = read(raw)
    assert isinstance(result, ParseFailure)
    assert result.key == "hostile.py"
    assert fragment in result.message
    assert (result.row, result.column >= 1) == (row, True)


READABLE = {
    "nothing": b"",
    "empty rows": b"\n" * MANY,
    "carriage returns": b"x = 1\ry = 2\r",
    "a form feed": b"\x0cx = 1\n",
    "a byte order mark": b"\xef\xbb\xbfx = 1\n",
    "another encoding": b"# coding: latin-1\nx = '\xe9'\n",
    "separators that end no row": "x = '\u2028\x85'\ny = 1\n".encode(),
    "a right-to-left override": "x = '\u202e'\n".encode(),
    "half a surrogate pair": b"x = '\\ud800'\ny = f'\\ud800{x}'\n",
    "a string of 4 MB on one row": b"x = '" + b"a" * 4_000_000 + b"'\n",
    "a comment of 4 MB": b"#" + b"a" * 4_000_000,
    "a dict of 50,000 entries": b"x = {" + b"".join(b"%d: 'v%d'," % (i, i) for i in range(50_000)) + b"}\n",
    "a list of 50,000 elements": b"x = [" + b"1," * 50_000 + b"]\n",
    "5,000 functions": b"def f(): pass\n" * 5_000,
    "5,000 statements on a row": b"a;" * 5_000,
    "many parameters": b"def f(" + b",".join(b"a%d" % i for i in range(MANY)) + b"): ...\n",
    "many decorators": b"@a\n" * MANY + b"def f(): ...\n",
    "many targets": b"a = " * MANY + b"1\n",
    "many fields": b"x = f'" + b"{x}" * MANY + b"'\n",
    "strings side by side": b"x = " + b"'a' " * MANY + b"\n",
    "a chain of comparisons": b"x = 1" + b" < 1" * MANY + b"\n",
    "a chain of ands": b"x = a" + b" and a" * MANY + b"\n",
    "alternatives in a pattern": b"match x:\n case " + b"1 | " * MANY + b"1: pass\n",
    "as many parentheses as Python reads": b"x = " + b"(" * 190 + b")" * 190 + b"\n",
    "as many blocks as Python reads": nested_blocks(b"if a:", 99),
    "functions in functions": nested_blocks(b"def f():", 99),
    "f-strings in f-strings": b"x = " + b'f"{' * 100 + b"1" + b'}"' * 100 + b"\n",
    "a string annotation that is no expression": b"x: '" + b"(" * MANY + b"'\ny: 'a b'\nz: '\\0'\n",
    "a string annotation that is nested deeply": b"x: '" + b"-" * MANY + b"1'\n",
    "numbers without a value in 64 bits": b"x = 1e999\ny = 1j\nz = 0x" + b"f" * 10_000 + b"\n",
    "an escape that means nothing": b"x = '\\d'\n",
    "a comparison that Python warns about": b"x = 1 is 1\nassert (x, y)\n",
}


@pytest.mark.parametrize("raw", READABLE.values(), ids=READABLE)
def test_what_python_reads_has_facts_however_odd_it_is(raw: bytes) -> None:
    result = read(raw)
    assert isinstance(result, ModuleFacts), result
    decode_body(result.body)
    for function in result.functions:
        decode_body(function.body)


def _project(root: Path) -> list[SourceFile]:
    """Write the files that take no long time to read, twice, so that there is work for several processes."""
    contents = [raw for raw in _everything() if len(raw) <= 100_000]
    for folder in ("one", "two"):
        (root / folder).mkdir()
        for number, raw in enumerate(contents):
            (root / folder / f"m{number}.py").write_bytes(raw)
    return list(discover(find_project_root([root])).files)


def _everything() -> list[bytes]:
    return [*(raw for raw, *_ in BROKEN.values()), *READABLE.values()]


def _encoded(result: FactsResult) -> tuple[bytes, tuple[ParseFailure, ...]]:
    return msgspec.msgpack.encode(result.modules), result.failures


@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # about fork; the test runner has threads at times
def test_a_project_of_such_files_reads_the_same_with_and_without_processes_and_cache(tmp_path: Path) -> None:
    root, cache_dir = tmp_path / "project", tmp_path / "cache"
    root.mkdir()
    cache_dir.mkdir()
    files = _project(root)
    alone = load_facts(files, cache_dir=None, jobs=1)
    assert {*alone.modules, *(failure.key for failure in alone.failures)} == {file.key for file in files}
    assert len(alone.failures) == 2 * sum(len(raw) <= 100_000 for raw, *_ in BROKEN.values())
    assert _encoded(load_facts(files, cache_dir=cache_dir, jobs=2)) == _encoded(alone)
    assert _encoded(load_facts(files, cache_dir=cache_dir, jobs=1)) == _encoded(alone)


@given(st.binary(max_size=200))
def test_any_bytes_have_facts_or_a_failure(raw: bytes) -> None:
    assert isinstance(read(raw), ModuleFacts | ParseFailure)


_SHAPES: dict[str, Callable[[int], bytes]] = {
    "attributes": lambda levels: b"x = a" + b".b" * levels + b"\n",
    "a sum": lambda levels: b"x = 1" + b" + 1" * levels + b"\n",
    "calls": lambda levels: b"x = a" + b"(b)" * levels + b"\n",
    "else-if": lambda levels: b"if a: pass\n" + b"elif a: pass\n" * levels,
    "nots": lambda levels: b"x = " + b"not " * levels + b"a\n",
}


def _below(frames: int, call: Callable[[], bool]) -> bool:
    return call() if frames == 0 else _below(frames - 1, call)


def _deepest(shape: Callable[[int], bytes], frames: int) -> int:
    """Return how deep a shape may be nested, when the extractor is called from below many frames."""
    low, high = 1, 3000
    while low < high:
        middle = (low + high + 1) // 2
        source = shape(middle)
        if _below(frames, lambda: isinstance(extract(source, "m.py"), ModuleFacts)):  # noqa: B023 - called at once
            low = middle
        else:
            high = middle - 1
    return low


@pytest.mark.parametrize("shape", _SHAPES.values(), ids=_SHAPES)
def test_how_deep_code_may_be_does_not_depend_on_the_caller(shape: Callable[[int], bytes]) -> None:
    # In another process, or under another command, the stack is another one, and the report must be the same (I5).
    assert _deepest(shape, 0) == _deepest(shape, 600) >= 60


def test_facts_do_not_depend_on_how_warnings_are_treated() -> None:
    source = b"x = '\\d'\ny = f'{a['b']}' '\\d'\n"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        shown = extract(source, "m.py")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        as_errors = extract(source, "m.py")
    assert not caught
    assert isinstance(shown, ModuleFacts)
    assert isinstance(as_errors, ModuleFacts)
    assert shown.body == as_errors.body


def test_reading_leaves_the_interpreter_as_it_was() -> None:
    before = (gc.isenabled(), sys.getrecursionlimit(), list(warnings.filters))
    for source in (b"x = 1\n", b"x = (\n", b"x = " + b"-" * MANY + b"1\n", b"x: '\\d'\n"):
        extract(source, "m.py")
    assert (gc.isenabled(), sys.getrecursionlimit(), list(warnings.filters)) == before


def _seconds(source: bytes) -> float:
    started = time.process_time()
    read(source)
    return time.process_time() - started


@pytest.mark.parametrize(
    "unit",
    [
        b"x = f'{a['b']}'\n",
        b"class A[T](B):\n    def f[U](self): ...\n",
        b"try: ...\nexcept A, B: ...\n",
        b"type X[T] = int; ",
        b"def f[",
        b"except A, ",
        b"f'{",
        b"f'{a:{b!r",
        b"'",
        b"\\\n",
        b"[(",
        b"#'\n\"\n",
    ],
    ids=repr,
)
def test_the_time_grows_no_faster_than_the_file(unit: bytes) -> None:
    small, large = min(_seconds(unit * 500) for _ in range(3)), min(_seconds(unit * 4_000) for _ in range(2))
    # Twice as slow for each byte as the small one is noise; eight times as slow would be a square.
    assert large < 0.05 + 8 * small * 3
