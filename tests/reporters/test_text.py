"""The formats for people."""

import re

import pytest
from msgspec.structs import replace

from fastapi_lint.findings import Report
from fastapi_lint.reporters import OutputFormat, render, render_statistics
from fastapi_lint.terminal import clean, width
from tests.reporters.reports import CLEAN, N_PLUS_ONE, REPORT, ROUTE, TWO_ROWS, hostile, location

_TEXT = [item for item in OutputFormat if item.is_text]


def test_full_shows_source_carets_evidence_and_help() -> None:
    assert render(replace(REPORT, findings=(N_PLUS_ONE,)), OutputFormat.FULL) == (
        """\
warning[FL402] n-plus-one-relationship: `user.posts` is loaded once for each row
  --> app/services/users.py:23:13
   |
23 |     names = [user.posts for user in rows]
   |             ^^^^^^^^^^
   |
   1. app/api/users.py:7:5: the route GET /users calls `list_users`
 7 |      return await list_users(db)
   2. app/services/users.py:20:10: the query loads no relationships
20 |      rows = await db.scalars(select(User))
   |
   = help: add `selectinload(User.posts)` to the query

Found 1 warning in 12 files (2 suppressed, 1 in the baseline).
"""
    )


def test_full_marks_every_row_of_a_range() -> None:
    text = render(replace(REPORT, findings=(TWO_ROWS,)), OutputFormat.FULL, with_summary=False)
    assert text == (
        """\
error[FL604] http-exception-returned: the exception is returned: the client gets 200
  --> app/api/users.py:30:5
   |
30 |     return HTTPException(
   |     ^^^^^^^^^^^^^^^^^^^^^
31 |         status_code=404,
   |         ^^^^^^^^^^^^^^^^
32 |     )
   |     ^
"""
    )


def test_full_cuts_a_long_range_and_a_long_row() -> None:
    long = replace(TWO_ROWS, location=location(ROUTE, 1, 1, 40, 2))
    report = Report((long,), 1, excerpts={ROUTE: dict.fromkeys(range(1, 20), "x" * 500)})
    text = render(report, OutputFormat.FULL)
    assert "… 34 more rows" in text
    assert max(len(line) for line in text.splitlines()) < 170


def test_carets_stand_below_wide_characters_and_tabs() -> None:
    found = replace(TWO_ROWS, location=location(ROUTE, 1, 9, 1, 10))
    text = render(Report((found,), 1, excerpts={ROUTE: {1: "\tx = '漢' + y"}}), OutputFormat.FULL)
    source, carets = text.splitlines()[3:5]
    assert width(source[: source.index(" + ")]) == carets.index("^")


def test_concise_is_one_line_for_each_finding() -> None:
    assert render(REPORT, OutputFormat.CONCISE) == (
        """\
app/api/users.py:30:5: FL604 [http-exception-returned] the exception is returned: the client gets 200
app/services/users.py:23:13: FL402 [n-plus-one-relationship] `user.posts` is loaded once for each row
Found 1 error, 1 warning in 12 files (2 suppressed, 1 in the baseline).
"""
    )


def test_grouped_names_each_file_once() -> None:
    second = replace(N_PLUS_ONE, location=location(N_PLUS_ONE.location.path, 107, 2, 107, 3))
    assert render(replace(REPORT, findings=(N_PLUS_ONE, second)), OutputFormat.GROUPED, with_summary=False) == (
        """\
app/services/users.py:
  23:13  FL402 [n-plus-one-relationship] `user.posts` is loaded once for each row
  107:2  FL402 [n-plus-one-relationship] `user.posts` is loaded once for each row
"""
    )


@pytest.mark.parametrize("output_format", _TEXT)
def test_a_clean_run_says_so(output_format: OutputFormat) -> None:
    assert render(CLEAN, output_format) == "No findings in 3 files.\n"
    assert render(CLEAN, output_format, with_summary=False) == ""


@pytest.mark.parametrize("output_format", _TEXT)
def test_a_run_that_is_not_whole_is_not_called_clean(output_format: OutputFormat) -> None:
    assert render(replace(CLEAN, complete=False), output_format) == ""


@pytest.mark.parametrize("output_format", _TEXT)
def test_colours_change_nothing_but_colours(output_format: OutputFormat) -> None:
    painted = render(REPORT, output_format, color=True)
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(REPORT, output_format)


@pytest.mark.parametrize("output_format", _TEXT)
def test_nothing_of_a_project_steers_the_terminal(output_format: OutputFormat) -> None:
    text = render(hostile(), output_format)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    assert "\\x1b]0;title\\x07" in text
    assert "a\\x0a::error::" in text


def test_statistics_count_by_rule() -> None:
    report = replace(REPORT, findings=(N_PLUS_ONE, TWO_ROWS, N_PLUS_ONE))
    assert render_statistics(report, OutputFormat.FULL) == (
        "2  FL402  n-plus-one-relationship\n1  FL604  http-exception-returned\n"
    )
    assert '"count": 2' in render_statistics(report, OutputFormat.JSON)


def test_cleaning_shows_what_it_takes_away() -> None:
    assert clean("a\tb\x00\x7f\x85\u2028\u2066\udcff") == "a    b\\x00\\x7f\\x85\\u2028\\u2066\\xff"
    assert clean("é漢🦊") == "é漢🦊"
