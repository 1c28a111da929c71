"""FL505: a column default that is computed once, when the class is made."""

from collections.abc import Iterable
from typing import Final

from fastapi_lint.facts.expressions import Call, Expr, Lambda, children, dotted_name
from fastapi_lint.findings import Confidence, Severity
from fastapi_lint.model.constructs import Construct, library_name, returned
from fastapi_lint.model.modules import Module
from fastapi_lint.model.orm import ValueSource, value_source
from fastapi_lint.model.project import Project
from fastapi_lint.model.symbols import Function
from fastapi_lint.rules.base import Family, Rule, Step, Violation
from fastapi_lint.rules.orm.column_default_evaluated_once_examples import EXAMPLES

_ARGUMENTS: Final = ("default", "insert_default", "onupdate")
_DEPTH: Final = 4
# Functions whose results differ from call to call: standard library 3.14, and the libraries named.
_FRESH: Final = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
        *("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.gmtime", "time.localtime"),
        *("uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7", "os.urandom"),
        *("random.random", "random.randint", "random.randrange", "random.choice", "random.choices", "random.sample"),
        *("random.uniform", "random.getrandbits", "random.randbytes"),
        *("secrets.token_urlsafe", "secrets.token_hex", "secrets.token_bytes", "secrets.choice"),
        *("secrets.randbelow", "secrets.randbits"),
        *("uuid_utils.uuid4", "uuid_utils.uuid7", "uuid6.uuid6", "uuid6.uuid7", "uuid_extensions.uuid7"),
        *("shortuuid.uuid", "nanoid.generate", "ulid.new", "ulid.ULID", "ulid.ULID.generate"),
        *("pendulum.now", "arrow.now", "arrow.utcnow"),
    }
)


class ColumnDefaultEvaluatedOnce(Rule):
    """Column default computed once, when the process starts.

    ## What it does
    Reports `default=`, `insert_default=` and `onupdate=` of a column that hold the result of a call whose results are
    meant to differ: the time, a UUID, a random value, also through a function of the project.

    ## Why is this bad
    The call runs once, when the class is made. Every row then gets the moment at which the process started, or one and
    the same token; a unique column takes the first row and refuses the second.

    ## Known limits
    Functions of other libraries are known by a list. A call that returns a function is right and stays silent.

    ## Fix safety
    There is no automatic fix: pass the function itself (`default=uuid4`), a `lambda` around the call, or let the
    database compute it (`server_default=func.now()`).

    ## References
    - [SQLAlchemy: Python-executed functions](https://docs.sqlalchemy.org/en/20/core/defaults.html#python-executed-functions)
    - Executed on SQLAlchemy 2.1.9 and SQLModel 0.0.50
    """

    code = "FL505"
    name = "column-default-evaluated-once"
    family = Family.ORM
    severity = Severity.ERROR
    since = "0.1.0"
    examples = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield each default that is a value where it should be a function."""
        for column in project.orm.column_constructs:
            if column.module.key not in project.checked:
                continue
            for argument in _ARGUMENTS:
                value = column.keywords.get(argument)
                if value is None or value_source(column.module, value, column.scope) is ValueSource.SQL:
                    continue
                found = _fresh_call(column.module, value, column.scope, 0)
                if found is not None:
                    yield _violation(column, argument, value, found)


def _fresh_call(module: Module, expression: Expr, scope: str, depth: int) -> "_Fresh | None":
    """Return the call inside an expression whose result is new each time; what a lambda holds runs later."""
    if depth > _DEPTH or isinstance(expression, Lambda):
        return None
    if isinstance(expression, Call):
        name = library_name(module, expression.func, scope)
        if name in _FRESH:
            return module, expression
        symbol = module.resolve(expression.func, scope)
        if isinstance(symbol, Function):
            results = [_fresh_call(symbol.module, item, symbol.qualname, depth + 1) for item in returned(symbol.body)]
            return results[0] if results else None
    inside = (_fresh_call(module, item, scope, depth) for item in children(expression))
    return next((item for item in inside if item is not None), None)


_Fresh = tuple[Module, Call]


def _violation(column: Construct, argument: str, value: Expr, found: _Fresh) -> Violation:
    module, call = found
    is_here = module is column.module and value.start <= call.start < value.end
    written = value if isinstance(value, Call) and not is_here else call
    name = dotted_name(written.func) or "the call"
    takes_nothing = value is written and not written.args and not written.keywords
    return Violation(
        module=column.module.key,
        span=value.span,
        message=f"`{argument}` is computed once, when the class is made: every row gets the same `{name}()`",
        evidence=()
        if is_here
        else (Step(module.key, call.span, f"`{dotted_name(call.func)}()` runs here, at import"),),
        help=f"pass the function: {argument}={name}" if takes_nothing else f"wrap it: {argument}=lambda: ...",
        confidence=Confidence.EXACT if is_here else Confidence.INFERRED,
    )
