"""A row belongs to the innermost function and statement around it."""

from textwrap import dedent

import pytest

from fastapi_lint_dev.outline import outline
from fastapi_lint_dev.rows import RowRange

SOURCE = dedent(
    """\
    import os

    class Service:
        limit = 3

        @cached
        def outer(self):
            for item in (
                self.items
            ):
                use(item)

            async def inner():
                return (
                    1
                )
            return inner


    app = make(
        os
    )
    """
).encode()


@pytest.mark.parametrize(
    ("row", "name"),
    [(4, "Service"), (6, "Service.outer"), (10, "Service.outer"), (14, "Service.outer.inner"), (20, "<module>")],
)
def test_a_row_belongs_to_the_innermost_function_or_class(row: int, name: str) -> None:
    assert outline(SOURCE).region(row).name == name


def test_a_row_of_the_module_belongs_to_its_statement_only() -> None:
    assert outline(SOURCE).region(20).rows == RowRange(20, 22)


@pytest.mark.parametrize(
    ("row", "rows"),
    [
        (9, RowRange(8, 10)),
        (11, RowRange(11, 11)),
        (15, RowRange(14, 16)),
        (7, RowRange(6, 7)),
        (2, RowRange(2, 2)),
    ],
    ids=["header of a loop", "body of a loop", "inside a return", "decorated header", "no statement"],
)
def test_a_statement_ends_where_the_first_statement_inside_it_begins(row: int, rows: RowRange) -> None:
    assert outline(SOURCE).statement(row) == rows


def test_exception_handlers_and_match_cases_are_not_part_of_a_header() -> None:
    source = b"try:\n    a()\nexcept E:\n    b()\nmatch x:\n    case 1:\n        c()\n"
    assert [outline(source).statement(row) for row in (1, 4, 5, 7)] == [
        RowRange(1, 1), RowRange(4, 4), RowRange(5, 5), RowRange(7, 7),
    ]  # fmt: skip


def test_syntax_newer_than_the_interpreter_has_an_outline() -> None:
    source = b"async def page[T](rows: list[T]) -> T:\n    return rows[0]\n"
    assert outline(source).region(2).name == "page"
