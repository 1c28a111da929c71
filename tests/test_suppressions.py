"""Suppressions: finding comments, covering findings, reporting what does nothing, and writing comments."""

import io
import sys
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.directives import DirectiveKind, find_directives, strings_and_comments
from fastapi_lint.findings import Confidence, Finding, Location, Position, RuleInfo, Severity
from fastapi_lint.source import SourceText
from fastapi_lint.suppression_edits import add_comments
from fastapi_lint.suppressions import FileSuppressions, KnownRules

_RULES = tuple(
    RuleInfo(code, name, "queries", Severity.WARNING, "…")
    for code, name in (
        ("FL002", "unused-suppression"),
        ("FL003", "unknown-suppression-code"),
        ("FL402", "n-plus-one-relationship"),
        ("FL405", "query-in-loop"),
    )
)
_ALL = frozenset(rule.code for rule in _RULES)


def finding(row: int, end_row: int | None = None, code: str = "FL402") -> Finding:
    location = Location(Path("x.py"), Position(row, 1), Position(end_row or row, 5))
    return Finding(code, "name", "queries", Severity.WARNING, Confidence.EXACT, "message", location)


def file_of(source: str) -> FileSuppressions:
    text = SourceText(Path("x.py"), source.encode())
    return FileSuppressions(text, find_directives(text.data), KnownRules(_RULES))


def problems(source: str, *found: Finding, active: frozenset[str] = _ALL) -> list[str]:
    file = file_of(source)
    for item in found:
        file.suppresses(item)
    return [f"{item.location.start.row}:{item.code} {item.message}" for item in file.problems(active)]


# finding comments


@pytest.mark.parametrize(
    ("comment", "kind", "codes"),
    [
        ("# fastapi-lint: ignore[FL402]", DirectiveKind.ROW, ["FL402"]),
        ("# fastapi-lint: ignore[FL402] the rows are few", DirectiveKind.ROW, ["FL402"]),
        ("# fastapi-lint: ignore[FL402, FL405]", DirectiveKind.ROW, ["FL402", "FL405"]),
        ("#fastapi-lint:ignore[FL402]", DirectiveKind.ROW, ["FL402"]),
        ("# fastapi-lint: ignore", DirectiveKind.ROW, []),
        ("# fastapi-lint: ignore-file[FL402]", DirectiveKind.FILE, ["FL402"]),
        ("# fastapi-lint: ignore-file", DirectiveKind.FILE, []),
        ("# type: ignore[x]  # fastapi-lint: ignore[FL402]", DirectiveKind.ROW, ["FL402"]),
        ("# fastapi-lint: disable=FL402", DirectiveKind.MALFORMED, []),
        ("# fastapi-lint: ignore[FL402", DirectiveKind.MALFORMED, ["FL402"]),
        ("# fastapi-lint: ignore[]", DirectiveKind.MALFORMED, []),
        ("# noqa: FL402", DirectiveKind.NOQA, ["FL402"]),
        ("# NOQA:E501,FL402 why", DirectiveKind.NOQA, ["E501", "FL402"]),
        ("# noqa : E501 FL402", DirectiveKind.NOQA, ["E501", "FL402"]),
        ("# noqa", DirectiveKind.NOQA, []),
        ("# pragma: no cover # noqa", DirectiveKind.NOQA, []),
    ],
)
def test_comments_are_understood(comment: str, kind: DirectiveKind, codes: list[str]) -> None:
    (directive,) = find_directives(f"x = 1  {comment}\n".encode())
    assert (directive.kind, [code.text for code in directive.codes]) == (kind, codes)
    assert not directive.alone


@pytest.mark.parametrize(
    "source",
    [
        's = "# noqa"',
        "s = '# fastapi-lint: ignore'",
        '"""\n# noqa\n"""',
        "'''it's\n# noqa: FL402\n'''",
        's = "a\\\n# noqa"',
        's = "\\"# noqa"',
        "# noqaish",
        "# see fastapi-lint for more",
        "noqa = 1",
        "s = f'{x!r} # noqa'",
        "s = f'{x[\"a\"]} # noqa'",
    ],
)
def test_what_only_looks_like_a_comment_is_none(source: str) -> None:
    assert find_directives(source.encode()) == ()


