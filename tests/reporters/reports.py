"""Reports that the tests of the reporters share."""

from pathlib import Path

from fastapi_lint.findings import (
    Confidence,
    Finding,
    Location,
    Position,
    RelatedLocation,
    Report,
    RuleInfo,
    Severity,
)

SERVICE = Path("app/services/users.py")
ROUTE = Path("app/api/users.py")


def location(path: Path, row: int, column: int, end_row: int, end_column: int) -> Location:
    """Return a range."""
    return Location(path, Position(row, column), Position(end_row, end_column))


N_PLUS_ONE = Finding(
    code="FL402",
    name="n-plus-one-relationship",
    family="queries",
    severity=Severity.WARNING,
    confidence=Confidence.EXACT,
    message="`user.posts` is loaded once for each row",
    location=location(SERVICE, 23, 13, 23, 23),
    evidence=(
        RelatedLocation(location(ROUTE, 7, 5, 7, 15), "the route GET /users calls `list_users`"),
        RelatedLocation(location(SERVICE, 20, 10, 20, 37), "the query loads no relationships"),
    ),
    help="add `selectinload(User.posts)` to the query",
)
TWO_ROWS = Finding(
    code="FL604",
    name="http-exception-returned",
    family="api",
    severity=Severity.ERROR,
    confidence=Confidence.INFERRED,
    message="the exception is returned: the client gets 200",
    location=location(ROUTE, 30, 5, 32, 6),
)
RULES = (
    RuleInfo(
        "FL402",
        "n-plus-one-relationship",
        "queries",
        Severity.WARNING,
        "A relationship is loaded once for each row.",
        sections={"What it does": "Finds it.", "Why is this bad": "It is slow."},
    ),
    RuleInfo("FL604", "http-exception-returned", "api", Severity.ERROR, "An exception is returned."),
    RuleInfo("FL801", "sql-injection", "security", Severity.ERROR, "SQL is built from input."),
)
REPORT = Report(
    findings=(TWO_ROWS, N_PLUS_ONE),
    files_checked=12,
    suppressed=2,
    baselined=1,
    rules=RULES,
    excerpts={
        SERVICE: {20: "    rows = await db.scalars(select(User))", 23: "    names = [user.posts for user in rows]"},
        ROUTE: {
            7: "    return await list_users(db)",
            30: "    return HTTPException(",
            31: "        status_code=404,",
            32: "    )",
        },
    },
)
CLEAN = Report(findings=(), files_checked=3, rules=RULES)


def hostile() -> Report:
    """Return a report in which everything that comes from the project tries to steer its reader."""
    path = Path("a\n::error::\x1b[2J,b|`c`<d>&.py")
    text = "\x1b]0;title\x07 \x9b31m \u202e % \r\n::warning::x ]]> <script> | `a` @team \ud800"
    place = location(path, 1, 1, 1, 4)
    finding = Finding(
        "FL402",
        "n-plus-one-relationship",
        "queries",
        Severity.ERROR,
        Confidence.EXACT,
        text,
        place,
        (RelatedLocation(place, text),),
        text,
    )
    return Report((finding,), 1, rules=RULES, excerpts={path: {1: text}})