def test_braces_without_a_pair_do_not_mislead() -> None:
    source = 'é = f"{{ # noqa: FL402"\r\nb = f"{x!r}"  # noqa: FL405\rc = 1  # noqa: FL402\n'
    directives = find_directives(source.encode())
    assert [directive.codes[0].text for directive in directives] == ["FL405", "FL402"]
    assert [source.encode()[directive.start :][:12] for directive in directives] == [b"# noqa: FL40"] * 2


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 701 came with Python 3.12")
def test_quotes_nested_in_an_f_string_do_not_mislead() -> None:
    assert find_directives(b"""s = f"{x["# noqa"]} {y['#']}"\n""") == ()
    (directive,) = find_directives(b"""s = f"{x["#"]}"  # noqa: FL402\n""")
    assert directive.start == 17


def test_places_are_bytes() -> None:
    source = "s = 'é🦊'  # fastapi-lint: ignore[FL402]\n".encode()
    (directive,) = find_directives(source)
    assert source[directive.codes[0].start : directive.codes[0].end] == b"FL402"


_PIECES = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "  # noqa: FL402",
            "'a'",
            '"b"',
            "'''c\nd'''",
            '"""e # f\n"""',
            "\n",
            "# g 'h\n",
            "f'{x}'",
            "'\\''",
            "\\\n",
            " ",
        ]
    ),
    max_size=12,
).map("".join)


@given(_PIECES)
def test_comments_and_strings_are_those_of_the_tokenizer(source: str) -> None:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        compile(source, "x", "exec")
    except (tokenize.TokenError, SyntaxError):
        return
    expected = [token.string for token in tokens if token.type == tokenize.COMMENT]
    comments = strings_and_comments(source.encode())[1]
    assert [source.encode()[slice(*span)].decode() for span in comments] == expected


# covering findings


@pytest.mark.parametrize(
    "source",
    [
        "a = 1  # fastapi-lint: ignore[FL402] why\n",
        "a = 1  # fastapi-lint: ignore[n-plus-one-relationship]\n",
        "a = 1  # fastapi-lint: ignore\n",
        "a = 1  # noqa: FL402\n",
        "a = 1  # noqa\n",
    ],
)
def test_a_comment_on_the_row_covers_it(source: str) -> None:
    assert file_of(source).suppresses(finding(1))


def test_a_comment_covers_its_own_codes_and_its_own_row_only() -> None:
    file = file_of("a = 1  # fastapi-lint: ignore[FL402]\nb = 2\n")
    assert not file.suppresses(finding(1, code="FL405"))
    assert not file.suppresses(finding(2))


def test_a_comment_of_its_own_covers_the_next_row_of_code() -> None:
    source = "# fastapi-lint: ignore[FL402]\n# because\n\na = 1\nb = 2\n"
    assert file_of(source).suppresses(finding(4))
    assert not file_of(source).suppresses(finding(5))


def test_a_noqa_of_its_own_covers_nothing_below() -> None:
    assert not file_of("# noqa: FL402\na = 1\n").suppresses(finding(2))


def test_a_comment_behind_code_covers_nothing_below() -> None:
    assert not file_of("a = 1  # fastapi-lint: ignore\nb = 2\n").suppresses(finding(2))


def test_the_first_and_the_last_row_of_a_statement_count() -> None:
    covered = []
    for row in range(3):
        rows = ["a(", "  b,", ")"]
        rows[row] += "  # fastapi-lint: ignore[FL402]"
        covered.append(file_of("\n".join(rows)).suppresses(finding(1, 3)))
    assert covered == [True, False, True]


@pytest.mark.parametrize("where", ["first", "last"])
def test_a_comment_for_the_file_covers_all_of_it(where: str) -> None:
    rows = ["a = 1", "b = 2"]
    rows.insert(0 if where == "first" else 2, "# fastapi-lint: ignore-file[FL402]")
    file = file_of("\n".join(rows))
    assert file.suppresses(finding(1))
    assert file.suppresses(finding(3))
    assert not file.suppresses(finding(2, code="FL405"))


def test_what_could_not_be_analysed_cannot_be_suppressed() -> None:
    assert not file_of("# fastapi-lint: ignore-file\n").suppresses(finding(1, code="FL001"))


# comments that do nothing


def test_an_unused_code_is_reported_at_the_code() -> None:
    assert problems("a = 1  # fastapi-lint: ignore[FL402, FL405]\n", finding(1)) == [
        "1:FL002 FL405 is suppressed here, but nothing is reported"
    ]


def test_an_unused_comment_without_codes_is_reported() -> None:
    assert problems("a = 1  # fastapi-lint: ignore\n") == ["1:FL002 this suppression comment suppresses nothing"]
    assert problems("# fastapi-lint: ignore-file\n") == ["1:FL002 this suppression comment suppresses nothing"]


def test_our_unused_code_in_a_noqa_is_reported_and_foreign_ones_never_are() -> None:
    assert problems("a = 1  # noqa: E501, FL402, FL9999, FLX\n") == [
        "1:FL002 FL402 is suppressed here, but nothing is reported"
    ]
    assert problems("a = 1  # noqa\n") == []


def test_a_rule_that_did_not_run_makes_no_suppression_unused() -> None:
    assert problems("a = 1  # fastapi-lint: ignore[FL402]\n", active=_ALL - {"FL402"}) == []
    assert problems("a = 1  # fastapi-lint: ignore\n", active=_ALL - {"FL402"}) == []


def test_a_code_that_does_not_exist_is_reported_with_the_nearest() -> None:
    assert problems("a = 1  # fastapi-lint: ignore[FL422]\n") == [
        "1:FL003 no rule is called `FL422`; did you mean `FL402`?"
    ]


def test_a_comment_that_cannot_be_understood_is_reported() -> None:
    assert problems("a = 1  # fastapi-lint: disable\n") == ["1:FL003 this suppression comment cannot be understood"]


def test_findings_about_comments_need_to_be_named() -> None:
    bare, named = file_of("# fastapi-lint: ignore-file\n"), file_of("# fastapi-lint: ignore-file[FL002]\n")
    assert not bare.suppresses(finding(1, code="FL002"))
    assert named.suppresses(finding(1, code="FL002"))


# writing comments


def added(source: bytes, *found: Finding) -> tuple[bytes, int]:
    data, covered = add_comments(SourceText(Path("x.py"), source), found)
    return data, len(covered)


def test_a_comment_is_added_and_nothing_else_changes() -> None:
    assert added("a = 'é'\r\nb = 2\r\n".encode(), finding(1)) == (
        "a = 'é'  # fastapi-lint: ignore[FL402]\r\nb = 2\r\n".encode(),
        1,
    )


def test_a_comment_that_is_there_is_extended() -> None:
    source = b"a = 1  # fastapi-lint: ignore[FL402] few rows\n"
    assert added(source, finding(1, code="FL405")) == (b"a = 1  # fastapi-lint: ignore[FL402, FL405] few rows\n", 1)


def test_several_codes_share_a_comment() -> None:
    assert added(b"a = 1", finding(1), finding(1, code="FL405"), finding(1)) == (
        b"a = 1  # fastapi-lint: ignore[FL402, FL405]",
        3,
    )


def test_a_comment_does_not_go_into_a_string_or_behind_a_backslash() -> None:
    assert added(b'a = """\nb\n"""\n', finding(1, 3)) == (b'a = """\nb\n"""  # fastapi-lint: ignore[FL402]\n', 1)
    assert added(b"a = 1 + \\\n  2\n", finding(1, 2)) == (b"a = 1 + \\\n  2  # fastapi-lint: ignore[FL402]\n", 1)
    assert added(b'a = """\nb\nc"""\n', finding(1, 2)) == (b'a = """\nb\nc"""\n', 0)


@given(_PIECES, st.integers(1, 6), st.integers(0, 3))
def test_what_is_written_covers_the_finding_and_leaves_the_tokens(source: str, row: int, more: int) -> None:
    try:
        compile(source, "x", "exec")
    except SyntaxError:
        return
    data, count = added(source.encode(), finding(row, row + more))
    if count:
        assert file_of(data.decode()).suppresses(finding(row, row + more))
    compile(data, "x", "exec")
    assert _code_tokens(data.decode()) == _code_tokens(source)


def _code_tokens(source: str) -> list[str]:
    passed = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type not in passed]
